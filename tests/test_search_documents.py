"""What is published of whom: places, standing, and nobody branded by a machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from directory.models import Answer, EntityKind, Listing, Outcome, Tier
from directory.places import load_gazetteer
from directory.settings import Settings
from records import entities, ledger, observations
from records.database import open_database
from records.ledger import ClaimFacts, LedgerRow
from resolution.run import run_resolve
from search.documents import Counts, make_documents, show_name, show_practice
from search.placing import OutOfTerritoryError, UnplacedError, place_listing
from search.standing import find_lasting, make_credentials
from tests.records_fixtures import START, StepClock, make_entry, observe

OWN = Listing(
    listing_id="l1",
    source="partner",
    kind=EntityKind.PERSON,
    name="Ana Examplar",
    street="1 Sample Street",
    city="Denver",
    region="CO",
    postal_code="80202",
    country="US",
    tier=Tier.OWN_SITE,
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("SAMPLE HOUSE OF MASSAGE LLC", "Sample House of Massage LLC"),
        ("EXAMPLE'S BODYWORK & SPA", "Example's Bodywork & Spa"),
        ("YMCA", "YMCA"),
        ("iBody Massage", "iBody Massage"),
        ("LMT Collective", "LMT Collective"),
        (None, None),
    ],
)
def test_a_practice_in_capitals_is_shown_in_small_letters(said: str | None, shown: str | None) -> None:
    assert show_practice(said) == shown


def test_a_person_in_capitals_is_shown_in_small_letters_without_letters_after_it() -> None:
    assert show_name("ANA O'SAMPLE-EXAMPLAR, LMT") == "Ana O'Sample-Examplar"


def test_a_page_without_a_point_lies_at_its_postal_code_then_at_its_city() -> None:
    place = place_listing(OWN, load_gazetteer())
    assert (place.point_source, place.street) == ("postal-code", "1 Sample Street")
    assert place_listing(replace(OWN, postal_code=None), load_gazetteer()).point_source == "city"


def test_a_point_of_the_page_is_kept_and_a_swapped_one_put_right() -> None:
    stated = replace(OWN, lat=39.7512, lon=-104.9987)
    swapped = replace(OWN, lat=-104.9987, lon=39.7512)
    for listing in (stated, swapped):
        place = place_listing(listing, load_gazetteer())
        assert (place.lat, place.lon, place.point_source) == (39.7512, -104.9987, "page")


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 0.0), (48.85, 2.35), (float("nan"), -105.0)])
def test_a_point_far_from_its_own_address_is_passed_over(lat: float, lon: float) -> None:
    place = place_listing(replace(OWN, lat=lat, lon=lon), load_gazetteer())
    assert place.point_source == "postal-code"


def test_a_point_alone_suffices_and_what_is_inferred_is_marked() -> None:
    bare = Listing(listing_id="l2", source="partner", name="Bo Sampleton", lat=53.53, lon=-114.0)
    place = place_listing(bare, load_gazetteer())
    assert (place.country, place.region, place.region_inferred) == ("CA", "AB", True)


def test_the_street_is_shown_only_from_the_practices_own_page() -> None:
    assert place_listing(replace(OWN, tier=Tier.THIRD_PARTY), load_gazetteer()).street is None


def test_elsewhere_and_nowhere_are_told_apart() -> None:
    with pytest.raises(OutOfTerritoryError):
        place_listing(replace(OWN, country="FR"), load_gazetteer())
    with pytest.raises(OutOfTerritoryError):
        place_listing(Listing(listing_id="l3", source="x", tier=Tier.OWN_SITE, lat=48.85, lon=2.35), load_gazetteer())
    with pytest.raises(UnplacedError):
        place_listing(Listing(listing_id="l4", source="x", name="Cy"), load_gazetteer())


def make_row(outcome: Outcome, decided_by: str = ledger.RULE) -> LedgerRow:
    facts = ClaimFacts(
        raw="LMT 1", title="LMT", kind="licence", jurisdiction="CO", number="1", expires_on=date(2027, 1, 1)
    )
    entry = make_entry("p-1", outcome=outcome, read_on=date(2026, 11, 20), facts=facts, decided_by=decided_by)
    return LedgerRow(seq=1, entry=entry, recorded_at=START, supersedes=None, erased_at=None, digest="")


@pytest.mark.parametrize("outcome", [Outcome.DISCIPLINED, Outcome.NAME_MISMATCH])
def test_a_machine_brands_nobody(outcome: Outcome) -> None:
    (hidden,) = make_credentials([make_row(outcome)], [])
    assert (hidden.outcome, hidden.rule, hidden.explanation) == ("review", "being-checked", "This is being checked.")
    assert hidden.expires_on is None
    (confirmed,) = make_credentials([make_row(outcome, decided_by="reviewer@example.org")], [])
    assert confirmed.outcome == outcome


def test_a_verified_licence_carries_the_day_on_which_it_lapses() -> None:
    (credential,) = make_credentials([make_row(Outcome.VERIFIED)], [])
    assert credential.verified_until == date(2027, 1, 1)
    assert make_credentials([make_row(Outcome.EXPIRED)], [])[0].verified_until is None


def test_documents_follow_the_records_and_what_is_held_is_counted(tmp_path: Path) -> None:
    clock = StepClock(START)
    settings = Settings(data_dir=tmp_path, session_secret="only-for-tests")
    database = open_database(settings, clock=clock)
    listings = [
        replace(OWN, claims=("LMT 4001",), conditions=("sciatica",)),
        replace(OWN, listing_id="l5", name="Di Madeup", city="Lyon", region=None, postal_code=None, country="FR"),
        replace(OWN, listing_id="l6", name="Ed Fictive", publish=False, hold_reasons=("student work",)),
    ]
    with database.begin() as session:
        for listing in listings:
            observations.store(session, observe(listing, listing.listing_id, source="partner"))
    run_resolve(database, clock=clock)
    with database.begin() as session:
        counts = Counts()
        (document,) = make_documents(session, settings=settings, clock=clock, counts=counts)
        assert (document.name, document.conditions, document.listing_ids) == ("Ana Examplar", ("sciatica",), ("l1",))
        assert [credential.outcome for credential in document.credentials] == ["review"]
        assert document.may_take_referral in set(Answer)
        assert counts.published == 1
        assert dict(counts.held) == {"outside the United States and Canada": 1, "held by its source": 1}
        entity_id = entities.find_by_listing(session, "l1")
        assert entity_id == document.id
        ledger.append(session, make_entry(document.id, outcome=Outcome.DISCIPLINED, read_on=date(2026, 11, 20)))
    with database.begin() as session:
        (again,) = make_documents(session, settings=settings, clock=clock, ids=(document.id,))
        assert again.version > document.version
        assert "disciplined" not in {credential.outcome for credential in again.credentials}
    database.close()


def test_a_certificate_makes_no_licence_current() -> None:
    certificate = make_row(Outcome.VERIFIED)
    facts = replace(certificate.entry.facts, kind="certificate", title="BCTMB", raw="BCTMB")
    certificate = replace(certificate, entry=replace(certificate.entry, facts=facts))
    assert find_lasting(make_credentials([certificate], []), ("CO",)) == (None, None)
    licence = make_credentials([make_row(Outcome.VERIFIED)], [])
    assert find_lasting(licence, ("CO",)) == (date(2027, 1, 1), date(2026, 11, 20))
