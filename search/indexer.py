"""Building, publishing and updating the index: every build is new, gated, and published in one step.

The records are the truth; an index can always be thrown away and built again from them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from directory.clock import Clock
from directory.errors import EngineUnavailableError, IndexGateError, NotFoundError, PalpateError
from directory.settings import Settings
from index_mappings import MAPPING_VERSION
from records import outbox
from records.database import Database
from search import documents as makers
from search.fallback import GuardedEngine
from search.interface import Build, Engine, Reader, SearchRequest, TherapistDocument
from search.locks import make_owner
from search.names import BuildName, parse_build_name

log = logging.getLogger(__name__)

LOCK_FOR = timedelta(minutes=15)
BATCH = 1_000
CANARIES = 25
UPDATE_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did."""

    name: str
    documents: int
    held: dict[str, int]
    previous: str | None
    pruned: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def to_text(self) -> str:
        held = ", ".join(f"{count} {reason}" for reason, count in sorted(self.held.items()))
        return f"{self.name} is live with {self.documents} entries" + (f"; held back: {held}." if held else ".")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReport:
    """What an update did; `waiting` changes are left for the next one."""

    written: int
    deleted: int
    failed: int
    waiting: int
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def to_text(self) -> str:
        text = f"{self.written} written, {self.deleted} removed, {self.waiting} waiting."
        return f"{text} {self.failed} could not be written: {self.reason}" if self.failed else text


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """The index as it is: `state` is ready, stale (changes have waited too long), building or missing."""

    state: str
    reason: str
    live: str | None
    built_at: datetime | None
    documents: int
    builds: tuple[str, ...]
    unfinished: tuple[str, ...]
    waiting: int
    snapshot_at: datetime | None = None  # of the build whose copy answers while the engine is away

    def to_json(self) -> dict[str, Any]:
        times = {"built_at": self.built_at, "snapshot_at": self.snapshot_at}
        return {**asdict(self), **{name: at.isoformat() if at else None for name, at in times.items()}}

    def to_text(self) -> str:
        lines = [f"{self.state}: {self.reason}", f"live: {self.live or 'none'} ({self.documents} entries)"]
        lines += [f"earlier: {name}" for name in self.builds if name != self.live]
        return "\n".join([*lines, f"waiting changes: {self.waiting}"])


def build_index(engine: Engine, database: Database, *, settings: Settings, clock: Clock) -> BuildReport:
    """Build a new index from the records, check it, publish it, prune old ones.

    Raises `LockedError` while another build runs and `IndexGateError` where a gate fails: the live index then stays.
    """
    owner = make_owner()
    engine.lock(owner, until=clock.now() + LOCK_FOR, now=clock.now())
    try:
        for left in engine.unfinished():  # by a build that was killed: we hold the lock, so nobody works on it
            engine.drop(left)
        previous = engine.live()
        build = engine.start_build(str(BuildName(clock.now(), settings.index_alias, MAPPING_VERSION)))
        try:
            with database.read() as session:
                read_here = outbox.waiting_seqs(session)
                counts = makers.Counts()
                made = makers.make_documents(session, settings=settings, clock=clock, counts=counts)
                canaries = _fill(build, made, engine, owner, clock)
            build.finish()
            check_gates(build.reader(), engine, counts.published, canaries, settings=settings, clock=clock)
            engine.publish(build.name)
        except BaseException:
            _discard(engine, build.name)
            raise
        with database.begin() as session:  # those changes were read by this build
            outbox.done(session, read_here)
        pruned = prune(engine, keep=settings.index_keep_previous)
    finally:
        engine.unlock(owner)
    return BuildReport(
        name=build.name, documents=counts.published, held=dict(counts.held), previous=previous, pruned=pruned
    )


def _discard(engine: Engine, name: str) -> None:
    try:
        if engine.live() != name:
            engine.drop(name)
    except PalpateError as error:  # the first error matters more, and the next build cleans up
        log.warning("The failed build %s could not be removed: %s", name, error)


