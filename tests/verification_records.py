"""Register records and listings for the tests of verification, in few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from directory.credentials import parse_claim
from directory.models import Listing, RegisterRecord
from verification.combine import ListingVerdict, check_listing
from verification.lookup import MemoryRegister
from verification.model import Mode, Verdict
from verification.rules import check_claim
from verification.sharing import Sharing
from verification.subject import make_subject

ON = date(2026, 11, 20)


@dataclass(frozen=True)
class Held:
    """A credential as published."""

    outcome: str = "verified"
    kind: str = "licence"
    jurisdiction: str | None = "CO"
    verified_on: date | None = ON
    expires_on: date | None = date(2027, 8, 31)
    rule: str | None = "number-name-city"


def make_record(number: str = "MT.0012917", name: str = "Ann Example", **values: Any) -> RegisterRecord:
    """An active Colorado therapist in Denver unless said otherwise."""
    fields: dict[str, Any] = {
        "register_id": f"r-{number}",
        "source": "co_dora",
        "jurisdiction": "CO",
        "licence_type": "Massage Therapist",
        "number": number,
        "full_name": name,
        "city": "Denver",
        "status": "Active",
        "issued_on": date(2015, 3, 1),
        "expires_on": date(2027, 8, 31),
        "read_on": ON,
    }
    return RegisterRecord(**{**fields, **values})


def make_listing(name: str | None = "Ann Example", *claims: str, **values: Any) -> Listing:
    """A listing in Denver that claims LMT 12917 unless said otherwise."""
    fields: dict[str, Any] = {
        "listing_id": "l-1",
        "source": "alpha",
        "name": name,
        "city": "Denver",
        "region": "CO",
        "country": "US",
        "phone": "+13035550100",
        "claims": claims or ("LMT #12917",),
    }
    return Listing(**{**fields, **values})


def check(
    listing: Listing, *records: RegisterRecord, mode: Mode = Mode.STRICT, others: tuple[Listing, ...] = ()
) -> Verdict:
    """The verdict on the listing's first claim, beside other listings."""
    lookup = MemoryRegister(records)
    subject = make_subject(listing)
    return check_claim(
        listing.claims[0], subject, lookup, on=ON, mode=mode, sharing=make_sharing(lookup, listing, *others)
    )


def check_all(listing: Listing, *records: RegisterRecord, mode: Mode = Mode.STRICT) -> ListingVerdict:
    """The verdict on all claims of a listing."""
    lookup = MemoryRegister(records)
    return check_listing(make_subject(listing), listing.claims, lookup, on=ON, mode=mode)


def make_sharing(lookup: MemoryRegister, *listings: Listing) -> Sharing:
    """Who uses which number among these listings."""
    sharing = Sharing(lookup)
    for listing in listings:
        subject = make_subject(listing)
        sharing.bearers.add(subject)
        for text in listing.claims:
            sharing.add(parse_claim(text, subject.region, subject.country), subject)
    return sharing
