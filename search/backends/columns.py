"""Columns of numbers kept as files, one row a document: what the embedded engine filters, measures and counts with.

Rows are only ever added; a row that was replaced is marked with the generation at which it died, so that a reader
sees the one generation it opened, whatever a writer in another process does meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from directory.errors import ConflictError
from search.fields import IndexFields

NO_DATE = -1
ALIVE = np.iinfo(np.uint32).max
SPARE_TAGS = 64  # tags that updates may add to a build
ID_BYTES, NAME_BYTES = 40, 72
EPOCH = date(1970, 1, 1).toordinal()

ROW_COLUMNS: Mapping[str, str] = {
    "id": f"S{ID_BYTES}",
    "rank": "f8",  # order of ids
    "died": "u4",
    "offset": "i8",
    "length": "i4",
    "verified_until": "i4",
    "verified_on": "i4",
    "quality": "f8",
    "name": f"S{NAME_BYTES}",
    "first_point": "i4",  # where the row's points begin in `by_row`
    "points": "i4",  # and how many there are
}
POINT_COLUMNS: Mapping[str, str] = {"point_row": "i4", "lat": "f8", "lon": "f8", "by_row": "i4"}
BASE_COLUMNS: Mapping[str, str] = {"sorted_id": f"S{ID_BYTES}", "sorted_row": "i4", "point_key": "i8"}


Tags = tuple[tuple[str, str], ...]  # facet and value; a tag's number is its place in the row
PackedTags = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


class TagsFullError(Exception):
    """An update brings more new tags than the build has room for."""


@dataclass(frozen=True, slots=True)
class State:
    """Which rows of the columns count: what a reader sees changes only with this."""

    rows: int = 0
    points: int = 0
    base_rows: int = 0
    base_points: int = 0
    generation: int = 0
    dead: int = 0
    words: int = 1
    tags: Tags = ()

    def write(self, folder: Path) -> None:
        """Replace the folder's state in one step."""
        data = {name: getattr(self, name) for name in self.__dataclass_fields__}
        write_atomically(folder / "state.json", orjson.dumps(data))

    @classmethod
    def read(cls, folder: Path) -> State:
        data = orjson.loads((folder / "state.json").read_bytes())
        return cls(**{**data, "tags": tuple((facet, value) for facet, value in data["tags"])})


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file so that a reader finds the old content or the new, never half, even after a power cut."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def number_day(day: date | None) -> int:
    """Days since 1970, or `NO_DATE`."""
    return NO_DATE if day is None else day.toordinal() - EPOCH


