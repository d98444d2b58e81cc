"""What therapists say themselves beside their standing, once a reviewer accepted it: for pages and for programs."""

from __future__ import annotations

from dataclasses import dataclass

from directory.errors import RecordsUnavailableError
from records import entities, requests
from records.requests import Statement, StatementKind
from search.interface import TherapistDocument
from web.pages import Visit
from web.site import Site
from web.values import clean

LONGEST = 600


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What a therapist says, with who says it and when before it."""

    said: str
    text: str


def list_answers(visit: Visit, document: TherapistDocument, *, longest: int = LONGEST) -> tuple[AnswerView, ...]:
    """A therapist's own words as a page shows them; none while the records are away."""
    say, found = visit.language.say, list[AnswerView]()
    for item in _load(visit.site, document):
        day = visit.language.write_date(item.made_at.date())
        if item.kind is StatementKind.ANSWER:
            found.append(AnswerView(say("The therapist answers, %(day)s:", day=day), clean(item.text, longest)))
        else:
            found.append(AnswerView(say("The therapist has said that this listing is theirs, %(day)s.", day=day), ""))
    return tuple(found)


def describe_answers(site: Site, document: TherapistDocument) -> list[dict[str, object]]:
    """A therapist's answers for programs."""
    return [
        {"text": clean(item.text, LONGEST), "made_on": item.made_at.date().isoformat()}
        for item in _load(site, document)
        if item.kind is StatementKind.ANSWER
    ]


def _load(site: Site, document: TherapistDocument) -> list[Statement]:
    try:
        with site.database.read() as session:
            return requests.load_accepted(session, entities.find_aliases(session, document.id))
    except RecordsUnavailableError:
        return []
