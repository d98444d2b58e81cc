"""Reading an embedded build: searches, single documents, suggestions and map cells, as of one generation."""

from __future__ import annotations

import mmap
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from directory.errors import EngineUnavailableError, NotFoundError
from search import analysis, ranking
from search.backends import columns as c
from search.backends.hits import (
    CELL_STEPS,
    MAX_CELLS,
    make_hit,
    make_suggestion,
    parse_document,
    parse_listed_document,
)
from search.backends.snapshot import Column, Found, Rows, Snapshot
from search.backends.text import TextHits, TextReader
from search.geometry import find_in_box, find_tile
from search.interface import Cell, SearchPage, SearchRequest, Sort, Suggestion, TherapistDocument
from search.requests import Cursor, check_request, has_words, read_cursor, write_cursor

BEST = (500, 4_000)  # so many are ranked in place of all hits, where that shows the page


def _find_stamp(folder: str) -> tuple[int, int]:
    """What changes with every new state of a build."""
    status = os.stat(f"{folder}/state.json")  # noqa: PTH116 - every search asks, and making a path takes longer
    return status.st_ino, status.st_mtime_ns


class Opened:
    """One build at one generation: its numbers, its words, its documents."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.stamp = _find_stamp(self.folder)
        self.snapshot = Snapshot(folder, c.State.read(folder))
        self.text = TextReader(folder / "text")
        with (folder / "documents.bin").open("rb") as file:  # an empty file cannot be mapped
            size = os.fstat(file.fileno()).st_size
            self._documents: mmap.mmap | bytes = (
                mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
            )

    def read_documents(self, rows: Rows) -> list[TherapistDocument]:
        """The documents of `rows`, in their order."""
        return [parse_document(content) for content in self._read(rows)]

    def list_documents(self, rows: Rows) -> list[TherapistDocument]:
        """The same without their evidence."""
        return [parse_listed_document(content) for content in self._read(rows)]

    def read_document(self, row: int) -> TherapistDocument:
        return self.read_documents(np.array([row]))[0]

    def read_suggestions(self, rows: Rows) -> tuple[Suggestion, ...]:
        """The names of `rows`, without making the whole documents."""
        return tuple(make_suggestion(content) for content in self._read(rows))

    def _read(self, rows: Rows) -> Iterator[bytes]:
        offsets, lengths = (self.snapshot.column(name)[rows].tolist() for name in ("offset", "length"))
        return (self._documents[at : at + length] for at, length in zip(offsets, lengths, strict=True))


class EmbeddedReader:
    """Answers from one build, or from whichever is live at the moment."""

    snapshot_at: datetime | None = None

    def __init__(self, find_folder: Callable[[], str]) -> None:
        self._find_folder = find_folder
        self._lock = threading.Lock()
        self._opened: Opened | None = None

    def _open(self) -> Opened:
        for attempt in range(3):
            folder = self._find_folder()
            try:
                stamp = _find_stamp(folder)
                opened = self._opened
                if opened and opened.folder == folder and opened.stamp == stamp:
                    return opened
                with self._lock:
                    self._opened = Opened(Path(folder))
                    return self._opened
            except (OSError, ValueError) as error:  # pruned between two steps: there is a newer live one
                if attempt == 2:
                    raise EngineUnavailableError(
                        f"The search index {Path(folder).name} cannot be read ({error})."
                        " Make a new one: palpate index build"
                    ) from error
        raise AssertionError("unreachable")

    def search(self, request: SearchRequest) -> SearchPage:
        check_request(request)
        after = read_cursor(request)
        opened = self._open()
        words = has_words(request)
        if not (after and after.typos) and (not words or opened.text.may_find(request)):
            page = _answer(opened, request, after, words=words, typos=False)
            if page.total or not words:
                return page
        return _answer(opened, request, after, words=words, typos=True)

    def get(self, document_id: str) -> TherapistDocument:
        opened = self._open()
        row = opened.snapshot.find_row(document_id)
        if row is None:
            raise NotFoundError("There is no such entry in the directory.")
        return opened.read_document(row)

    def get_many(self, ids: Collection[str]) -> Mapping[str, TherapistDocument]:
        opened = self._open()
        rows = [row for document_id in ids if (row := opened.snapshot.find_row(document_id)) is not None]
        return {document.id: document for document in opened.read_documents(np.array(rows, np.int64))}

    def read_version(self) -> str:
        opened = self._open()
        return f"{opened.folder} {opened.stamp}"

    def list_ids(self) -> set[str]:
        return self._open().snapshot.list_ids()

    def suggest(self, text: str, *, limit: int = 10) -> Sequence[Suggestion]:
        words = analysis.tokenize_names(text[:200])[:6]
        if not words or limit < 1:
            return ()
        opened = self._open()
        for typos in (False, True):
            rows = opened.text.find_names(words, limit * 2, typos=typos)
            rows = rows[rows < opened.snapshot.state.rows]
            rows = rows[opened.snapshot.column("died")[rows] > opened.snapshot.state.generation]
            if len(rows):
                return opened.read_suggestions(rows[:limit])
        return ()

    def cells(self, request: SearchRequest, *, zoom: int) -> Sequence[Cell]:
        check_request(request)
        opened = self._open()
        snapshot = opened.snapshot
        text = opened.text.find(request, typos=False) if has_words(request) else None
        found = snapshot.find(request, text)
        if masks := list(snapshot.make_masks(request, found.rows).values()):
            found = found.keep(np.logical_and.reduce(masks))
        points, _ = snapshot.list_points(found.rows)
        lats, lons = snapshot.find_coordinates(points)
        if request.box:
            inside = find_in_box(request.box, lats, lons)
            points, lats, lons = points[inside], lats[inside], lons[inside]
        x, y = find_tile(lats, lons, min(max(zoom, 0) + CELL_STEPS, 20))
        keys, cell_of = np.unique(x << 32 | y, return_inverse=True)
        sizes = np.maximum(np.bincount(cell_of, minlength=len(keys)), 1)
        middle_lats = np.bincount(cell_of, lats, len(keys)) / sizes
        middle_lons = np.bincount(cell_of, lons, len(keys)) / sizes
        pairs = np.unique(cell_of.astype(np.int64) << 32 | snapshot.column("point_row")[points])
        counts = np.bincount(pairs >> 32, minlength=len(keys))
        order = np.lexsort((keys, -counts))[:MAX_CELLS]
        return tuple(Cell(lat=float(middle_lats[i]), lon=float(middle_lons[i]), count=int(counts[i])) for i in order)

    def count(self) -> int:
        return self._open().snapshot.count

    def close(self) -> None:
        self._opened = None


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What answers a request, with what it is sorted by; a page's worth of it may be all that was ranked."""

    found: Found
    keys: Column
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def _answer(opened: Opened, request: SearchRequest, after: Cursor | None, *, words: bool, typos: bool) -> SearchPage:
    snapshot = opened.snapshot
    ranked = _rank_best(opened, request, typos=typos) if words and after is None else None
    ranked = ranked or _rank_all(opened, request, opened.text.find(request, typos=typos) if words else None)
    found = ranked.found
    places, more = snapshot.select(request, found, ranked.keys, after)
    by_score = request.sort is Sort.RELEVANCE
    scores = -ranked.keys[places] if by_score else snapshot.score(request, found.keep(places))
    documents = opened.list_documents(found.rows[places])
    hits = tuple(make_hit(document, score, request) for document, score in zip(documents, scores.tolist(), strict=True))
    cursor = None
    if more and hits:
        last = places[-1]
        row = int(found.rows[last])
        value: float | str = hits[-1].score
        if request.sort is Sort.DISTANCE and found.distances is not None:
            value = float(np.round(found.distances[last], 6))
        elif request.sort is Sort.NAME:
            value = bytes(snapshot.column("name")[row]).decode()
        elif request.sort is Sort.RECENT:
            value = int(snapshot.column("verified_on")[row])
        cursor = write_cursor(request, Cursor(value, hits[-1].document.id, typos))
    return SearchPage(total=ranked.total, hits=hits, facets=ranked.facets, after=cursor)


