"""An engine at a distance, guarded: it is not asked in vain, and what it holds is kept here for when it is away.

With a snapshot engine, every build is written to both and every change too; visitors are answered from the snapshot
while the engine is away, and told so with its date. Whatever compares or changes the index asks the engine alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from directory.errors import EngineUnavailableError, NotFoundError, PalpateError
from search.breaker import Breaker
from search.interface import Build, Cell, Engine, Reader, SearchPage, SearchRequest, Suggestion, TherapistDocument
from search.names import parse_build_name

log = logging.getLogger(__name__)

T = TypeVar("T")


class GuardedReader:
    """Answers from the engine unless it is known to be away; then, where there is one, from the snapshot."""

    def __init__(self, live: Reader, breaker: Breaker, snapshot: Engine | None) -> None:
        self._live, self._breaker, self._snapshot = live, breaker, snapshot
        self._kept = snapshot.open_reader() if snapshot else None
        self._snapshot_at: datetime | None = None

    @property
    def snapshot_at(self) -> datetime | None:
        """When the build was begun from which the latest answer came, if that was a snapshot's."""
        return self._snapshot_at

    def _ask(self, ask: Callable[[Reader], T]) -> T:
        try:
            answer = self._breaker.call(lambda: ask(self._live))
        except EngineUnavailableError as error:
            at = find_snapshot_time(self._snapshot)
            if self._kept is None or at is None:
                raise
            if self._snapshot_at is None:
                log.warning("%s Answers come from the snapshot of %s.", error, at.isoformat())
            self._snapshot_at = at
            return ask(self._kept)
        except NotFoundError:
            self._snapshot_at = None
            raise
        self._snapshot_at = None
        return answer

    def search(self, request: SearchRequest) -> SearchPage:
        page, at = self._ask(lambda reader: (reader.search(request), reader is self._kept))
        return replace(page, snapshot_at=find_snapshot_time(self._snapshot)) if at else page

    def get(self, document_id: str) -> TherapistDocument:
        return self._ask(lambda reader: reader.get(document_id))

    def get_many(self, ids: Collection[str]) -> Mapping[str, TherapistDocument]:
        return self._ask(lambda reader: reader.get_many(ids))

    def list_ids(self) -> set[str]:
        return self._ask(lambda reader: reader.list_ids())

    def suggest(self, text: str, *, limit: int = 10) -> Sequence[Suggestion]:
        return self._ask(lambda reader: reader.suggest(text, limit=limit))

    def cells(self, request: SearchRequest, *, zoom: int) -> Sequence[Cell]:
        return self._ask(lambda reader: reader.cells(request, zoom=zoom))

    def count(self) -> int:
        return self._ask(lambda reader: reader.count())

    def read_version(self) -> str:
        return self._ask(lambda reader: f"{'snapshot ' * (reader is self._kept)}{reader.read_version()}")

    def close(self) -> None:
        self._live.close()
        if self._kept:
            self._kept.close()


class GuardedBuild:
    """A build that is written to the engine and to the snapshot alike."""

    def __init__(self, build: Build, kept: Build | None) -> None:
        self.name = build.name
        self._build, self._kept = build, kept

    def add(self, documents: Iterable[TherapistDocument]) -> int:
        batch = list(documents)
        if self._kept:
            self._kept.add(batch)
        return self._build.add(batch)

    def finish(self) -> None:
        if self._kept:
            self._kept.finish()
        self._build.finish()

    def reader(self) -> Reader:
        return self._build.reader()


class GuardedEngine:
    """The engine behind its breaker, with or without a snapshot of its live build."""

    def __init__(self, engine: Engine, *, snapshot: Engine | None = None, breaker: Breaker | None = None) -> None:
        self._engine, self._snapshot, self._breaker = engine, snapshot, breaker or Breaker()

    def open_reader(self) -> Reader:
        """Of the engine alone."""
        return self._engine.open_reader()

    def open_visitors_reader(self) -> GuardedReader:
        """Behind the breaker, with the snapshot to fall back on."""
        return GuardedReader(self._engine.open_reader(), self._breaker, self._snapshot)

    def find_snapshot_time(self) -> datetime | None:
        """When the build was begun whose snapshot stands by; None if there is none."""
        return find_snapshot_time(self._snapshot)

    def start_build(self, name: str) -> Build:
        build = self._engine.start_build(name)
        if self._snapshot is None:
            return GuardedBuild(build, None)
        kept = {*self._engine.builds(), self._snapshot.live()}
        for left in (*self._snapshot.unfinished(), *self._snapshot.builds()):
            if left not in kept:
                self._snapshot.drop(left)
        return GuardedBuild(build, self._snapshot.start_build(name))

    def publish(self, name: str) -> None:
        self._engine.publish(name)
        if self._snapshot:
            try:
                self._snapshot.publish(name)
            except NotFoundError:
                log.warning("No snapshot was kept of %s; that of another build stands by.", name)

    def drop(self, name: str) -> None:
        self._engine.drop(name)
        if self._snapshot and name != self._snapshot.live():
            self._snapshot.drop(name)

    def upsert(self, documents: Iterable[TherapistDocument]) -> None:
        changed = list(documents)
        self._write(lambda engine: engine.upsert(changed))

    def delete(self, versions: Mapping[str, int]) -> None:
        self._write(lambda engine: engine.delete(versions))

    def _write(self, write: Callable[[Engine], None]) -> None:
        """The snapshot first: who asks to be taken out is gone from it at once, even while the engine is away.

        A change that either did not take is raised, comes again from the outbox, and is written to both: newer wins.
        """
        problem: PalpateError | None = None
        if self._snapshot and self._snapshot.live():
            try:
                write(self._snapshot)
            except PalpateError as error:
                problem = error
            except OSError as error:
                problem = EngineUnavailableError(f"The snapshot of the index cannot be written: {error}")
        write(self._engine)
        if problem:
            raise problem

    def live(self) -> str | None:
        return self._breaker.call(self._engine.live)

    def builds(self) -> Sequence[str]:
        return self._breaker.call(self._engine.builds)

    def unfinished(self) -> Sequence[str]:
        return self._breaker.call(self._engine.unfinished)

    def lock(self, owner: str, *, until: datetime, now: datetime) -> None:
        self._engine.lock(owner, until=until, now=now)

    def unlock(self, owner: str) -> None:
        self._engine.unlock(owner)

    def ping(self) -> bool:
        return self._engine.ping()


def find_snapshot_time(snapshot: Engine | None) -> datetime | None:
    """When the build was begun that the snapshot engine has live."""
    live = snapshot.live() if snapshot else None
    name = parse_build_name(live) if live else None
    return name.at if name else None
