"""`palpate resolve` on files alone: a listings file in, one CSV line a listing out, in input order."""

from __future__ import annotations

import csv
import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from directory.errors import InputError
from directory.listings_file import UnreadableLine, read_listings, say_unreadable
from directory.models import EntityKind, Listing
from resolution.resolve import Cluster, resolve_listings

log = logging.getLogger(__name__)


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

    A line that cannot be read is set aside, said and counted; if it has an id, it is an entity of its own. Raises
    `InputError` where nothing can be read.
    """
    order: list[tuple[str, str]] = []  # of each line: its listing's id, and the same made unique
    aside: list[UnreadableLine] = []
    listings = _tell_apart(_read_all(listings_path, aside), order)
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


def _read_all(path: Path, aside: list[UnreadableLine]) -> Iterator[Listing]:
    """The listings of a file; of a line that cannot be read, which is put in `aside`, the bare id if it has one."""
    readable = False
    for item in read_listings(path):
        if isinstance(item, Listing):
            readable = True
            yield item
        else:
            aside.append(item)
            log.warning("%s, %s. It is set aside.", path, item)
            if item.listing_id is not None:
                yield Listing(listing_id=item.listing_id, source="")
    if aside and not readable:
        raise InputError(say_unreadable(path, aside[0]))


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
