"""Second duty: what may not be kept is gone before anything is hashed or stored."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from directory.models import NpiRecord, Observation, ObservationKind, to_json

if TYPE_CHECKING:
    from crawler.items import Batch


class PrivacyPipeline:
    """Strips a sole proprietor's street and every raw copy but that of a practice page; then hashes."""

    def process_item(self, item: Batch) -> Batch:
        """The batch with stripped observations, each with the hash of what is kept."""
        item.observations = [strip(observation) for observation in item.observations]
        return item


def strip(observation: Observation) -> Observation:
    """The observation without what may not be kept."""
    payload = observation.payload
    if isinstance(payload, NpiRecord) and payload.sole_proprietor:
        payload = replace(payload, street=None)
    if observation.kind is ObservationKind.PAGE:
        return replace(observation, payload=payload)  # hashed by the spider: the page's own bytes
    content = orjson.dumps(to_json(payload), option=orjson.OPT_SORT_KEYS)
    return replace(observation, payload=payload, snapshot=None, content_hash=hashlib.sha256(content).hexdigest())