def _fill(
    build: Build, documents: Iterator[TherapistDocument], engine: Engine, owner: str, clock: Clock
) -> list[TherapistDocument]:
    """Add all documents, keeping the lock alive, and return a few spread evenly among them."""
    canaries: list[TherapistDocument] = []
    step = seen = 1
    while batch := list(islice(documents, BATCH)):
        build.add(batch)
        engine.lock(owner, until=clock.now() + LOCK_FOR, now=clock.now())
        for document in batch:
            if seen % step == 0:
                canaries.append(document)
            seen += 1
        if len(canaries) >= 2 * CANARIES:
            canaries, step = canaries[::2], step * 2
    return canaries


def check_gates(
    reader: Reader,
    engine: Engine,
    expected: int,
    canaries: Iterable[TherapistDocument],
    *,
    settings: Settings,
    clock: Clock,
) -> None:
    """Raise `IndexGateError` unless the build holds what it was given, finds it, and has not shrunk too much."""
    found = reader.count()
    if found != expected:
        raise IndexGateError(f"The new index holds {found} entries instead of {expected}; the live one stays.")
    if engine.live() and found < (before := engine.open_reader().count()) * (
        1 - settings.index_max_shrink_percent / 100
    ):
        raise IndexGateError(
            f"The new index holds {found} entries, the live one {before}: more than "
            f"{settings.index_max_shrink_percent:g} % fewer. The live one stays. If this is right, raise "
            "PALPATE_INDEX_MAX_SHRINK_PERCENT."
        )
    for document in canaries:
        if reader.get(document.id) != document:
            raise IndexGateError(f"The new index does not give {document.id} back as it was; the live one stays.")
        page = reader.search(SearchRequest(on=clock.today(), name=document.name, limit=200))
        if page.total <= 200 and document.id not in {hit.document.id for hit in page.hits}:
            raise IndexGateError(f"The new index does not find {document.id} by name; the live one stays.")


def prune(engine: Engine, *, keep: int) -> tuple[str, ...]:
    """Drop all builds but the live one and the `keep` before it."""
    live, builds = engine.live(), list(engine.builds())
    older = builds[: builds.index(live)] if live in builds else builds
    kept = {live, *older[len(older) - keep :]} if keep else {live}
    pruned = tuple(name for name in builds if name not in kept)
    for name in pruned:
        engine.drop(name)
    return pruned


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackReport:
    """Which build was live and which is now."""

    live: str
    before: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def to_text(self) -> str:
        return f"{self.live} is live again instead of {self.before}. Changes since it was built: palpate index build"


def rollback(engine: Engine, *, settings: Settings, clock: Clock) -> RollbackReport:  # noqa: ARG001 - one shape
    """Publish the build before the live one; raises `NotFoundError` where none was kept."""
    owner = make_owner()
    engine.lock(owner, until=clock.now() + LOCK_FOR, now=clock.now())
    try:
        live, builds = engine.live(), list(engine.builds())
        older = builds[: builds.index(live)] if live in builds else []
        if live is None or not older:
            raise NotFoundError("There is no earlier index to go back to.")
        engine.publish(older[-1])
    finally:
        engine.unlock(owner)
    return RollbackReport(live=older[-1], before=live)


def update_index(
    engine: Engine, database: Database, *, settings: Settings, clock: Clock, sweep: bool = False
) -> UpdateReport:
    """Bring the changes that wait in the outbox into the live index, until none is due.

    Nothing is lost when the engine is away: the changes stay and are tried again later. `sweep` then compares every
    entry with the records, to mend an index that was changed by other hands or by a release that reads pages otherwise.
    """
    written = deleted = failed = 0
    reason: str | None = None
    worker = make_owner()
    while not failed:
        with database.begin() as session:
            changes = outbox.claim(session, worker, limit=UPDATE_BATCH)
        if not changes:
            break
        seqs = [change.seq for change in changes]
        try:
            wrote, removed = _apply(engine, database, changes, settings=settings, clock=clock)
        except PalpateError as error:
            failed, reason = len(seqs), str(error)
            with database.begin() as session:
                outbox.failed(session, seqs, str(error))
        else:
            written, deleted = written + wrote, deleted + removed
            with database.begin() as session:
                outbox.done(session, seqs)
    if sweep and not failed:
        try:
            wrote, removed = _sweep(engine, database, settings=settings, clock=clock)
        except EngineUnavailableError as error:
            reason = str(error)
        else:
            written, deleted = written + wrote, deleted + removed
    with database.read() as session:
        waiting = outbox.count_waiting(session)
    return UpdateReport(written=written, deleted=deleted, failed=failed, waiting=waiting, reason=reason)