def _rank_all(opened: Opened, request: SearchRequest, text: TextHits | None) -> _Ranked:
    snapshot = opened.snapshot
    found = snapshot.find(request, text)
    masks = snapshot.make_masks(request, found.rows)
    facets = {}
    for facet in request.facets:
        others = [mask for name, mask in masks.items() if name != facet]
        rows = found.rows[np.logical_and.reduce(others)] if others else found.rows
        facets[facet] = snapshot.count_facet(facet, rows, request.on)
    if masks:
        found = found.keep(np.logical_and.reduce(list(masks.values())))
    return _Ranked(found, snapshot.make_keys(request, found), len(found.rows), facets)


def _rank_best(opened: Opened, request: SearchRequest, *, typos: bool) -> _Ranked | None:
    """For words alone, all over the continent: the best few thousand, if no other can reach this page."""
    plain = SearchRequest(
        on=request.on, text=request.text, name=request.name, limit=request.limit, explain=request.explain
    )
    if request != plain:
        return None
    snapshot = opened.snapshot
    for most in BEST:
        best = opened.text.find(request, typos=typos, most=most)
        found = snapshot.find(request, best)
        keys = snapshot.make_keys(request, found)
        if best.total <= len(best.rows):
            return _Ranked(found, keys, len(found.rows))
        bound = best.scores[-1] * ranking.VERIFIED_LIFT * (1 + ranking.COMPLETENESS_LIFT)
        if len(keys) > request.limit and np.partition(keys, request.limit)[request.limit] < -bound:
            return _Ranked(found, keys, best.total)
    return None
