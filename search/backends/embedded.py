"""The embedded engine: builds are folders, the live one is named by a pointer file replaced in one step.

Words are found by tantivy, all else in columns of numbers; any number of processes may read while one writes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import orjson

from directory.errors import ConflictError, EngineUnavailableError, LockedError, NotFoundError
from search import names
from search.backends.columns import write_atomically
from search.backends.embedded_reader import EmbeddedReader
from search.backends.embedded_writer import EmbeddedBuild, write_changes
from search.fields import TermWords
from search.interface import TherapistDocument
from search.locks import is_gone

WRITER_WAIT_S = 30.0


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
            write_atomically(self._root / "live", name.encode())

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
            write_changes(folder, list(newest.values()), {}, self._term_words)

    def delete(self, versions: Mapping[str, int]) -> None:
        with self._writing() as folder:
            write_changes(folder, [], versions, self._term_words)

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
            write_atomically(path, orjson.dumps({"owner": owner, "until": until.astimezone(UTC).isoformat()}))

    def unlock(self, owner: str) -> None:
        with self._writing():
            path = self._root / "build.lock"
            if path.exists() and orjson.loads(path.read_bytes())["owner"] == owner:
                path.unlink()

    def ping(self) -> bool:
        return True