def make_point_keys(lats: npt.NDArray[np.float64], lons: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Keys that sort points by tenth of a degree of latitude, then by longitude."""
    bands = np.floor((lats + 90) * 10).astype(np.int64)
    return (bands << 32) | np.floor((lons + 180) / 360 * (1 << 31)).astype(np.int64)


@dataclass
class Batch:
    """Rows being gathered before they are written."""

    ids: list[bytes] = field(default_factory=list)
    numbers: dict[str, list[float]] = field(
        default_factory=lambda: {name: [] for name in ("offset", "length", "verified_until", "verified_on", "quality")}
    )
    names: list[bytes] = field(default_factory=list)
    tags: list[tuple[int, ...]] = field(default_factory=list)
    points: list[tuple[int, float, float]] = field(default_factory=list)

    def add(self, document_id: str, fields: IndexFields, tags: tuple[int, ...], offset: int, length: int) -> None:
        row = len(self.ids)
        self.ids.append(encode_id(document_id))
        self.names.append(fields.name_key.encode())
        for name, value in (
            ("offset", offset),
            ("length", length),
            ("verified_until", number_day(fields.verified_until)),
            ("verified_on", number_day(fields.verified_on)),
            ("quality", fields.quality),
        ):
            self.numbers[name].append(value)
        self.tags.append(tags)
        self.points += [(row, lat, lon) for lat, lon in fields.points]

    def pack_tags(self) -> PackedTags:
        """The tags in two arrays: how many each row has, and all of them in a row."""
        counts = np.fromiter((len(tags) for tags in self.tags), np.int64, len(self.tags))
        return counts, np.fromiter((tag for tags in self.tags for tag in tags), np.int64, int(counts.sum()))

    def make_columns(self, first_row: int, first_point: int) -> dict[str, npt.NDArray[np.generic]]:
        columns: dict[str, npt.NDArray[np.generic]] = {
            name: np.array(values, ROW_COLUMNS[name]) for name, values in self.numbers.items()
        }
        columns["id"] = np.array(self.ids, ROW_COLUMNS["id"])
        columns["name"] = np.array(self.names, ROW_COLUMNS["name"])
        columns["died"] = np.full(len(self.ids), ALIVE, "u4")
        point_row = np.array([row for row, _, _ in self.points], "i4")
        columns["points"] = np.bincount(point_row, minlength=len(self.ids)).astype("i4")
        columns["first_point"] = (first_point + np.cumsum(columns["points"]) - columns["points"]).astype("i4")
        columns["by_row"] = np.arange(first_point, first_point + len(point_row), dtype="i4")
        columns["point_row"] = (point_row + first_row).astype("i4")
        columns["lat"] = np.array([lat for _, lat, _ in self.points], "f8")
        columns["lon"] = np.array([lon for _, _, lon in self.points], "f8")
        return columns


def encode_id(document_id: str) -> bytes:
    """An id as the columns keep it."""
    encoded = document_id.encode()
    if len(encoded) > ID_BYTES or not encoded:
        raise ValueError(f"An id has 1 to {ID_BYTES} bytes: {document_id!r}")
    return encoded


def append(folder: Path, name: str, values: npt.NDArray[np.generic], start: int, *, sync: bool = False) -> None:
    """Write `values` after the first `start` ones; what a killed writer left behind them is overwritten."""
    with (folder / f"{name}.bin").open("r+b" if (folder / f"{name}.bin").exists() else "w+b") as file:
        file.seek(start * values.dtype.itemsize)
        file.truncate()
        file.write(np.ascontiguousarray(values).tobytes())
        if sync:
            file.flush()
            os.fsync(file.fileno())


def open_column(folder: Path, name: str, dtype: str, count: int, mode: str = "r") -> npt.NDArray[np.generic]:
    """The first `count` values of a column, mapped from its file."""
    if count == 0:
        return np.empty(0, dtype)
    path, shape = folder / f"{name}.bin", (count,)
    column: npt.NDArray[np.generic]
    column = np.memmap(path, dtype=dtype, mode=mode, shape=shape)  # type: ignore[call-overload]  # wants a literal mode
    return column


def make_bits(packed: PackedTags, words: int) -> npt.NDArray[np.uint64]:
    """Tags as bits: `words` numbers a row."""
    counts, flat = packed
    rows = np.repeat(np.arange(len(counts)), counts)
    bits = np.zeros((words, len(counts)), np.uint64)
    np.bitwise_or.at(bits, (flat >> 6, rows), np.uint64(1) << (flat & 63).astype(np.uint64))
    return bits


class BaseWriter:
    """Writes a whole build's columns, batch by batch; `finish` sorts what is looked up in order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows = self._points = 0
        self._tags: list[PackedTags] = []

    def add(self, batch: Batch) -> None:
        for name, values in batch.make_columns(self._rows, self._points).items():
            append(self._folder, name, values, self._points if name in POINT_COLUMNS else self._rows)
        self._tags.append(batch.pack_tags())
        self._rows += len(batch.ids)
        self._points += len(batch.points)

    def finish(self, tags: Tags) -> State:
        """Write the rest and the state; the columns can be read afterwards."""
        folder, rows, points = self._folder, self._rows, self._points
        words = -(-(len(tags) + SPARE_TAGS) // 64)
        start = 0
        for packed in self._tags:
            for word, bits in enumerate(make_bits(packed, words)):
                append(folder, f"bits{word}", bits, start)
            start += len(packed[0])
        _sort_points(folder, points)
        ids = np.array(open_column(folder, "id", ROW_COLUMNS["id"], rows))
        order = np.argsort(ids, kind="stable")
        if len(doubles := np.flatnonzero(ids[order][1:] == ids[order][:-1])):
            raise ConflictError(f"The build was given {bytes(ids[order][doubles[0]]).decode()} twice.")
        ranks = np.empty(rows, "f8")
        ranks[order] = np.arange(rows)
        append(folder, "rank", ranks, 0)
        append(folder, "sorted_id", ids[order], 0)
        append(folder, "sorted_row", order.astype("i4"), 0)
        state = State(
            rows=rows, points=points, base_rows=rows, base_points=points, generation=1, words=words, tags=tags
        )
        for path in folder.glob("*.bin"):
            with path.open("rb") as file:
                os.fsync(file.fileno())
        state.write(folder)
        return state


def _sort_points(folder: Path, points: int) -> None:
    """Sort the points by place; `by_row` tells where each of a row's points has gone."""
    lats, lons = (np.array(open_column(folder, name, POINT_COLUMNS[name], points)) for name in ("lat", "lon"))
    keys = make_point_keys(lats, lons)
    order = np.argsort(keys, kind="stable")
    append(folder, "point_row", np.array(open_column(folder, "point_row", "i4", points))[order], 0)
    append(folder, "lat", lats[order], 0)
    append(folder, "lon", lons[order], 0)
    append(folder, "point_key", keys[order], 0)
    places = np.empty(points, "i4")
    places[order] = np.arange(points, dtype="i4")
    append(folder, "by_row", places, 0)


def append_rows(
    folder: Path, state: State, batch: Batch, *, tags: Tags, dying: Sequence[int], ranks: Sequence[float]
) -> State:
    """Add rows and mark replaced ones; nobody sees either before the state returned here is written.

    Raises `TagsFullError` before anything is written.
    """
    if len(tags) > state.words * 64:
        raise TagsFullError
    for name, values in batch.make_columns(state.rows, state.points).items():
        append(folder, name, values, state.points if name in POINT_COLUMNS else state.rows, sync=True)
    append(folder, "rank", np.array(ranks, "f8"), state.rows, sync=True)
    for word, bits in enumerate(make_bits(batch.pack_tags(), state.words)):
        append(folder, f"bits{word}", bits, state.rows, sync=True)
    generation = state.generation + 1
    if dying:
        died = np.memmap(folder / "died.bin", dtype="u4", mode="r+", shape=(state.rows + len(batch.ids),))
        died[list(dying)] = generation
        died.flush()
    return replace(
        state,
        rows=state.rows + len(batch.ids),
        points=state.points + len(batch.points),
        generation=generation,
        dead=state.dead + len(dying),
        tags=tags,
    )
