"""Names of builds, made and parsed here alone: `therapists-m1-20261123-061500-000123`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_FORMAT = "%Y%m%d-%H%M%S-%f"
_NAME = re.compile(r"(?P<alias>[a-z][a-z0-9_-]*)-m(?P<version>\d+)-(?P<stamp>\d{8}-\d{6}-\d{6})")


@dataclass(frozen=True, slots=True, order=True)
class BuildName:
    """When a build began, what it is called in public, and which mapping it has."""

    at: datetime
    alias: str
    version: int

    def __str__(self) -> str:
        return f"{self.alias}-m{self.version}-{self.at.astimezone(UTC).strftime(_FORMAT)}"


def parse_build_name(name: str) -> BuildName | None:
    """The parts of a build's name; None for any other name."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        at = datetime.strptime(match["stamp"], _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return BuildName(at, match["alias"], int(match["version"]))


def sort_build_names(names: Iterable[str], alias: str) -> list[str]:
    """Those of `names` that are builds of `alias`, oldest first."""
    parsed = [parse_build_name(name) for name in names]
    return [str(name) for name in sorted(name for name in parsed if name and name.alias == alias)]
