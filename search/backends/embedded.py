"""The embedded engine: builds are folders, the live one is named by a pointer file replaced in one step.

Words are found by tantivy, all else in columns of numbers; any number of processes may read while one writes.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import orjson

from directory.errors import ConflictError, EngineUnavailableError, LockedError, NotFoundError
from search import analysis, names, ranking
from search.backends import columns as c
from search.backends.hits import make_hit, make_suggestion, parse_document, write_document
from search.backends.snapshot import Rows, Snapshot
from search.backends.text import TextHits, TextReader, TextWriter, write_text
from search.fields import IndexFields, TermWords, make_fields
from search.geometry import find_in_box, find_tile
from search.interface import Cell, SearchPage, SearchRequest, Sort, Suggestion, TherapistDocument
from search.locks import is_gone
from search.requests import Cursor, check_request, read_cursor, write_cursor

BATCH_ROWS = 10_000
BEST = (500, 4_000)  # so many are ranked in place of all hits, where that shows the page
WRITER_WAIT_S = 30.0
MAX_CELLS = 2_000
CELL_STEPS = 2  # a cell is a quarter of a map tile wide


def _find_stamp(folder: str) -> tuple[int, int]:
    """What changes with every new state of a build."""
    status = os.stat(f"{folder}/state.json")  # noqa: PTH116 - every search asks, and making a path takes longer
    return status.st_ino, status.st_mtime_ns


class _Opened:
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
        self._opened: _Opened | None = None

    def _open(self) -> _Opened:
        for attempt in range(3):
            folder = self._find_folder()
            try:
                stamp = _find_stamp(folder)
                opened = self._opened
                if opened and opened.folder == folder and opened.stamp == stamp:
                    return opened
                with self._lock:
                    self._opened = _Opened(Path(folder))
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
        if after and after.typos:
            return self._answer(opened, request, after, typos=True)
        page = self._answer(opened, request, after, typos=False)
        if page.total == 0 and _has_words(request):
            page = self._answer(opened, request, after, typos=True)
        return page

    def _answer(self, opened: _Opened, request: SearchRequest, after: Cursor | None, *, typos: bool) -> SearchPage:
        snapshot = opened.snapshot
        best = _find_best(opened, request, typos=typos) if after is None else None
        text = best or (opened.text.find(request, typos=typos) if _has_words(request) else None)
        found = snapshot.find(request, text)
        masks = snapshot.make_masks(request, found.rows)
        facets = {}
        for facet in request.facets:
            others = [mask for name, mask in masks.items() if name != facet]
            rows = found.rows[np.logical_and.reduce(others)] if others else found.rows
            facets[facet] = snapshot.count_facet(facet, rows, request.on)
        if masks:
            found = found.keep(np.logical_and.reduce(list(masks.values())))
        keys = snapshot.make_keys(request, found)
        places, more = snapshot.select(request, found, keys, after)
        scores = -keys[places] if request.sort is Sort.RELEVANCE else snapshot.score(request, found.keep(places))
        documents = opened.read_documents(found.rows[places])
        hits = tuple(
            make_hit(document, score, request) for document, score in zip(documents, scores.tolist(), strict=True)
        )
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
        return SearchPage(total=best.total if best else len(found.rows), hits=hits, facets=facets, after=cursor)

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
        text = opened.text.find(request, typos=False) if _has_words(request) else None
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


def _find_best(opened: _Opened, request: SearchRequest, *, typos: bool) -> TextHits | None:
    """For words alone, all over the continent: the best few thousand, if no other can reach this page."""
    plain = SearchRequest(
        on=request.on, text=request.text, name=request.name, limit=request.limit, explain=request.explain
    )
    if request != plain or not _has_words(request):
        return None
    for most in BEST:
        best = opened.text.find(request, typos=typos, most=most)
        if best.total <= len(best.rows):
            return best
        scores = np.sort(opened.snapshot.score(request, opened.snapshot.find(request, best)))
        bound = best.scores[-1] * ranking.VERIFIED_LIFT * (1 + ranking.COMPLETENESS_LIFT)
        if len(scores) > request.limit and scores[-request.limit - 1] > bound:
            return best
    return None


def _has_words(request: SearchRequest) -> bool:
    return bool(analysis.tokenize_query(request.text) or analysis.tokenize_names(request.name))


def find_live(root: Path | str) -> str | None:
    """The live build's name, if there is one."""
    try:
        file = os.open(f"{root}/live", os.O_RDONLY)  # every search asks: `open` and its decoder take ten times as long
    except FileNotFoundError:
        return None
    try:
        return os.read(file, 1_000).decode("ascii").strip() or None
    finally:
        os.close(file)


