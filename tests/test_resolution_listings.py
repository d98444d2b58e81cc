"""Observations into listings."""

from __future__ import annotations

from datetime import UTC, date, datetime

from directory.models import (
    EntityKind,
    ExtractedPage,
    Listing,
    NpiLicence,
    NpiRecord,
    Observation,
    ObservationKind,
    PageCredential,
    PageLocation,
    PagePractitioner,
    Payload,
    Tier,
)
from resolution.features import make_features
from resolution.listings import derive_listings, find_base
from resolution.resolve import resolve_listings

KINDS = {
    ExtractedPage: ObservationKind.PAGE,
    Listing: ObservationKind.LISTING,
    NpiRecord: ObservationKind.NPI,
}
ROOMS = PageLocation(street="12 Oak Street", city="Denver", region="CO", postal_code="80202", country="US")
BRANCH = PageLocation(street="5 Elm Street", city="Boulder", region="CO", postal_code="80301", country="US")


def observe(key: str, payload: Payload) -> Observation:
    return Observation(
        source="practice_sites",
        kind=KINDS[type(payload)],
        key=key,
        payload=payload,
        read_at=datetime(2026, 11, 20, tzinfo=UTC),
        read_on=date(2026, 11, 20),
        url=key if key.startswith("http") else None,
    )


HOME = ExtractedPage(
    url="https://serenity.example.com/",
    language="en",
    name="Serenity Massage",
    phones=("+13035550101",),
    emails=("info@serenity.example.com",),
    locations=(ROOMS,),
    techniques=("swedish",),
)
TEAM = ExtractedPage(
    url="https://serenity.example.com/team",
    practitioners=(
        PagePractitioner(
            name="Ann Example", credentials=(PageCredential(title="LMT", number="12345", text="LMT #12345"),)
        ),
        PagePractitioner(name="Bob Sample"),
    ),
    techniques=("shiatsu",),
)


def test_pages_of_one_site_become_one_practice_and_a_listing_a_practitioner() -> None:
    listings = list(derive_listings([observe(page.url or "", page) for page in (HOME, TEAM)]))
    practice, ann, bob = listings
    assert (practice.kind, practice.practice, practice.techniques) == (
        EntityKind.PRACTICE,
        "Serenity Massage",
        ("swedish", "shiatsu"),
    )
    assert (ann.kind, ann.name, ann.claims, ann.practice) == (
        EntityKind.PERSON,
        "Ann Example",
        ("LMT #12345",),
        "Serenity Massage",
    )
    assert (bob.name, bob.claims, bob.phone, bob.street) == ("Bob Sample", (), "+13035550101", "12 Oak Street")
    assert {listing.tier for listing in listings} == {Tier.OWN_SITE}
    assert len({cluster.members for cluster in resolve_listings(listings)}) == 3


def test_ids_are_stable_and_hold_no_name() -> None:
    one = [listing.listing_id for listing in derive_listings([observe(p.url or "", p) for p in (HOME, TEAM)])]
    other = [listing.listing_id for listing in derive_listings([observe(p.url or "", p) for p in (TEAM, HOME)])]
    assert one == other
    assert not any(word in listing_id for listing_id in one for word in ("ann", "serenity", "example"))


def test_a_french_and_an_english_page_are_one_practice() -> None:
    french = ExtractedPage(
        url="https://serenity.example.com/fr", language="fr", name="Massage Sérénité", phones=HOME.phones
    )
    listings = list(derive_listings([observe(p.url or "", p) for p in (HOME, french)]))
    assert len(listings) == 1
    assert listings[0].languages == ("en", "fr")


def test_several_places_are_one_entity_with_every_place_kept() -> None:
    page = ExtractedPage(
        url="https://two.example.com/",
        name="Two Rooms Massage",
        locations=(ROOMS, BRANCH),
        phones=("+13035550101",),
        practitioners=(PagePractitioner(name="Ann Example"),),
    )
    listings = list(derive_listings([observe(page.url or "", page)]))
    assert [(listing.kind, listing.city) for listing in listings] == [
        (EntityKind.PRACTICE, "Denver"),
        (EntityKind.PRACTICE, "Boulder"),
        (EntityKind.PERSON, "Denver"),
        (EntityKind.PERSON, "Boulder"),
    ]
    assert find_base(listings[1].listing_id) == listings[0].listing_id
    assert [len(cluster.members) for cluster in resolve_listings(listings)] == [2, 2]


def test_a_claim_made_for_a_page_is_the_only_practitioners() -> None:
    page = ExtractedPage(
        url="https://solo.example.com/",
        name="Solo Massage",
        locations=(ROOMS,),
        practitioners=(PagePractitioner(name="Ann Example"),),
        credentials=(PageCredential(title="LMT", number="12345", jurisdiction="CO"),),
    )
    practice, person = derive_listings([observe(page.url or "", page)])
    assert (practice.claims, person.claims) == ((), ("LMT 12345 (CO)",))


def test_a_held_page_holds_its_listings_with_the_reason() -> None:
    page = ExtractedPage(
        url="https://demo.example.com/",
        name="Demo Massage",
        locations=(ROOMS,),
        publish=False,
        hold_reasons=("says that it is fiction",),
        practitioners=(PagePractitioner(name="Ann Example"),),
    )
    for listing in derive_listings([observe(page.url or "", page)]):
        assert (listing.publish, listing.hold_reasons) == (False, ("says that it is fiction",))


def test_practices_that_share_a_host_are_told_apart() -> None:
    one = ExtractedPage(url="http://127.0.0.1:9/one.html", name="One Massage", phones=("+13035550101",))
    again = ExtractedPage(url="http://127.0.0.1:9/one_about.html", name="One Massage")
    two = ExtractedPage(url="http://127.0.0.1:9/two.html", name="Two Massage", phones=("+13035550102",))
    listings = list(derive_listings([observe(p.url or "", p) for p in (one, again, two)]))
    assert sorted(listing.practice or "" for listing in listings) == ["One Massage", "Two Massage"]


def test_a_listing_passes_through_with_its_heading_read() -> None:
    plain = Listing(listing_id="x1", source="guide", title="Serenity Massage – Ann Example, LMT", city="Denver")
    (listing,) = derive_listings([observe("x1", plain)])
    assert (listing.listing_id, listing.name, listing.practice) == ("x1", "Ann Example, LMT", "Serenity Massage")


def test_npi_records_of_massage_therapists_become_federal_listings() -> None:
    record = NpiRecord(
        npi="1234567893",
        kind=EntityKind.PERSON,
        given="ANN",
        family="EXAMPLE",
        region="WA",
        country="US",
        taxonomies=("225700000X",),
        licences=(NpiLicence(number="MA60123456", region="WA", taxonomy="225700000X"),),
    )
    (listing,) = derive_listings([observe("1234567893", record)])
    assert make_features(listing).licences, "the number tells who it is"
    assert (listing.name, listing.npi, listing.tier, listing.claims) == (
        "ANN EXAMPLE",
        "1234567893",
        Tier.FEDERAL,
        (),
    )
    dentist = NpiRecord(npi="1234567893", kind=EntityKind.PERSON, given="ANN", family="EXAMPLE", taxonomies=("1223",))
    assert list(derive_listings([observe("1234567893", dentist)])) == []
