"""A second sign where city and middle name are silent: nobody else of this name is in sight."""

from dataclasses import replace

import pytest

from directory.credentials import parse_claim
from directory.models import Listing, Outcome
from directory.names import parse_name
from tests.verification_records import ON, check, make_listing, make_record, make_sharing
from verification.bearers import MOST, Bearers, estimate_bearers
from verification.lookup import MemoryRegister
from verification.model import Corroboration, Mode
from verification.rules import COMMON_PER_MILLION, check_claim
from verification.subject import make_subject

AWAY = make_listing(listing_id="a", city="Pueblo")
SECOND = make_listing(listing_id="b", city="Pueblo", source="beta", claims=("LMT",))


def test_two_sources_that_know_only_one_bearer_of_the_name_are_a_second_sign() -> None:
    verdict = check(AWAY, make_record(), others=(SECOND,))
    assert (verdict.outcome, verdict.rule) == (Outcome.VERIFIED, "number-name-alone")
    assert verdict.explanation[:2] == (
        "The Colorado register has this licence number under this name.",
        "No other record of the Colorado register and no other listing there goes by this name.",
    )


def test_one_source_is_not_enough() -> None:
    again = replace(SECOND, source=AWAY.source)
    assert check(AWAY, make_record()).rule == "strict-second-sign"
    assert check(AWAY, make_record(), others=(again,)).rule == "strict-second-sign"


@pytest.mark.parametrize("silent", ["register", "listing"])
def test_where_no_city_speaks_against_it_one_source_is_enough_and_of_a_common_name_two(silent: str) -> None:
    record = make_record(city=None if silent == "register" else "Denver")
    away = replace(AWAY, city="Pueblo" if silent == "register" else None)
    assert check(away, record).rule == "number-name-alone"
    common, known = replace(away, name="Ann Smith"), replace(record, full_name="Ann Smith")
    again = replace(common, listing_id="b", source="beta", claims=("LMT",))
    assert check(common, known).rule == "strict-second-sign"
    assert check(common, known, others=(again,)).rule == "number-name-alone"
    against = make_record(name="Ann Smith")
    if silent == "register":
        assert check(common, against, others=(again,)).rule == "strict-second-sign"


def test_a_name_is_common_as_a_whole_and_under_every_name_that_could_be_meant() -> None:
    assert estimate_bearers(make_subject(replace(AWAY, name="Zelda Smith")), ()) < COMMON_PER_MILLION
    assert estimate_bearers(make_subject(replace(AWAY, name="Bob Example")), ()) < COMMON_PER_MILLION
    for name in ("Ann Smith", "Bob Johnson", "Robert Johnson"):
        assert estimate_bearers(make_subject(replace(AWAY, name=name)), ()) >= COMMON_PER_MILLION
    seldom = make_subject(replace(AWAY, name="Zelda Smith"))
    assert estimate_bearers(seldom, [parse_name("Mary Smith")]) >= COMMON_PER_MILLION


def test_a_given_name_that_the_census_has_not_is_taken_for_a_frequent_one() -> None:
    unknown = [estimate_bearers(make_subject(replace(AWAY, name=f"Xqzw {name}")), ()) for name in ("Smith", "Adams")]
    assert unknown[0] >= COMMON_PER_MILLION > estimate_bearers(make_subject(replace(AWAY, name="Xqzw Example")), ())
    assert unknown[0] > unknown[1]


@pytest.mark.parametrize(("name", "rule"), [("Ann Smith", "strict-second-sign"), ("Zelda Smith", "number-name-alone")])
def test_of_a_common_name_one_source_more_is_asked_and_of_a_seldom_one_with_a_common_surname_not(
    name: str, rule: str
) -> None:
    first, second = replace(AWAY, name=name), replace(SECOND, name=name)
    assert check(first, make_record(name=name), others=(second,)).rule == rule