def _find_live_folder(root: str) -> str:
    if name := find_live(root):
        return f"{root}/{name}"
    raise EngineUnavailableError("There is no search index yet. Run: palpate index build")


class EmbeddedBuild:
    """A build being filled in its own folder."""

    def __init__(self, root: Path, name: str, term_words: TermWords) -> None:
        self.name = name
        self._folder, self._term_words = root / name, term_words
        self._folder.mkdir(parents=True)
        self._columns = c.BaseWriter(self._folder)
        self._text = TextWriter(self._folder / "text")
        self._documents = (self._folder / "documents.bin").open("wb")
        self._batch, self._tags = c.Batch(), TagNumbers(())
        self._rows = self._offset = 0

    def add(self, documents: Iterable[TherapistDocument]) -> int:
        count = 0
        for document in documents:
            fields, content = make_fields(document, self._term_words), write_document(document)
            self._documents.write(content)
            self._batch.add(document.id, fields, self._tags.number(fields), self._offset, len(content))
            self._text.add(document.id, self._rows, fields)
            self._offset += len(content)
            self._rows += 1
            count += 1
            if len(self._batch.ids) >= BATCH_ROWS:
                self._flush()
        return count

    def _flush(self) -> None:
        self._columns.add(self._batch)
        self._batch = c.Batch()

    def finish(self) -> None:
        self._flush()
        self._documents.flush()
        os.fsync(self._documents.fileno())
        self._documents.close()
        self._text.commit()
        self._columns.finish(self._tags.all)

    def reader(self) -> EmbeddedReader:
        return EmbeddedReader(lambda: str(self._folder))


class TagNumbers:
    """Numbers for tags, in the order in which they were first seen."""

    def __init__(self, known: c.Tags) -> None:
        self._numbers = {tag: number for number, tag in enumerate(known)}

    def number(self, fields: IndexFields) -> tuple[int, ...]:
        return tuple(self._numbers.setdefault(tag, len(self._numbers)) for tag in fields.tags)

    @property
    def all(self) -> c.Tags:
        return tuple(self._numbers)


