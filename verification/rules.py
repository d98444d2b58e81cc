"""The decision table: one claim of one listing against the registers, on a day; the same inputs, the same verdict.

Identity first, then status. Only an exact number whose record carries the listing's name can give a status; everything
doubtful goes to a person with the records that person should look at. Nothing is ever decided by a likeness score.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from directory.credentials import REGISTER_KINDS, CredentialKind, Family, LicenceKey, ParsedClaim, parse_claim
from directory.jurisdictions import load_jurisdictions
from directory.models import Listing, Outcome
from directory.names import Agreement, NameGrade, compare_names
from verification.agreement import (
    SURE,
    Match,
    are_one_person,
    compare_cities,
    find_namesakes,
    match_all,
    match_record,
    singles_out,
)
from verification.bearers import estimate_bearers
from verification.contacts import digest_contact
from verification.lookup import RegisterLookup, find_records
from verification.model import STALE_AFTER_DAYS, Candidate, Mode, Suggestion, Verdict
from verification.practices import check_establishment
from verification.sharing import Sharing, Standing
from verification.status import StatusOnDay, status_on
from verification.subject import Subject, make_subject
from verification.suggest import suggest, suggest_anywhere
from verification.wording import not_found_sentence, place_name

_CALLED_ALIKE = (Agreement.SAME, Agreement.NICKNAME, Agreement.SPELLING, Agreement.SHORT, Agreement.MIDDLE,
                 Agreement.PART, Agreement.TYPO)  # fmt: skip


LEAST_SOURCES = 2  # that list somebody, for nobody else to be in sight
COMMON_PER_MILLION = 10  # people of a whole name, from which it is a common one


@dataclass(frozen=True, slots=True)
class Check:
    """Everything one decision is made from."""

    claim: ParsedClaim
    subject: Subject
    lookup: RegisterLookup
    on: date
    mode: Mode
    sharing: Sharing | None = None

    @property
    def place(self) -> str:
        """The region asked, for a reader."""
        return place_name(self.claim.jurisdiction)


def check_claim(
    claim: ParsedClaim | str,
    listing: Listing | Subject,
    lookup: RegisterLookup,
    *,
    on: date,
    mode: Mode | str = Mode.STRICT,
    sharing: Sharing | None = None,
) -> Verdict:
    """The verdict on one claim of a listing, as of the day `on`.

    `sharing` knows which numbers other listings use; without it a shared number is not noticed.
    """
    subject = listing if isinstance(listing, Subject) else make_subject(listing)
    if isinstance(claim, str):
        claim = parse_claim(claim, subject.region, subject.country)
    check = Check(claim, subject, lookup, on, Mode(mode), sharing)
    return _check_askable(check) or _check_number(check)


def _check_askable(check: Check) -> Verdict | None:
    """The verdict where there is no register to ask about this claim; None where there is one."""
    claim = check.claim
    if claim.rejected and claim.jurisdiction is None and "outside" in claim.rejected:
        return _tell(check, Outcome.NO_REGISTER, "outside-territory", "This was given outside the US and Canada.")
    doubtful = claim.kind in (CredentialKind.IDENTIFIER, CredentialKind.OTHER_PROFESSION, CredentialKind.STUDENT)
    if not doubtful and (claim.kind not in REGISTER_KINDS or claim.issuer):
        why = f"{claim.rejected or 'its issuer alone could confirm it'}"
        sentence = f"This is claimed by the listing and no register can be asked: {why}."
        return _tell(check, Outcome.NO_REGISTER, "not-checkable", sentence)
    if claim.jurisdiction is None:
        return _check_placeless(check)
    if not load_jurisdictions().register(None, claim.jurisdiction).exists:
        note = load_jurisdictions().meaning(claim.title, None, claim.jurisdiction, check.on).note
        return _tell(check, Outcome.NO_REGISTER, "no-register", note)
    if not check.lookup.holds(claim.jurisdiction, Family.MASSAGE) and not check.lookup.holds(
        claim.jurisdiction, Family.ESTABLISHMENT
    ):
        sentence = f"We have not read the {check.place} register. Its board answers questions about a licence."
        return _tell(check, Outcome.REVIEW, "register-unread", sentence)
    return None


def _check_placeless(check: Check) -> Verdict:
    """A claim that names no state or province, on a listing that names none either."""
    sentence = "Neither the claim nor the listing says in which state or province it was given."
    found = suggest_anywhere(check.subject, check.claim.number, check.lookup)
    return _tell(check, Outcome.REVIEW, "place-unknown", sentence, "A person will look at it.", suggestions=found)


def _check_number(check: Check) -> Verdict:
    claim = check.claim
    if claim.family is Family.ESTABLISHMENT:
        return check_establishment(claim, check.subject, check.lookup, on=check.on)
    if claim.key is None or claim.family is not Family.MASSAGE:
        return _check_without_number(check)
    found = find_records(check.lookup, claim)
    if not found:
        return _check_unknown_number(check, claim.key)
    if len(found) > 1:
        sentence = f"The {check.place} register has more than one record with this number."
        return _review(check, "several-records", sentence)
    return _check_record(check, claim.key, found[0])


def _check_without_number(check: Check) -> Verdict:
    """No number that may be looked up: a compatible name goes to a person, and is never verified."""
    if check.subject.name is None and check.claim.number is None:
        sentence = "The listing states this without a name or a number, so no register can be asked."
        return _tell(check, Outcome.NO_REGISTER, "not-checkable", sentence)
    if check.claim.rejected:
        first = f"The number cannot be looked up: {check.claim.rejected}."
    else:
        first = "No licence number is given."
    if _find_compatible(check):
        return _review(check, "no-number", first, f"The {check.place} register has a record under a like name.")
    return _tell(
        check, Outcome.NOT_FOUND, "no-number-not-found", first, not_found_sentence(check.claim.jurisdiction, check.on)
    )


def _find_compatible(check: Check) -> list[Match]:
    """The records of the register that could be this person by name."""
    name, jurisdiction = check.subject.name, check.claim.jurisdiction
    if name is None or jurisdiction is None:
        return []
    found = check.lookup.find_like_name(jurisdiction, name, check.subject.city)
    same = check.lookup.find_same_name(jurisdiction, name)
    return [match for match in match_all(name, check.subject.city, [*found, *same]) if match.compatible]


def _check_unknown_number(check: Check, key: LicenceKey) -> Verdict:
    """The register has no such number: a near number or a like name goes to a person."""
    sentence = not_found_sentence(key.jurisdiction, check.on)
    if check.subject.name is not None and _find_mistyped(check, key):
        return _review(check, "mistyped-number", sentence, "A number one keystroke away is under a like name.")
    if _find_compatible(check):
        return _review(check, "other-number", sentence, "A record under a like name has another number.")
    return _tell(check, Outcome.NOT_FOUND, "not-found", sentence)


def _find_mistyped(check: Check, key: LicenceKey) -> list[Match]:
    """Records one keystroke from the number whose name fits (a changed surname only in the same city)."""
    assert check.subject.name is not None
    near = match_all(check.subject.name, check.subject.city, check.lookup.find_neighbours(key))
    return [
        match
        for match in near
        if match.compatible or (match.city and match.grade in (NameGrade.SURNAME_CHANGED, NameGrade.WEAK))
    ]


def _check_record(check: Check, key: LicenceKey, candidate: Candidate) -> Verdict:
    """One record has the number: does it speak of this person?"""
    if check.subject.name is None:
        sentence = f"The {check.place} register has this number, but the listing names no person to compare."
        return _review(check, "nobody-named", sentence)
    match = match_record(check.subject.name, check.subject.city, candidate)
    if candidate.problem:
        return _review(
            check, "register-row-unclear", f"In the {check.place} register, {candidate.problem}.", match=match
        )
    if match.grade is NameGrade.STRONG:
        return _check_strong(check, key, match)
    if match.grade is NameGrade.GOOD:
        return _check_good(check, key, match)
    if match.grade is NameGrade.CONFLICT:
        return _check_conflict(check, key, match)
    sentence = f"The {check.place} register has this number under a name that agrees only in part."
    return _review(check, f"{match.grade.value}-name", sentence, match=match)


@dataclass(frozen=True, slots=True)
class _Second:
    """What agrees beside number and name: the city, or a listing tied to this one whose city or middle name agrees.

    NPPES stands in for a city that the register lacks.
    """

    city: bool
    linked: bool
    phone: bool
    foreign_phone: bool  # NPPES knows a phone for this number, and it is not one of this listing's
    foreign_city: bool  # NPPES knows a city for this number where the register names none, and it is another

    @property
    def any(self) -> bool:
        """Whether anything does."""
        return self.city or self.linked or self.phone


def _find_second(check: Check, key: LicenceKey, match: Match, standing: Standing) -> _Second:
    subject = check.subject
    known = [
        row
        for row in check.lookup.find_corroboration(key)
        if subject.name is not None and compare_names(subject.name, row.name).grade is NameGrade.STRONG
    ]
    cities = [] if match.candidate.city else [compare_cities(subject.city, row.city) for row in known]
    own = standing.phones | {digest_contact("phone", subject.phone)}
    phone = any(digest_contact("phone", row.phone) in own for row in known if row.phone)
    foreign = not phone and any(row.phone for row in known)
    return _Second(match.city is True or True in cities, standing.anchored, phone, foreign, False in cities)


def _find_sharing(check: Check, match: Match, standing: Standing, second: _Second) -> str | None:
    """Why the number's other users leave it open whose it is; None if they don't.

    In strict mode the same city is not enough where other listings fit as well, or where only one side names a
    generation: namesakes, fathers and sons live in one city.
    """
    by_phone = second.foreign_phone and (standing.strangers or (standing.misused and not match.middle))
    rivals = check.mode is Mode.STRICT and standing.rivalled and not (match.middle or second.phone)
    if (standing.shared and not second.any) or by_phone or rivals:
        return "Listings with different phone numbers use this licence number."
    unsaid = match.city and not (check.subject.name and check.subject.name.suffix)  # holders leave it out, sons do not
    certain = match.middle or second.phone or (unsaid and _is_alone(check, match, second))
    if check.mode is Mode.STRICT and match.generation_differs and not certain:
        return "Only one of the two names says which generation (Jr, Sr, III)."
    return None


def _check_strong(check: Check, key: LicenceKey, match: Match) -> Verdict:
    standing = check.sharing.find_standing(match.candidate, check.subject) if check.sharing else Standing()
    second = _find_second(check, key, match, standing)
    shared = _find_sharing(check, match, standing, second)
    if shared:
        return _review(check, "shared-number", shared, match=match)
    namesakes = find_namesakes(check.subject, match, check.lookup)
    rivals = _leave_out_older(check, match, namesakes)
    if rivals and not second.any and not singles_out(check.subject, match, rivals):
        sentence = f"Several people in the {check.place} register go by this name."
        return _review(check, "namesake", sentence, match=match)
    sure = second.any or match.middle
    alone = check.mode is Mode.STRICT and not sure and not rivals and _is_alone(check, match, second)
    if check.mode is Mode.STRICT and not (sure or alone):
        sentence = "Number and name agree; neither the city nor a middle name confirms that it is the same person."
        return _review(check, "strict-second-sign", sentence, match=match)
    status = status_on(match.candidate.record, check.on)
    if status.outcome in (Outcome.EXPIRED, Outcome.INACTIVE) and any(
        status_on(other.candidate.record, check.on).outcome is Outcome.VERIFIED for other in namesakes
    ):
        sentence = "This licence has ended, and another under the same name is current."
        return _review(check, "old-number", sentence, match=match)
    rule = "number-name-alone" if alone else _name_rule(match, second)
    return _give_status(check, match, status, rule, alone=alone)


def _is_alone(check: Check, match: Match, second: _Second) -> bool:
    """Whether no listing of the name is in sight that could be somebody else's, and NPPES knows no other telephone.

    One source alone is not enough: what it does not list, nobody would see. Of a common name it takes one more; where
    the name agrees and no city at all speaks against it, one less.
    """
    if check.sharing is None or second.foreign_phone or check.subject.region != match.candidate.record.jurisdiction:
        return False
    is_common = estimate_bearers(check.subject, match.candidate.names) >= COMMON_PER_MILLION
    is_silent = match.grade is NameGrade.STRONG and match.city is None and not second.foreign_city
    least = LEAST_SOURCES + is_common - is_silent
    return check.sharing.bearers.count_sources(check.subject, match.candidate.names) >= least


def _leave_out_older(check: Check, match: Match, namesakes: list[Match]) -> list[Match]:
    """The namesakes without ended records that are surely the same person's, where the record found is current."""
    if not namesakes or status_on(match.candidate.record, check.on).outcome is not Outcome.VERIFIED:
        return namesakes
    return [
        other
        for other in namesakes
        if status_on(other.candidate.record, check.on).outcome not in (Outcome.EXPIRED, Outcome.INACTIVE)
        or not are_one_person(match.candidate, other.candidate)
    ]


