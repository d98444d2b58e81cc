"""`palpate resolve` on files alone: a listings file in, one CSV line a listing out, in input order."""

from __future__ import annotations

import csv
import hashlib
import logging
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from directory.errors import InputError
from directory.models import EntityKind, Listing, from_json
from resolution.resolve import Cluster, resolve_listings

log = logging.getLogger(__name__)

_FIELDS = frozenset(Listing.__slots__)
_TEXTS = (
    "title",
    "name",
    "practice",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
    "phone",
    "email",
    "website",
)


@dataclass(frozen=True)
class FileSummary:
    """What a stand-alone run came to."""

    listings: int
    people: int
    practices: int
    merged: int
    set_aside: int

    def to_json(self) -> dict[str, int]:
        """The summary as plain JSON values."""
        return asdict(self)

    def to_text(self) -> str:
        """The summary in a line."""
        aside = f" {self.set_aside} lines were set aside." if self.set_aside else ""
        return (
            f"{self.listings} listings: {self.people} people, {self.practices} practices ({self.merged} merges).{aside}"
        )


def resolve_files(listings_path: Path, out_path: Path, *, one_per_source: bool = False) -> FileSummary:
    """Resolve a listings file (JSON Lines) into `listing_id,entity_id,kind`, one line a listing, in input order.

    A line that is no listing is set aside, said and counted; raises `InputError` where nothing can be read.
    """
    order: list[tuple[str, str]] = []  # of each line: its listing's id, and the same made unique
    aside: list[str] = []
    listings = _tell_apart(read_listings(listings_path, aside), order)
    clusters = resolve_listings(listings, one_per_source=one_per_source)
    entities: dict[str, Cluster] = {member: cluster for cluster in clusters for member in cluster.members}
    try:
        with out_path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("listing_id", "entity_id", "kind"))
            for listing_id, unique_id in order:
                cluster = entities[unique_id]
                writer.writerow((listing_id, make_entity_id(cluster), cluster.kind))
    except OSError as error:
        raise InputError(f"{out_path} cannot be written: {error.strerror}.") from error
    people = sum(cluster.kind is EntityKind.PERSON for cluster in clusters)
    return FileSummary(len(order), people, len(clusters) - people, len(order) - len(clusters), len(aside))


def _tell_apart(listings: Iterable[Listing], order: list[tuple[str, str]]) -> Iterator[Listing]:
    """The listings with ids of their own (an id that comes twice names two lines), noted in their order."""
    seen: Counter[str] = Counter()
    for listing in listings:
        again = seen[listing.listing_id]
        seen[listing.listing_id] += 1
        unique_id = f"{listing.listing_id}\x1f{again}" if again else listing.listing_id
        order.append((listing.listing_id, unique_id))
        yield replace(listing, listing_id=unique_id) if again else listing


def make_entity_id(cluster: Cluster) -> str:
    """An id from the cluster's first listing: the same whatever the order of the file."""
    digest = hashlib.sha256(f"{cluster.kind} {cluster.members[0]}".encode()).hexdigest()[:16]
    return f"{'p' if cluster.kind is EntityKind.PERSON else 'b'}-{digest}"


def read_listings(path: Path, aside: list[str] | None = None) -> Iterator[Listing]:
    """The listings of a JSON Lines file; unknown fields, and values of the wrong kind, are passed over.

    A line that is no listing is said and noted in `aside`; raises `InputError` where no line is one.
    """
    problem, readable = None, False
    aside = [] if aside is None else aside
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.removeprefix(BOM_UTF8).strip():
                    continue
                try:
                    yield _parse_line(path, number, line.removeprefix(BOM_UTF8))
                    readable = True
                except InputError as error:
                    problem = problem or error
                    aside.append(str(error))
                    log.warning("%s It is set aside.", error)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    if problem and not readable:
        raise problem


def _parse_line(path: Path, number: int, line: bytes) -> Listing:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}, line {number} is not JSON: {error}.") from error
    if not isinstance(row, dict) or not str(row.get("listing_id") or "").strip():
        raise InputError(f"{path}, line {number} has no listing_id.")
    kept: dict[str, Any] = {key: value for key, value in row.items() if key in _FIELDS and value is not None}
    kept["listing_id"] = str(kept["listing_id"])
    kept["source"] = str(kept.get("source") or "")
    for key in _TEXTS:
        if isinstance(kept.get(key), int | float):
            kept[key] = str(kept[key])
    claims = kept.pop("claims", None)
    claims = claims if isinstance(claims, list) else [claims]
    kept["claims"] = [str(claim) for claim in claims if isinstance(claim, str | int | float)]
    try:
        return from_json(Listing, kept)
    except ValidationError as error:
        unreadable = {str(problem["loc"][0]) for problem in error.errors()}
    return from_json(Listing, {key: value for key, value in kept.items() if key not in unreadable - {"listing_id"}})