class EmbeddedEngine:
    """Builds in folders under `root`."""

    def __init__(self, root: Path, *, alias: str, term_words: TermWords) -> None:
        self._root, self._alias, self._term_words = root / alias, alias, term_words

    def open_reader(self) -> EmbeddedReader:
        return EmbeddedReader(partial(_find_live_folder, str(self._root)))

    def start_build(self, name: str) -> EmbeddedBuild:
        return EmbeddedBuild(self._root, name, self._term_words)

    def publish(self, name: str) -> None:
        if not (self._root / name / "state.json").is_file():
            raise NotFoundError(f"There is no finished build {name}.")
        with self._writing():
            c.write_atomically(self._root / "live", name.encode())

    def live(self) -> str | None:
        return find_live(self._root)

    def builds(self) -> Sequence[str]:
        return names.sort_build_names((path.parent.name for path in self._root.glob("*/state.json")), self._alias)

    def unfinished(self) -> Sequence[str]:
        folders = (path.name for path in self._root.glob("*") if path.is_dir() and not (path / "state.json").exists())
        return names.sort_build_names(folders, self._alias)

    def drop(self, name: str) -> None:
        if name == self.live():
            raise ConflictError(f"{name} is the live index and stays.")
        if names.parse_build_name(name):
            shutil.rmtree(self._root / name, ignore_errors=True)

    def upsert(self, documents: Iterable[TherapistDocument]) -> None:
        newest: dict[str, TherapistDocument] = {}
        for document in documents:
            if document.id not in newest or newest[document.id].version <= document.version:
                newest[document.id] = document
        with self._writing() as folder:
            _write_changes(folder, list(newest.values()), {}, self._term_words)

    def delete(self, versions: Mapping[str, int]) -> None:
        with self._writing() as folder:
            _write_changes(folder, [], versions, self._term_words)

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        """The live folder (or the root before there is one), while no other process writes."""
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / "writer.lock").open("w") as file:
            deadline = time.monotonic() + WRITER_WAIT_S
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > deadline:
                        raise LockedError("Another process has been writing to the index for long.") from error
                    time.sleep(0.01)
            name = self.live()
            yield self._root / name if name else self._root

    def lock(self, owner: str, *, until: datetime, now: datetime) -> None:
        with self._writing():
            path = self._root / "build.lock"
            if path.exists():
                held = orjson.loads(path.read_bytes())
                ends = datetime.fromisoformat(held["until"])
                if held["owner"] != owner and ends > now and not is_gone(held["owner"]):
                    raise LockedError(f"Another build has been running; its lock ends {held['until']}.")
            c.write_atomically(path, orjson.dumps({"owner": owner, "until": until.astimezone(UTC).isoformat()}))

    def unlock(self, owner: str) -> None:
        with self._writing():
            path = self._root / "build.lock"
            if path.exists() and orjson.loads(path.read_bytes())["owner"] == owner:
                path.unlink()

    def ping(self) -> bool:
        return True


def _write_changes(
    folder: Path, documents: Sequence[TherapistDocument], deleted: Mapping[str, int], term_words: TermWords
) -> None:
    """Write to a build: rows after the others, then words, then, in one step, the state that makes them count."""
    if not (folder / "state.json").is_file():
        raise EngineUnavailableError("There is no search index yet. Run: palpate index build")
    opened = _Opened(folder)
    snapshot, state = opened.snapshot, opened.snapshot.state
    dying: list[int] = []

    def is_newest(document_id: str, version: int) -> bool:
        row = snapshot.find_row(document_id)
        if row is None:
            return True
        if opened.read_document(row).version > version:
            return False
        dying.append(row)
        return True

    fresh = [document for document in documents if is_newest(document.id, document.version)]
    gone = [document_id for document_id, version in deleted.items() if is_newest(document_id, version)]
    batch, tags = c.Batch(), TagNumbers(state.tags)
    with (folder / "documents.bin").open("ab") as file, write_text(folder / "text") as text:
        text.delete_rows_from(state.rows)
        for document_id in (*gone, *(document.id for document in fresh)):
            text.delete(document_id)
        for number, document in enumerate(fresh):
            fields, content = make_fields(document, term_words), write_document(document)
            batch.add(document.id, fields, tags.number(fields), file.tell(), len(content))
            file.write(content)
            text.add(document.id, state.rows + number, fields)
        file.flush()
        os.fsync(file.fileno())
        new_state = c.append_rows(
            folder, state, batch, tags=tags.all, dying=dying, ranks=_find_ranks(snapshot, batch.ids)
        )
    new_state.write(folder)


def _find_ranks(snapshot: Snapshot, ids: Sequence[bytes]) -> list[float]:
    """Where new ids stand among the base's: at their own place, or half a step before the next."""
    ranks = []
    base = snapshot.column("sorted_id")
    for key in ids:
        place = snapshot.find_place(key)
        ranks.append(float(place) if place < len(base) and base[place] == np.bytes_(key) else place - 0.5)
    return ranks
