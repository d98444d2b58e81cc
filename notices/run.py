"""`palpate watch run`: find what happened to whom somebody follows, tell each once, and write the letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from directory.clock import Clock
from notices.events import DAYS_BEFORE, Subject, find_events
from records import entities, ledger, mail, watches
from records.codec import digest
from records.database import Database, Session
from records.mail import Draft
from records.watches import Event, Told, Watch, Watcher, WatchKind
from search.interface import Reader, TherapistDocument

CHUNK = 200
OVERLAP = timedelta(days=30)  # what the index had not published at the last run is found by the next
BETWEEN_LETTERS = timedelta(hours=20)  # of daily runs each may write, of hourly ones one a day
LETTER = "watch:"  # how the key of every such letter begins
Write = Callable[[Watcher, Sequence[Told], str], Draft]  # for whom, what, and under which key


@dataclass(frozen=True, slots=True)
class WatchSummary:
    """What a run came to."""

    watches: int
    looked_at: int
    told: int
    letters: int

    def to_json(self) -> dict[str, object]:
        """As plain JSON values."""
        return {"watches": self.watches, "looked_at": self.looked_at, "told": self.told, "letters": self.letters}

    def to_text(self) -> str:
        """As a line a person reads."""
        return f"{self.watches} watches: {self.told} events told in {self.letters} letters."


@dataclass(frozen=True)
class _Followed:
    """Who follows what, by the ids and regions of now."""

    people: dict[str, list[Watch]]
    regions: dict[str, list[Watch]]

    def find(self, document: TherapistDocument) -> list[Watch]:
        """The watches that this therapist falls under."""
        regions = {place.region for place in document.locations if place.region}
        found = [*self.people.get(document.id, ()), *(w for code in regions for w in self.regions.get(code, ()))]
        return list({watch.id: watch for watch in found}.values())


def run_watch(database: Database, reader: Reader, *, clock: Clock, write: Write) -> WatchSummary:
    """Tell everybody what is new of whom they follow; run again at once, it tells nothing.

    Raises EngineUnavailableError while the index is away: the next run finds what this one would have.
    """
    started = clock.now()
    with database.begin() as session:
        watches.tidy(session)
    with database.read() as session:
        found = watches.load(session)
        moved = entities.redirects(session)
        ids = _find_candidates(session, found, moved, started)
    followed = _sort(found, moved)
    told = 0
    for start in range(0, len(ids), CHUNK):
        told += _look(database, reader, ids[start : start + CHUNK], followed, started)
    with database.begin() as session:
        watches.mark_checked(session, [watch.id for watch in found], started)
    return WatchSummary(len(found), len(ids), told, write_letters(database, write))


def _find_candidates(session: Session, found: Sequence[Watch], moved: dict[str, str], now: datetime) -> list[str]:
    """Whose ledger changed, or whose licence ends, since the watches were last looked through."""
    if not found:
        return []
    since = min(_looked_until(watch) for watch in found)
    changed = ledger.find_changed(session, since)
    ending = ledger.find_ending(session, since.date(), now.date() + timedelta(days=max(DAYS_BEFORE)))
    ids = {moved.get(entity_id, entity_id) for entity_id in changed | ending}
    if not any(watch.kind is WatchKind.REGION for watch in found):
        ids &= {moved.get(watch.subject, watch.subject) for watch in found}
    return sorted(ids)


def _looked_until(watch: Watch) -> datetime:
    confirmed = watch.confirmed_at or watch.created_at
    return confirmed if watch.checked_at is None else max(confirmed, watch.checked_at - OVERLAP)


def _sort(found: Sequence[Watch], moved: dict[str, str]) -> _Followed:
    followed = _Followed({}, {})
    for watch in found:
        if watch.kind is WatchKind.REGION:
            followed.regions.setdefault(watch.subject, []).append(watch)
        else:
            followed.people.setdefault(moved.get(watch.subject, watch.subject), []).append(watch)
    return followed


def _look(database: Database, reader: Reader, ids: Sequence[str], followed: _Followed, now: datetime) -> int:
    """Tell what is new of these people; returns how often."""
    documents, news = reader.get_many(ids), dict[str, list[Event]]()
    with database.read() as session:
        for document in documents.values():
            for watch, events in _find_news(session, document, followed, now):
                news.setdefault(watch.id, []).extend(events)
    with database.begin() as session:
        return sum(watches.tell(session, watch_id, events) for watch_id, events in sorted(news.items()))


def _find_news(
    session: Session, document: TherapistDocument, followed: _Followed, now: datetime
) -> Iterator[tuple[Watch, list[Event]]]:
    """What each watch that this therapist falls under should have been told by now."""
    interested = followed.find(document)
    if not interested:
        return
    published = {credential.verification_id for credential in document.credentials}
    history = [row for row in ledger.history(session, document.id) if row.entry.claim_id in published]
    for watch in interested:
        since = watch.confirmed_at or watch.created_at
        subject = Subject(document.id, " ".join(document.name.split())[:160])
        if events := find_events(subject, history, since=since, on=now.date()):
            yield watch, events


def write_letters(database: Database, write: Write) -> int:
    """Queue one letter for each watcher to whom none says yet what they were told; returns how many.

    Nobody gets a second letter within a day: what comes meanwhile waits for the next.
    """
    with database.read() as session:
        waiting = watches.find_waiting(session)
    letters = 0
    for watcher_id in waiting:
        with database.begin() as session:
            letters += _write_letter(session, watcher_id, write)
    return letters


def _write_letter(session: Session, watcher_id: str, write: Write) -> bool:
    told = watches.load_waiting(session, watcher_id)
    if not told:
        return False
    watcher = watches.get_watcher(session, watcher_id)
    if watcher.address is None:
        watches.mark_mailed(session, watcher_id)
        return False
    if mail.count_to(session, watcher.address, session.now() - BETWEEN_LETTERS, prefix=LETTER):
        return False
    key = LETTER + digest(watcher_id, *(item.event.key for item in told))
    watches.mark_mailed(session, watcher_id, key)
    return mail.queue(session, write(watcher, told, key))
