"""Mappings of the search index, versioned: a change of meaning gets a new number, and so a new build's name."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

MAPPING_VERSION = 3


@cache
def load_mapping() -> dict[str, Any]:
    """Settings and mappings of a new index, as the engine reads them."""
    mapping: dict[str, Any] = json.loads(files(__name__).joinpath("therapists.json").read_text("utf-8"))
    return mapping