def test_a_slip_in_the_name_still_takes_two_sources() -> None:
    slip = replace(AWAY, name="Ann Exmaple", city=None)
    assert check(slip, make_record(), mode=Mode.STRICT).outcome is Outcome.REVIEW


@pytest.mark.parametrize(("city", "rule"), [("boulder", "strict-second-sign"), ("", "number-name-alone")])
def test_a_city_that_nppes_knows_speaks_against_another_where_the_register_has_none(city: str, rule: str) -> None:
    key = parse_claim(AWAY.claims[0], "CO").key
    assert key is not None
    known = Corroboration(npi="1234567893", name=parse_name("Ann Example"), city=city, phone=None, postal_code=None)
    lookup = MemoryRegister([make_record(city=None)], {key: [known]})
    verdict = check_claim(AWAY.claims[0], make_subject(AWAY), lookup, on=ON, sharing=make_sharing(lookup, AWAY))
    assert verdict.rule == rule


@pytest.mark.parametrize(
    "name", ["Ann Example", "Annie Example", "Ann C Example", "Ann Example-Sample", "Ann Example Sr"]
)
def test_another_listing_of_the_name_that_nothing_ties_leaves_it_open(name: str) -> None:
    other = make_listing(name, "LMT", listing_id="c", city="Boulder", phone="+13035550177", source="gamma")
    assert check(AWAY, make_record(), others=(SECOND, other)).rule == "strict-second-sign"


def test_a_namesake_in_another_state_is_not_one_here() -> None:
    other = make_listing("Ann Example", "LMT", listing_id="c", city="Austin", region="TX", phone="+15125550177")
    assert check(AWAY, make_record(), others=(SECOND, other)).outcome is Outcome.VERIFIED


@pytest.mark.parametrize(("mine", "theirs"), [("Ann B Example", "Ann C Example"), ("Ann Example Jr", "Ann Example Sr")])
def test_one_telephone_does_not_make_one_person_of_two(mine: str, theirs: str) -> None:
    bearers = Bearers()
    one, two = (make_subject(replace(SECOND, listing_id=name, name=name, source=name)) for name in (mine, theirs))
    bearers.add(one)
    assert bearers.count_sources(one, ()) == 1
    bearers.add(two)
    assert bearers.count_sources(one, ()) == 0


def test_the_registers_middle_name_must_not_differ_from_a_tied_listings() -> None:
    tied = replace(SECOND, name="Ann C Example")
    assert check(AWAY, make_record(name="Ann B Example"), others=(tied,)).rule == "strict-second-sign"
    assert check(AWAY, make_record(name="Ann C Example"), others=(tied,)).outcome is Outcome.VERIFIED


def test_a_namesake_in_the_register_leaves_it_open() -> None:
    namesake = make_record("MT.0055555", city="Boulder")
    assert check(AWAY, make_record(), namesake, others=(SECOND,)).rule == "namesake"


def test_who_uses_the_number_under_certainly_another_name_casts_no_doubt_and_who_may_fit_does() -> None:
    stranger = make_listing("Zoe Other", listing_id="c", phone="+13035550177")
    assert check(AWAY, make_record(), others=(SECOND, stranger)).outcome is Outcome.VERIFIED
    weak = make_listing("Betty Example", listing_id="c", phone="+13035550177")
    assert check(AWAY, make_record(), others=(SECOND, weak)).rule == "shared-number"


def test_a_listing_without_a_telephone_is_tied_by_its_city_and_one_with_another_is_not() -> None:
    bare = make_listing("Ann Example", "LMT", listing_id="c", city="Pueblo", phone=None, source="gamma")
    assert check(AWAY, make_record(), others=(bare,)).outcome is Outcome.VERIFIED
    assert check(AWAY, make_record(), others=(replace(bare, phone="+13035550177"),)).rule == "strict-second-sign"
    assert check(AWAY, make_record(), others=(replace(bare, city="Boulder"),)).rule == "strict-second-sign"


