"""From the verdicts on a listing's claims to the one outcome of the listing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from directory.credentials import Schemes, parse_claim
from directory.models import Outcome
from directory.regions import REGIONS
from verification.agreement import match_all
from verification.lookup import RegisterLookup
from verification.model import Mode, Verdict
from verification.rules import check_claim
from verification.sharing import Sharing
from verification.subject import Subject
from verification.suggest import suggest

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
        return ListingVerdict(min(asked, key=lambda v: OUTCOME_ORDER.index(v.outcome)), verdicts)
    by_name = check_name_only(subject, lookup)
    if by_name is not None:
        return ListingVerdict(by_name, verdicts)
    return ListingVerdict(verdicts[0] if verdicts else _make_no_claim(), verdicts)


def check_name_only(subject: Subject, lookup: RegisterLookup) -> Verdict | None:
    """`review` if somebody of a compatible name is in a register of the listing's region; None otherwise."""
    if subject.name is None:
        return None
    for region in _regions_of(subject):
        found = [
            *lookup.find_like_name(region, subject.name, subject.city),
            *lookup.find_same_name(region, subject.name),
        ]
        if any(match.compatible for match in match_all(subject.name, subject.city, found)):
            return Verdict(
                claim=None,
                outcome=Outcome.REVIEW,
                rule="no-claim-like-name",
                explanation=(
                    "The listing claims no licence.",
                    f"The {REGIONS[region]} register has a record under a like name.",
                    "A person will look at it.",
                ),
                suggestions=tuple(suggest(subject, region, None, lookup)),
            )
    return None


def _regions_of(subject: Subject) -> Iterable[str]:
    return (subject.region,) if subject.region else ()


def _make_no_claim() -> Verdict:
    return Verdict(
        claim=None, outcome=Outcome.NO_CLAIM, rule="no-claim", explanation=("The listing claims no licence.",)
    )