def _name_rule(match: Match, second: _Second) -> str:
    if match.city:
        return "number-name-city"
    if match.middle:
        return "number-name-middle"
    if second.linked:
        return "number-name-linked"
    return "number-name-nppes" if second.any else "number-name"


def _check_good(check: Check, key: LicenceKey, match: Match) -> Verdict:
    standing = check.sharing.find_standing(match.candidate, check.subject) if check.sharing else Standing()
    second = _find_second(check, key, match, standing)
    fits = check.mode is Mode.DEFAULT and (match.middle or (match.slip and match.city is None))
    alone = not (second.any or fits) and _is_alone(check, match, second)
    if not (second.any or fits or alone):
        sentence = f"The {check.place} register has this number under a slightly different name, and no city agrees."
        return _review(check, "good-name-other-city", sentence, match=match)
    if _leave_out_older(check, match, find_namesakes(check.subject, match, check.lookup)):
        sentence = f"Another person in the {check.place} register has exactly this name."
        return _review(check, "namesake", sentence, match=match)
    shared = _find_sharing(check, match, standing, second)
    if shared:
        return _review(check, "shared-number", shared, match=match)
    return _give_status(check, match, status_on(match.candidate.record, check.on), "number-like-name", alone=alone)


def _check_conflict(check: Check, key: LicenceKey, match: Match) -> Verdict:
    """The number is somebody else's: a slip of the key, another number of the same person, or a mismatch.

    A lone name, or a given name that agrees, may be the holder's after all: a person looks before it is a mismatch.
    """
    sentence = f"In the {check.place} register this number belongs to somebody with another name."
    near = [m for m in _find_mistyped(check, key) if m.grade in SURE or m.compatible]
    if near:
        return _review(
            check, "mistyped-number", sentence, "A number one keystroke away is under this name.", match=match
        )
    if any(m.grade in SURE and m.city is not False for m in _find_compatible(check)):
        return _review(check, "other-number", sentence, "A record under this name has another number.", match=match)
    if not match.full or match.comparison.given in _CALLED_ALIKE:
        sentence = f"The {check.place} register has this number under a name that agrees only in part."
        return _review(check, "part-name" if match.full else "lone-name", sentence, match=match)
    return _tell(check, Outcome.NAME_MISMATCH, "name-mismatch", sentence, match=match, suggestions=_suggestions(check))