def test_a_listing_without_a_telephone_belongs_to_neither_of_two_that_have_one() -> None:
    bare = replace(AWAY, listing_id="c", phone=None, source="gamma")
    other = replace(SECOND, phone="+13035550177")
    assert check(bare, make_record(), others=(AWAY, other), mode=Mode.STRICT).outcome is Outcome.REVIEW
    assert check(bare, make_record(), others=(AWAY, SECOND)).outcome is Outcome.VERIFIED


def test_somebody_known_by_a_former_name_is_looked_for_under_both() -> None:
    record = make_record(name="Ann Tester", former_names=("Ann Example",))
    assert check(AWAY, record, others=(SECOND,)).outcome is Outcome.VERIFIED
    tester = make_listing("Ann Tester", "LMT", listing_id="c", city="Boulder", phone="+13035550177")
    assert check(AWAY, record, others=(SECOND, tester)).outcome is Outcome.REVIEW


@pytest.mark.parametrize("mode", list(Mode))
def test_a_good_name_passes_where_nobody_else_is_in_sight(mode: Mode) -> None:
    record = make_record(name="Ann Example-Sample")
    assert check(AWAY, record, mode=mode, others=(SECOND,)).outcome is Outcome.VERIFIED
    assert check(AWAY, record, mode=mode).rule == "good-name-other-city"


def test_a_generation_that_only_the_register_gives_is_left_out_by_who_stands_alone() -> None:
    here, second = replace(AWAY, city="Denver"), replace(SECOND, city="Denver")
    junior = make_record(name="Ann Example Jr")
    assert check(here, junior, others=(second,)).outcome is Outcome.VERIFIED
    assert check(here, junior).rule == "shared-number"
    named = [replace(item, name="Ann Example Jr") for item in (here, second)]
    assert check(named[0], make_record(), others=(named[1],)).rule == "shared-number"


def test_another_telephone_in_nppes_leaves_it_open() -> None:
    subjects = [make_subject(item) for item in (AWAY, SECOND)]
    key = parse_claim(AWAY.claims[0], "CO").key
    assert key is not None
    outcomes = []
    for phone in (None, "+13035550199"):
        known = Corroboration(npi="", name=parse_name("Ann Example"), city="", phone=phone, postal_code=None)
        lookup = MemoryRegister([make_record()], {key: [known]})
        sharing = make_sharing(lookup, AWAY, SECOND)
        outcomes.append(check_claim(AWAY.claims[0], subjects[0], lookup, on=ON, sharing=sharing).outcome)
    assert outcomes == [Outcome.VERIFIED, Outcome.REVIEW]


def test_a_listing_elsewhere_than_the_licence_is_never_alone() -> None:
    abroad = [replace(item, region="TX", claims=("CO LMT 12917",)) for item in (AWAY, SECOND)]
    assert check(abroad[0], make_record(), others=(abroad[1],)).rule == "strict-second-sign"


def test_an_entitys_listings_are_tied_and_a_crowd_of_bearers_says_nothing() -> None:
    bearers = Bearers()
    listings = [_make_lone(at) for at in range(MOST)]
    for listing in listings:
        bearers.add(make_subject(listing), person="e-1")
    subject = make_subject(listings[0])
    assert bearers.count_sources(subject, [parse_name("Ann Example")]) == MOST
    bearers.add(make_subject(_make_lone(MOST)), person="e-1")
    assert bearers.count_sources(subject, ()) == 0


def test_what_names_nobody_is_passed_over() -> None:
    bearers = Bearers()
    for values in ({"name": None}, {"name": "Ann"}, {"region": None}):
        subject = make_subject(replace(AWAY, **values))
        bearers.add(subject)
        assert bearers.count_sources(subject, ()) == 0


def _make_lone(at: int) -> Listing:
    return make_listing(listing_id=f"l{at}", phone=None, source=f"s{at}")
