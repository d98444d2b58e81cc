"""Whose credentials they are: a person's, by what stands beside them, or the practice's."""

from __future__ import annotations

import re

from crawler.extraction.cues import Cues
from crawler.extraction.document import OTHERS_WORDS, Document, Line
from crawler.extraction.evidence import Evidence
from crawler.extraction.licences import CLAIM_CUES, RARER_CUES, Claim, find_claims
from crawler.extraction.people import Person
from directory.models import PageCredential

_DIGIT_OR_DOTS = re.compile(r"\d\d\d|[LR]\.M\.")


def place_credentials(document: Document, cues: Cues, people: list[Person], notes: Evidence) -> list[PageCredential]:
    """Give each person the credentials beside their name; what nobody is named for belongs to the page."""
    of_page: list[PageCredential] = []
    owner: Person | None = None
    starts = {person.line: person for person in people}
    rarer = (n for n in cues.numbers(RARER_CUES) if _DIGIT_OR_DOTS.search(document.lines[n].text))
    for index in sorted({*cues.numbers(CLAIM_CUES), *rarer, *starts}):
        line = document.lines[index] if index >= 0 else None
        if index in starts:
            owner = starts[index]
        if line is None or line.tag == "option" or len(line.text) < 3 or line.section in OTHERS_WORDS:
            continue
        for claim in find_claims(line.text[:2000]):
            credential = PageCredential(
                title=claim.title, number=claim.number, jurisdiction=claim.jurisdiction, text=claim.text
            )
            person = _owner_of(claim, line, index, people, owner)
            target = person.credentials if person else of_page
            if _add(target, credential, [p.credentials for p in people] + [of_page]):
                notes.add("credential", claim.text, line.text, line.where)
    return of_page


def _owner_of(claim: Claim, line: Line, index: int, people: list[Person], owner: Person | None) -> Person | None:
    if not claim.of_person or not people:
        return None
    if len(people) == 1:
        return people[0] if not claim.text.rstrip(" .").endswith("s") else None
    before = line.text[: claim.start]
    named = [(before.rfind(_first(p)), p) for p in people if _first(p) in before]
    if named:
        return max(named, key=lambda pair: pair[0])[1]
    named = [(line.text.find(_first(p)), p) for p in people if _first(p) in line.text]
    if named:
        return min(named, key=lambda pair: pair[0])[1]
    if owner is not None and index - owner.line <= 6:
        return owner
    return None


def _first(person: Person) -> str:
    return person.name.split()[0]


def _add(target: list[PageCredential], credential: PageCredential, everywhere: list[list[PageCredential]]) -> bool:
    if credential.number:
        digits = re.sub(r"\D", "", credential.number).lstrip("0")
        for held in (c for group in everywhere for c in group):
            if held.number and re.sub(r"\D", "", held.number).lstrip("0") == digits:
                return False
        target[:] = [c for c in target if c.number or (c.title or "") != (credential.title or "-")]
        target.append(credential)
        return True
    key = (credential.title or "").lower()
    if any((held.title or "").lower() == key for held in target) or len(target) >= 12:
        return False
    target.append(credential)
    return True