def _sweep(engine: Engine, database: Database, *, settings: Settings, clock: Clock) -> tuple[int, int]:
    """Write what differs from the records and remove what they no longer publish."""
    reader = engine.open_reader()
    unseen, written, before = reader.list_ids(), 0, reader.count()
    with database.read() as session:
        made = makers.make_documents(session, settings=settings, clock=clock)
        while batch := list(islice(made, BATCH)):
            known = reader.get_many([document.id for document in batch])
            changed = [document for document in batch if known.get(document.id) != document]
            if changed:
                engine.upsert(changed)
            written += len(changed)
            unseen.difference_update(document.id for document in batch)
    if len(unseen) > max(5, before * settings.index_max_shrink_percent / 100):
        raise IndexGateError(
            f"The records publish {len(unseen)} of {before} entries no more: more than "
            f"{settings.index_max_shrink_percent:g} %. They stay. If this is right, raise "
            "PALPATE_INDEX_MAX_SHRINK_PERCENT."
        )
    if unseen:
        engine.delete({document_id: document.version for document_id, document in reader.get_many(unseen).items()})
    return written, len(unseen)


def _apply(
    engine: Engine, database: Database, changes: Sequence[outbox.Change], *, settings: Settings, clock: Clock
) -> tuple[int, int]:
    versions: dict[str, int] = {}
    for change in changes:
        versions[change.entity_id] = max(change.version, versions.get(change.entity_id, 0))
    with database.read() as session:
        made = list(makers.make_documents(session, settings=settings, clock=clock, ids=tuple(versions)))
    gone = {entity_id: version for entity_id, version in versions.items() if entity_id not in {d.id for d in made}}
    problem: PalpateError | None = None
    if gone:
        try:
            engine.delete(gone)
        except PalpateError as error:  # a snapshot beside the engine still takes what follows
            problem = error
    if made:
        engine.upsert(made)
    if problem:
        raise problem
    return len(made), len(gone)


def index_status(engine: Engine, database: Database, *, settings: Settings, clock: Clock) -> StatusReport:  # noqa: ARG001
    """How the index stands; never raises because the engine is away, but says so."""
    with database.read() as session:
        waiting = outbox.count_waiting(session)
    snapshot_at = engine.find_snapshot_time() if isinstance(engine, GuardedEngine) else None
    try:
        live, builds, unfinished = engine.live(), tuple(engine.builds()), tuple(engine.unfinished())
        documents = engine.open_reader().count() if live else 0
    except EngineUnavailableError as error:
        answering = f" Searches are answered from the snapshot of {snapshot_at.isoformat()}." if snapshot_at else ""
        return StatusReport(
            state="away",
            reason=f"{error}{answering}",
            live=None,
            built_at=None,
            documents=0,
            builds=(),
            unfinished=(),
            waiting=waiting,
            snapshot_at=snapshot_at,
        )
    name = parse_build_name(live) if live else None
    state, reason = "ready", "searches are answered"
    if live is None:
        state, reason = "missing", "nothing is indexed yet; run: palpate index build"
    elif waiting:
        state, reason = "stale", f"{waiting} changes wait; run: palpate index update"
    elif unfinished:
        state, reason = "building", f"{unfinished[-1]} is being built; the live index serves"
    return StatusReport(
        state=state,
        reason=reason,
        live=live,
        built_at=name.at if name else None,
        documents=documents,
        builds=builds,
        unfinished=unfinished,
        waiting=waiting,
        snapshot_at=snapshot_at,
    )
