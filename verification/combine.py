"""From the verdicts on a listing's claims to the one outcome of the listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from directory.credentials import Schemes, parse_claim
from directory.models import Outcome
from directory.regions import REGIONS
from verification.agreement import match_all
from verification.lookup import RegisterLookup
from verification.model import Mode, Suggestion, Verdict
from verification.rules import check_claim
from verification.sharing import Sharing
from verification.subject import Subject
from verification.suggest import suggest, suggest_anywhere

# Best supported first. A board action outranks all: another licence in good standing never hides it.
OUTCOME_ORDER = (
    Outcome.DISCIPLINED, Outcome.VERIFIED, Outcome.STALE, Outcome.EXPIRED, Outcome.INACTIVE, Outcome.REVIEW,
    Outcome.NAME_MISMATCH, Outcome.NOT_FOUND, Outcome.NO_REGISTER, Outcome.NO_CLAIM,
)  # fmt: skip
_UNASKED = ("not-checkable", "outside-territory")


@dataclass(frozen=True, slots=True)
class ListingVerdict:
    """The deciding verdict of a listing and all of them, in the order of its claims."""

    deciding: Verdict
    verdicts: tuple[Verdict, ...]


def check_listing(
    subject: Subject,
    claims: Sequence[str],
    lookup: RegisterLookup,
    *,
    on: date,
    mode: Mode,
    sharing: Sharing | None = None,
    schemes: Schemes | None = None,
) -> ListingVerdict:
    """Checks each claim; the best supported decides. If none can be asked about, the name is looked up."""
    parsed = [parse_claim(text, subject.region, subject.country, schemes=schemes) for text in claims]
    verdicts = tuple(check_claim(claim, subject, lookup, on=on, mode=mode, sharing=sharing) for claim in parsed)
    asked = [verdict for verdict in verdicts if verdict.rule not in _UNASKED]
    if asked:
        return ListingVerdict(min(asked, key=lambda verdict: _rank(verdict, subject.region)), verdicts)
    by_name = check_name_only(subject, lookup)
    if by_name is not None:
        return ListingVerdict(by_name, verdicts)
    return ListingVerdict(verdicts[0] if verdicts else _make_no_claim(), verdicts)


def _rank(verdict: Verdict, region: str | None) -> tuple[bool, bool, int]:
    """Best supported first; a licence that ended where the listing is is not hidden by one in another state."""
    elsewhere = verdict.record is not None and region not in (None, verdict.record.jurisdiction)
    settled = verdict.record is not None
    return (verdict.outcome is not Outcome.DISCIPLINED, not settled or elsewhere, OUTCOME_ORDER.index(verdict.outcome))


def check_name_only(subject: Subject, lookup: RegisterLookup) -> Verdict | None:
    """`review` if somebody of a compatible name is in a register of the listing's region; None otherwise.

    Without a region every register is asked, and then the city must not differ.
    """
    if subject.name is None or subject.is_abroad:
        return None
    if subject.region is None:
        return _say_like_name("A", suggest_anywhere(subject, None, lookup))
    name, city, region = subject.name, subject.city, subject.region
    found = [*lookup.find_like_name(region, name, city), *lookup.find_same_name(region, name)]
    if not any(match.compatible for match in match_all(name, city, found)):
        return None
    return _say_like_name(f"The {REGIONS[region]}", suggest(subject, region, None, lookup))


def _say_like_name(whose: str, suggestions: Sequence[Suggestion]) -> Verdict | None:
    if not suggestions:
        return None
    return Verdict(
        claim=None,
        outcome=Outcome.REVIEW,
        rule="no-claim-like-name",
        explanation=(
            "The listing claims no licence.",
            f"{whose} register has a record under a like name.",
            "A person will look at it.",
        ),
        suggestions=tuple(suggestions),
    )


def _make_no_claim() -> Verdict:
    return Verdict(
        claim=None, outcome=Outcome.NO_CLAIM, rule="no-claim", explanation=("The listing claims no licence.",)
    )
