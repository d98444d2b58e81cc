"""Listings into a table of features; many are parsed in several processes, which hand back columns."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

import pyarrow as pa

from directory.models import Listing
from resolution.features import make_features
from resolution.table import FeatureTable, make_batch

SPREAD_FROM = 50_000  # fewer are parsed sooner than another process has started
CHUNK = 2_000


def parse_listings(listings: Iterable[Listing]) -> FeatureTable:
    """The table of all listings, sorted by id; only few of them are held at a time."""
    return FeatureTable.from_batches(list(parse_batches(listings)))


def parse_batches(listings: Iterable[Listing], *, spread_from: int = SPREAD_FROM) -> Iterator[pa.RecordBatch]:
    """Listings parsed, as columns, so many at a time; from `spread_from` on in several processes."""
    coming = iter(listings)
    ahead = list(islice(coming, spread_from))
    if len(ahead) < spread_from:
        yield parse_chunk(ahead)
    else:
        yield from _parse_spread(chain(ahead, coming))


def _parse_spread(listings: Iterator[Listing]) -> Iterator[pa.RecordBatch]:
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[pa.RecordBatch]] = deque()
        while chunk := list(islice(listings, CHUNK)):
            waiting.append(pool.submit(parse_chunk, chunk))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()


def parse_chunk(listings: Sequence[Listing]) -> pa.RecordBatch:
    """Some listings parsed, as columns."""
    return make_batch(map(make_features, listings))
