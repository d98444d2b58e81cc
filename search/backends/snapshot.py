"""One generation of an embedded build, opened for reading: candidates, filters, counts and order, in numpy.

Everything here is exact: a circle is covered by bands of sorted points and every candidate is measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search import ranking
from search.backends import columns as c
from search.backends.text import TextHits
from search.geometry import find_bounds, find_in_box, measure_km, split_box
from search.interface import GeoBox, SearchRequest, Sort
from search.requests import Cursor

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]  # each has its own type, known by its name

WIDE_SHARE = 0.2  # of all points: a box with more of them is read after the filters, not before
BYTE_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that answer a request, by row, with what is known of each."""

    rows: Rows
    distances: Floats | None
    scores: Floats | None  # of the text


class Snapshot:
    """Columns at one generation."""

    def __init__(self, folder: Path, state: c.State) -> None:
        self.state = state
        self._folder = folder
        self._columns: dict[str, Column] = {}
        self._tag_numbers = {tag: number for number, tag in enumerate(state.tags)}
        tail = np.array(self.column("id")[state.base_rows :])
        died = self.column("died")[state.base_rows :]
        self._tail_rows = {
            bytes(value): state.base_rows + place
            for place, (value, end) in enumerate(zip(tail, died, strict=True))
            if end > state.generation
        }

    def column(self, name: str) -> Column:
        """A column of this generation, mapped on first use."""
        if name not in self._columns:
            if name in c.ROW_COLUMNS:
                dtype, count = c.ROW_COLUMNS[name], self.state.rows
            elif name in c.POINT_COLUMNS:
                dtype, count = c.POINT_COLUMNS[name], self.state.points
            elif name == "point_key":
                dtype, count = c.BASE_COLUMNS[name], self.state.base_points
            elif name in c.BASE_COLUMNS:
                dtype, count = c.BASE_COLUMNS[name], self.state.base_rows
            else:
                dtype, count = "u8", self.state.rows
            self._columns[name] = np.asarray(c.open_column(self._folder, name, dtype, count))
        return self._columns[name]

    @property
    def count(self) -> int:
        return self.state.rows - self.state.dead

    # --- one document -------------------------------------------------------------------------------------

    def find_row(self, document_id: str) -> int | None:
        """The living row of an id."""
        key = document_id.encode()
        if len(key) > c.ID_BYTES:
            return None
        if (row := self._tail_rows.get(key)) is not None:
            return row
        place = self.find_place(key)
        if place < self.state.base_rows and self.column("sorted_id")[place] == np.bytes_(key):
            row = int(self.column("sorted_row")[place])
            return row if self.column("died")[row] > self.state.generation else None
        return None

    def list_ids(self) -> set[str]:
        """The ids of all living rows."""
        living = self.column("died") > self.state.generation
        return {value.decode() for value in self.column("id")[living].tolist()}

    def find_place(self, key: bytes) -> int:
        """Where `key` stands among the base's sorted ids."""
        return int(np.searchsorted(self.column("sorted_id"), np.bytes_(key)))

    # --- candidates ---------------------------------------------------------------------------------------

    def find(self, request: SearchRequest, text: TextHits | None) -> Found:
        """All living rows within the request's circle and box that are among the text's hits, whatever its filters."""
        rows: Rows | None = None
        distances = scores = None
        if text is not None:
            rows, scores = text.rows, text.scores
            known = rows < self.state.rows
            rows, scores = rows[known], scores[known]
        if request.near or request.box:
            around, far = self._find_around(request, rows)
            if rows is None:
                rows, distances = around, far
            else:
                places = np.searchsorted(around, rows)
                inside = places < len(around)
                inside[inside] = around[places[inside]] == rows[inside]
                assert scores is not None
                distances = far[places[inside]] if far is not None else None
                rows, scores = rows[inside], scores[inside]
        if rows is None:
            rows = np.arange(self.state.rows)
        if self.state.dead:
            living = self.column("died")[rows] > self.state.generation
            rows = rows[living]
            distances = distances[living] if distances is not None else None
            scores = scores[living] if scores is not None else None
        return Found(rows, distances, scores)

    def _find_around(self, request: SearchRequest, among: Rows | None) -> tuple[Rows, Floats | None]:
        """Rows with a point in the box and one in the circle, ascending, and the distance of each one's nearest."""
        rows, distances = None, None
        if request.near:
            rows, distances = self._find_in_circle(request, among)
        if request.box:
            points = self._find_points(request.box)
            inside = points[find_in_box(request.box, *self._coordinates(points))]
            boxed = np.unique(self.column("point_row")[inside]).astype(np.int64)
            if rows is None:
                return boxed, None
            both = np.isin(rows, boxed, assume_unique=True)
            assert distances is not None
            rows, distances = rows[both], distances[both]
        assert rows is not None
        return rows, distances

    def _find_in_circle(self, request: SearchRequest, among: Rows | None) -> tuple[Rows, Floats]:
        near = request.near
        assert near is not None
        points = self._find_points(find_bounds(near))
        if len(points) > WIDE_SHARE * self.state.points:  # measuring is dear: first those that the filters leave
            wanted = self._find_wanted(request, among)
            points = points[wanted[self.column("point_row")[points]]]
        distances = measure_km(near.lat, near.lon, *self._coordinates(points))
        inside = distances <= near.radius_km
        rows, distances = self.column("point_row")[points[inside]].astype(np.int64), distances[inside]
        order = np.lexsort((distances, rows))
        rows, distances = rows[order], distances[order]
        first = np.ones(len(rows), np.bool_)
        first[1:] = rows[1:] != rows[:-1]
        return rows[first], distances[first]

    def _find_wanted(self, request: SearchRequest, among: Rows | None) -> Mask:
        """Rows worth measuring. A field that is counted is not filtered here: its own filter does not count."""
        wanted = np.ones(self.state.rows, np.bool_)
        if among is not None:
            wanted[:] = False
            wanted[among] = True
        for facet, mask in self.make_masks(request, None).items():
            if facet not in request.facets:
                wanted &= mask
        return wanted

    def _coordinates(self, points: Rows) -> tuple[Floats, Floats]:
        return self.column("lat")[points].astype(np.float64), self.column("lon")[points].astype(np.float64)

    def _find_points(self, box: GeoBox) -> Rows:
        """Points that may lie in the box: slices of the sorted ones, and all that were added since."""
        keys = self.column("point_key")
        bands = (
            np.arange(math.floor((box.south + 90) * 10), math.floor((box.north + 90) * 10) + 1, dtype=np.int64) << 32
        )
        tail = np.arange(self.state.base_points, self.state.points)
        ranges = split_box(box)
        if ranges == ((-180.0, 180.0),):
            low, high = np.searchsorted(keys, bands[0]), np.searchsorted(keys, bands[-1] + (1 << 32))
            return np.concatenate((np.arange(low, high), tail))
        slices = []
        for west, east in ranges:
            lows = np.searchsorted(keys, bands | math.floor((west + 180) / 360 * (1 << 31)), "left")
            highs = np.searchsorted(keys, bands | math.floor((east + 180) / 360 * (1 << 31)), "right")
            slices += [np.arange(low, high) for low, high in zip(lows, highs, strict=True) if high > low]
        return np.concatenate((*slices, tail))

    # --- filters and counts -------------------------------------------------------------------------------

    def make_masks(self, request: SearchRequest, rows: Rows | None) -> dict[str, Mask]:
        """For each filter the request sets, which of `rows` (None: all) pass it."""
        masks = {facet: self._has_any(facet, values, rows) for facet, values in list_filters(request)}
        if request.verified:
            masks["verified"] = self._is_verified(request.on, rows)
        return masks

    def _take(self, name: str, rows: Rows | None) -> Column:
        return self.column(name) if rows is None else self.column(name)[rows]

    def _has_any(self, facet: str, values: Iterable[str], rows: Rows | None) -> Mask:
        masks: dict[int, int] = {}
        for value in values:
            if (number := self._tag_numbers.get((facet, value))) is not None:
                masks[number >> 6] = masks.get(number >> 6, 0) | 1 << (number & 63)
        result = np.zeros(self.state.rows if rows is None else len(rows), np.bool_)
        for word, mask in masks.items():
            result |= (self._take(f"bits{word}", rows) & np.uint64(mask)) != 0
        return result

    def _is_verified(self, on: date, rows: Rows | None) -> Mask:
        result: Mask = self._take("verified_until", rows) >= c.number_day(on)
        return result

    def count_facet(self, facet: str, rows: Rows, on: date) -> dict[str, int]:
        """How many of `rows` have each value."""
        if facet == "verified":
            verified = int(self._is_verified(on, rows).sum())
            return {value: n for value, n in (("yes", verified), ("no", len(rows) - verified)) if n}
        numbers = {number: value for number, (name, value) in enumerate(self.state.tags) if name == facet}
        counts: dict[str, int] = {}
        for word in sorted({number >> 6 for number in numbers}):
            parts = self._take(f"bits{word}", rows).astype("<u8").view(np.uint8).reshape(-1, 8)
            for byte in sorted({(number & 63) >> 3 for number in numbers if number >> 6 == word}):
                totals = np.bincount(parts[:, byte], minlength=256) @ BYTE_BITS
                for bit, total in enumerate(totals):
                    if total and (value := numbers.get(word << 6 | byte << 3 | bit)) is not None:
                        counts[value] = int(total)
        return counts

    # --- order --------------------------------------------------------------------------------------------

    def score(self, request: SearchRequest, found: Found) -> Floats:
        """The ranking's score of each row, in single precision as other engines keep it."""
        scores = np.ones(len(found.rows)) if found.scores is None else found.scores.astype(np.float64)
        if request.near and found.distances is not None:
            scores = scores * np.exp(math.log(ranking.DECAY) * found.distances / ranking.find_halving_km(request.near))
        scores = scores * np.where(self._is_verified(request.on, found.rows), ranking.VERIFIED_LIFT, 1.0)
        scores = scores * self._take("quality", found.rows)
        if request.conditions and request.narrower:
            exact = self._has_any("condition", request.conditions, found.rows)
            scores = scores * np.where(exact, 1.0, ranking.NARROWER_SHARE)
        return scores.astype(np.float32).astype(np.float64)

    def select(self, request: SearchRequest, found: Found, scores: Floats, after: Cursor | None) -> tuple[Rows, bool]:
        """Places in `found` of the page's rows in order, and whether more follow."""
        keys = self._make_keys(request, found, scores)
        places = np.arange(len(found.rows))
        if after is not None:
            value = after.value.encode() if isinstance(after.value, str) else after.value
            value = -value if request.sort in (Sort.RELEVANCE, Sort.RECENT) else value  # type: ignore[operator]
            ids = self.column("id")[found.rows]
            places = places[(keys > value) | ((keys == value) & (ids > np.bytes_(after.document_id.encode())))]
        more = len(places) > request.limit
        if more:
            places = self._keep_first(keys, found.rows, places, request.limit)
        order = np.lexsort((self.column("id")[found.rows[places]], keys[places]))
        return places[order], more

    def _make_keys(self, request: SearchRequest, found: Found, scores: Floats) -> Column:
        """What the page is sorted by, ascending."""
        if request.sort is Sort.NAME:
            return self._take("name", found.rows)
        if request.sort is Sort.DISTANCE:
            assert found.distances is not None
            return np.round(found.distances, 6)
        if request.sort is Sort.RECENT:
            return -self._take("verified_on", found.rows).astype(np.float64)
        return -scores

    def _keep_first(self, keys: Column, rows: Rows, places: Rows, limit: int) -> Rows:
        """The first `limit` of `places` by key and id, without sorting them all."""
        values = keys[places]
        if values.dtype.kind == "S":  # compare the first eight letters as one number
            values = np.ascontiguousarray(values).view(">u8").reshape(len(values), -1)[:, 0].astype(np.uint64)
        last = np.partition(values, limit - 1)[limit - 1]
        before, tied = places[values < last], places[values == last]
        if keys.dtype.kind != "S" and len(tied) > limit - len(before):
            ranks = self._take("rank", rows[tied])
            tied = tied[ranks <= np.partition(ranks, limit - len(before) - 1)[limit - len(before) - 1]]
        places = np.concatenate((before, tied))
        return places[np.lexsort((self.column("id")[rows[places]], keys[places]))[:limit]]


def list_filters(request: SearchRequest) -> list[tuple[str, tuple[str, ...]]]:
    """The request's filters on tags: facet and wanted values, those that are set."""
    insurance: Mapping[bool | None, tuple[str, ...]] = {None: (), True: ("yes",), False: ("no",)}
    filters: list[tuple[str, tuple[str, ...]]] = [
        ("kind", tuple(request.kinds)),
        ("condition", (*request.conditions, *request.narrower)),
        ("technique", request.techniques),
        ("credential", request.credentials),
        ("practice_kind", tuple(request.practice_kinds)),
        ("setting", tuple(request.settings)),
        ("referral", tuple(request.referrals)),
        ("insurance", insurance[request.insurance]),
        ("may_take_referral", ("yes",) if request.may_take_referral else ()),
        ("language", request.languages),
        ("gender", request.genders),
        ("region", request.regions),
    ]
    return [(facet, values) for facet, values in filters if values]
