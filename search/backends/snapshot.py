"""One generation of an embedded build, opened for reading: candidates, filters, counts and order, in numpy.

Everything here is exact: a circle is covered by bands of sorted points and every candidate is measured. Where words
or filters have left few rows, those rows' points are measured instead, however wide the circle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search import ranking
from search.backends import columns as c
from search.backends.text import TextHits
from search.geometry import find_bounds, find_in_box, measure_km, split_box
from search.interface import GeoBox, GeoCircle, SearchRequest, Sort
from search.requests import Cursor

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]  # each has its own type, known by its name

WIDE_SHARE = 0.03  # of all rows: where more points than that are to be measured, filtering all rows first is cheaper
BYTE_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that answer a request, in no order, with what is known of each."""

    rows: Rows
    distances: Floats | None
    scores: Floats | None  # of the text

    def keep(self, mask: Mask | Rows) -> Found:
        """Those that the mask, or their places, name."""
        return Found(
            self.rows[mask],
            self.distances[mask] if self.distances is not None else None,
            self.scores[mask] if self.scores is not None else None,
        )


def list_ranges(starts: Rows, ends: Rows) -> Rows:
    """All numbers of all ranges, one range after the other."""
    counts = ends - starts
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


class Snapshot:
    """Columns at one generation."""

    def __init__(self, folder: Path, state: c.State) -> None:
        self.state = state
        self._folder = folder
        self._columns: dict[str, Column] = {}
        self._tag_numbers = {tag: number for number, tag in enumerate(state.tags)}
        self._facet_numbers: dict[str, dict[int, str]] = {}
        for number, (facet, value) in enumerate(state.tags):
            self._facet_numbers.setdefault(facet, {})[number] = value
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
        """All living rows within the request's circle and box that are among the text's hits, whatever its filters.

        Rows that fail a filter which no facet asks about may be left out already.
        """
        if text:
            known = text.rows < self.state.rows
            found = self._keep_within(request, Found(text.rows[known], None, text.scores[known]))
        elif (points := self._find_points(request)) is None:
            found = self._keep_within(request, Found(self._filter(request), None, None))
        else:
            found = self._find_at(request, points)
        return found.keep(self.column("died")[found.rows] > self.state.generation) if self.state.dead else found

    def _find_points(self, request: SearchRequest) -> Rows | None:
        """The points about the request's circle or box; None without one, or where it is quicker to filter first."""
        box = find_bounds(request.near) if request.near else request.box
        if box is None:
            return None
        starts, ends = self._find_ranges(box)
        if int((ends - starts).sum()) > WIDE_SHARE * self.state.rows and _list_uncounted(request):
            return None
        return np.concatenate((list_ranges(starts, ends), np.arange(self.state.base_points, self.state.points)))

    def _filter(self, request: SearchRequest) -> Rows:
        """What the filters leave of all rows, those on counted fields apart: a field's own filter does not count."""
        masks = [mask for facet, mask in self.make_masks(request, None).items() if facet in _list_uncounted(request)]
        return np.flatnonzero(np.logical_and.reduce(masks)) if masks else np.arange(self.state.rows)

    def _find_at(self, request: SearchRequest, points: Rows) -> Found:
        """The rows of those points that lie in the circle or box, each with the distance of its nearest one."""
        lats, lons = self.find_coordinates(points)
        if request.near:
            distances = measure_km(request.near.lat, request.near.lon, lats, lons)
            nearest = np.flatnonzero(distances <= request.near.radius_km)
        else:
            assert request.box
            distances, nearest = None, np.flatnonzero(find_in_box(request.box, lats, lons))
        rows = self.column("point_row")[points[nearest]].astype(np.int64)
        if (self.column("points")[rows] > 1).any():
            order = np.arange(len(rows)) if distances is None else np.argsort(distances[nearest])
            rows, first = np.unique(rows[order], return_index=True)
            nearest = nearest[order[first]]
        found = Found(rows, None if distances is None else distances[nearest], None)
        return found.keep(self._are_in_box(rows, request.box)) if request.near and request.box else found

    def _keep_within(self, request: SearchRequest, found: Found) -> Found:
        """Those within the request's circle and box, measured by their own points."""
        if request.box:
            found = found.keep(self._are_in_box(found.rows, request.box))
        if request.near:
            distances = self._measure(found.rows, request.near)
            found = replace(found, distances=distances).keep(distances <= request.near.radius_km)
        return found

    def _find_ranges(self, box: GeoBox) -> tuple[Rows, Rows]:
        """Where the base's sorted points that may lie in the box begin and end, a band of latitude each."""
        keys = self.column("point_key")
        bands = np.arange(math.floor((box.south + 90) * 10), math.floor((box.north + 90) * 10) + 1, dtype=np.int64)
        bands <<= 32
        ranges = split_box(box)
        if ranges == ((-180.0, 180.0),):
            return np.searchsorted(keys, bands[:1]), np.searchsorted(keys, bands[-1:] + (1 << 32))
        lows = [bands | math.floor((west + 180) / 360 * (1 << 31)) for west, _ in ranges]
        highs = [bands | math.floor((east + 180) / 360 * (1 << 31)) for _, east in ranges]
        return (
            np.searchsorted(keys, np.concatenate(lows), "left"),
            np.searchsorted(keys, np.concatenate(highs), "right"),
        )

    def list_points(self, rows: Rows) -> tuple[Rows, Rows]:
        """The points of `rows`, those of one row side by side, and for each row where its own begin."""
        starts = self.column("first_point")[rows].astype(np.int64)
        counts = self.column("points")[rows]
        return self.column("by_row")[list_ranges(starts, starts + counts)], np.cumsum(counts) - counts

    def find_coordinates(self, points: Rows) -> tuple[Floats, Floats]:
        return self.column("lat")[points], self.column("lon")[points]

    def _measure(self, rows: Rows, near: GeoCircle) -> Floats:
        """How far the nearest point of each row is; infinitely far where there is none."""
        placed = self.column("points")[rows] > 0
        result = np.full(len(rows), np.inf)
        if placed.any():
            points, starts = self.list_points(rows[placed])
            distances = measure_km(near.lat, near.lon, *self.find_coordinates(points))
            result[placed] = distances if len(points) == len(starts) else np.minimum.reduceat(distances, starts)
        return result

    def _are_in_box(self, rows: Rows, box: GeoBox) -> Mask:
        """Which rows have a point in the box."""
        placed = self.column("points")[rows] > 0
        if placed.any():
            points, starts = self.list_points(rows[placed])
            placed[placed] = np.logical_or.reduceat(find_in_box(box, *self.find_coordinates(points)), starts)
        return placed

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
        numbers = self._facet_numbers.get(facet, {})
        counts: dict[str, int] = {}
        for word in sorted({number >> 6 for number in numbers}):
            parts = self._take(f"bits{word}", rows).astype("<u8").view(np.uint8).reshape(-1, 8)
            for byte in sorted({(number & 63) >> 3 for number in numbers if number >> 6 == word}):
                totals = np.bincount(parts[:, byte], minlength=256) @ BYTE_BITS
                for bit in np.flatnonzero(totals).tolist():
                    if (value := numbers.get(word << 6 | byte << 3 | bit)) is not None:
                        counts[value] = int(totals[bit])
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

    def select(self, request: SearchRequest, found: Found, keys: Column, after: Cursor | None) -> tuple[Rows, bool]:
        """Places in `found` of the page's rows in the order of `keys`, and whether more follow."""
        places = np.arange(len(found.rows))
        if after is not None:
            value = after.value.encode() if isinstance(after.value, str) else after.value
            value = -value if request.sort in (Sort.RELEVANCE, Sort.RECENT) else value  # type: ignore[operator]  # these orders hold numbers
            row = self.find_row(after.document_id)
            if row is not None and len(own := np.flatnonzero(found.rows == row)):
                value = keys[own[0]]  # a marker that another engine wrote says nearly the same
            ids = self.column("id")[found.rows]
            places = places[(keys > value) | ((keys == value) & (ids > np.bytes_(after.document_id.encode())))]
        more = len(places) > request.limit
        if more:
            places = self._keep_first(keys, found.rows, places, request.limit)
        order = np.lexsort((self.column("id")[found.rows[places]], keys[places]))
        return places[order], more

    def make_keys(self, request: SearchRequest, found: Found) -> Column:
        """What the page is sorted by, ascending: by relevance, the negative score."""
        if request.sort is Sort.NAME:
            return self._take("name", found.rows)
        if request.sort is Sort.DISTANCE:
            assert found.distances is not None
            return np.round(found.distances, 6)
        if request.sort is Sort.RECENT:
            return -self._take("verified_on", found.rows).astype(np.float64)
        return -self.score(request, found)

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


def _list_uncounted(request: SearchRequest) -> set[str]:
    """The fields that the request filters by and does not count."""
    filtered = {facet for facet, _ in list_filters(request)} | ({"verified"} if request.verified else set())
    return filtered - set(request.facets)
