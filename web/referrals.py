"""What a physician needs of a therapist, in one row: standing, the rule about referral, how to reach them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from directory.models import Answer
from search.interface import DocumentLocation, Hit, TherapistDocument
from web.explanations import cite
from web.pages import Visit
from web.results_view import TermView, list_terms, write_distance
from web.standing import NOT_HELD, find_referral_today, stand
from web.values import Phone, clean, find_phone, list_address, list_letters, name_practice, name_town
from web.words import BadgeView, name_referral


@dataclass(frozen=True, slots=True)
class Rule:
    """Whether a physician may lawfully refer to somebody, in a line, with what says so."""

    answer: Answer
    sentence: str
    citation: str
    rule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRow:
    """One therapist as a physician compares them."""

    id: str
    url: str
    sheet_url: str
    name: str
    letters: str
    practice: str
    town: str
    address: tuple[str, ...]
    distance: str
    badge: BadgeView
    licences: tuple[str, ...]
    rule: Rule
    treats: tuple[TermView, ...]
    uses: tuple[TermView, ...]
    insurance: str
    referral: str
    phone: Phone | None
    npi: str
    website: str


def find_rule(visit: Visit, document: TherapistDocument, at: DocumentLocation | None = None) -> Rule:
    """The rule that decides at one place of theirs, or wherever they practise, as of today.

    A licence that does not hold bars a referral whatever the title allows.
    """
    say = visit.language.say
    found = [
        (visit.site.jurisdictions.referral(item.title, place.country, place.region, visit.site.today()), place, item)
        for item in document.credentials
        for place in ((at,) if at else document.locations or (DocumentLocation(),))
        if item.jurisdiction in (None, place.region)
    ]
    answer, rule_id = find_referral_today(visit.site, document, at)
    if rule_id == NOT_HELD:
        sentence = say("Not while the register shows this licence as it does today.")
        order = (Answer.YES, Answer.NO, Answer.UNKNOWN)
        best = min((law for law, _, _ in found), key=lambda law: order.index(law.answer), default=None)
        return Rule(Answer.NO, sentence, cite(visit.language, best.citation) if best else "", rule_id)
    line = {
        Answer.YES: say("A physician may lawfully refer patients to this person."),
        Answer.NO: say("The law limits what this title may do: do not refer patients to this person."),
        Answer.UNKNOWN: say("Whether the law lets a physician refer to this person is not known."),
    }[answer]
    decisive = next((row for row in found if row[0].rule_id == rule_id), None)
    if rule_id is None or decisive is None:
        return Rule(answer, line, "", clean(rule_id, 80))
    law, place, held = decisive
    if law.answer is Answer.YES and answer is Answer.UNKNOWN:
        line = say("The law lets a physician refer to a holder of a current licence; this one is not confirmed.")
    told = visit.language.say_law(law.sentence, region=place.region, title=held.title)
    return Rule(answer, line, clean(f"{told} {cite(visit.language, law.citation)}", 300), rule_id)


def make_row(visit: Visit, hit: Hit, conditions: set[str], techniques: set[str]) -> ReferralRow:
    """The row of one hit."""
    document, say = hit.document, visit.language.say
    location = hit.location or next(iter(document.locations), None)
    phones = (location.phone if location else None, *document.phones)
    insurance = {
        Answer.YES: say("Takes insurance"),
        Answer.NO: say("Does not take insurance"),
        Answer.UNKNOWN: say("Not stated"),
    }[document.accepts_insurance]
    named = visit.language.listed([clean(name, 60) for name in document.insurance[:6]])
    return ReferralRow(
        id=document.id,
        url=visit.url(f"/therapists/{document.id}"),
        sheet_url=visit.url(f"/refer/sheet/{document.id}"),
        name=clean(document.name, 120),
        letters=list_letters(document.credentials),
        practice=name_practice(document),
        town=name_town(location),
        address=list_address(location) if location else (),
        distance=write_distance(visit, hit.distance_km, location),
        badge=stand(visit, document, location),
        licences=tuple(
            _write_licence(visit, item.title, item.jurisdiction, item.number) for item in document.credentials[:4]
        ),
        rule=find_rule(visit, document, location),
        treats=list_terms(visit, document.conditions, conditions)[:8],
        uses=list_terms(visit, document.techniques, techniques)[:8],
        insurance=f"{insurance} ({named})" if named else insurance,
        referral=name_referral(visit.language, document.referral),
        phone=next((phone for phone in map(find_phone, phones) if phone), None),
        npi=clean(document.npi, 20),
        website=clean(document.website, 200),
    )


def _write_licence(visit: Visit, title: str, jurisdiction: str | None, number: str | None) -> str:
    parts = (clean(jurisdiction, 40), clean(title, 40), clean(number, 40))
    return " ".join(part for part in parts if part) or visit.language.say("Not stated")


def make_csv(rows: Iterable[ReferralRow]) -> str:
    """The rows for a spreadsheet; no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ("id", "name", "letters", "practice", "address", "phone", "npi", "licences", "standing", "may_take_referral",
         "rule", "insurance", "treats", "distance")
    )  # fmt: skip
    for row in rows:
        cells = (
            row.id, row.name, row.letters, row.practice, ", ".join(row.address), row.phone.label if row.phone else "",
            row.npi, "; ".join(row.licences), f"{row.badge.label}. {row.badge.sentence}", row.rule.answer,
            row.rule.citation, row.insurance, "; ".join(term.label for term in row.treats), row.distance,
        )  # fmt: skip
        writer.writerow([make_cell(cell) for cell in cells])
    return out.getvalue()


def make_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def make_text(rows: Iterable[ReferralRow]) -> str:
    """The rows as plain text, to paste into a record."""
    blocks = []
    for row in rows:
        lines = (
            f"{row.name}, {row.letters}" if row.letters else row.name,
            row.practice,
            ", ".join(row.address),
            row.phone.label if row.phone else "",
            f"NPI {row.npi}" if row.npi else "",
            "; ".join(row.licences),
            f"{row.badge.label}. {row.badge.sentence}",
            row.rule.sentence,
        )
        blocks.append("\n".join(line for line in lines if line))
    return "\n\n".join(blocks) + "\n"