def _give_status(check: Check, match: Match, status: StatusOnDay, rule: str, *, alone: bool) -> Verdict:
    record = match.candidate.record
    agreed = "almost this name" if match.grade is NameGrade.GOOD else "this name"
    agreed += " as a former one" if match.former_name else ""
    agreed += " and city" if match.city else ""
    first = f"The {check.place} register has this licence number under {agreed}."
    found = [first]
    if alone:
        found.append(f"No other record of the {check.place} register and no other listing there goes by this name.")
    if status.outcome is Outcome.REVIEW:
        return _review(check, status.rule, *found, status.sentence, match=match)
    if status.outcome is Outcome.VERIFIED and _is_stale(check, record.read_on):
        sentence = f"The register was last read on {record.read_on or 'an unknown day'}: it has to be asked again."
        return _tell(check, Outcome.STALE, "stale", *found, sentence, match=match, basis=True)
    return _tell(check, status.outcome, rule, *found, status.sentence, match=match, basis=True)


def _is_stale(check: Check, read_on: date | None) -> bool:
    return read_on is None or (check.on - read_on).days > STALE_AFTER_DAYS


def _suggestions(check: Check) -> list[Suggestion]:
    jurisdiction = check.claim.jurisdiction
    return suggest(check.subject, jurisdiction, check.claim.key, check.lookup) if jurisdiction else []


def _review(check: Check, rule: str, *sentences: str, match: Match | None = None) -> Verdict:
    words = (*sentences, "A person will look at it.")
    return _tell(check, Outcome.REVIEW, rule, *words, match=match, suggestions=_suggestions(check))


def _tell(
    check: Check,
    outcome: Outcome,
    rule: str,
    *sentences: str,
    match: Match | None = None,
    suggestions: list[Suggestion] | None = None,
    basis: bool = False,
) -> Verdict:
    record = match.candidate.record if match and basis else None
    return Verdict(
        claim=check.claim,
        outcome=outcome,
        rule=rule,
        explanation=sentences,
        register_id=record.register_id if record else None,
        grade=match.grade.value if match else None,
        reasons=match.comparison.reasons if match else (),
        suggestions=tuple(suggestions or ()),
        record=record,
    )
