"""The decision table, row by row, in both modes."""

from dataclasses import replace
from datetime import date

import pytest

from directory.models import Outcome
from directory.regions import REGIONS, region_of_postal
from tests.verification_records import ON, check, check_all, make_listing, make_record
from verification.model import Mode

BOTH = pytest.mark.parametrize("mode", list(Mode))


@BOTH
@pytest.mark.parametrize("name", ["Ann Example", "EXAMPLE, ANN", "Annie Example", "Ann Example, LMT", "Example, Ann"])
def test_number_name_and_city_give_the_records_status(mode: Mode, name: str) -> None:
    verdict = check(make_listing(name), make_record(), mode=mode)
    assert (verdict.outcome, verdict.register_id, verdict.rule) == (
        Outcome.VERIFIED,
        "r-MT.0012917",
        "number-name-city",
    )
    assert verdict.grade == "strong"


def test_strict_asks_for_a_second_sign_and_default_does_not() -> None:
    listing = make_listing(city="Pueblo")
    assert check(listing, make_record(), mode=Mode.STRICT).rule == "strict-second-sign"
    assert check(listing, make_record(), mode=Mode.DEFAULT).outcome is Outcome.VERIFIED


@BOTH
def test_a_middle_name_is_a_second_sign(mode: Mode) -> None:
    verdict = check(make_listing("Ann B. Example", city="Pueblo"), make_record(name="Ann Barbara Example"), mode=mode)
    assert (verdict.outcome, verdict.rule) == (Outcome.VERIFIED, "number-name-middle")


@BOTH
def test_a_good_name_needs_the_city(mode: Mode) -> None:
    record = make_record(name="Ann Example-Sample")
    here = check(make_listing(), record, mode=mode)
    assert here.outcome is Outcome.VERIFIED
    assert here.explanation[0].endswith("under almost this name and city.")
    away = check(make_listing(city="Pueblo"), record, mode=mode)
    assert (away.outcome, away.rule) == (Outcome.REVIEW, "good-name-other-city")


@BOTH
@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("A Example", "weak-name"),
        ("Example", "weak-name"),
        ("Betty Example", "weak-name"),
        ("Ann Tester", "surname-changed-name"),
    ],
)
def test_a_name_that_agrees_in_part_goes_to_a_person_with_the_record(mode: Mode, name: str, rule: str) -> None:
    verdict = check(make_listing(name), make_record(), mode=mode)
    assert (verdict.outcome, verdict.rule, verdict.register_id) == (Outcome.REVIEW, rule, None)
    assert [s.register_id for s in verdict.suggestions] == ["r-MT.0012917"]


@BOTH
def test_a_former_name_on_the_register_counts(mode: Mode) -> None:
    record = make_record(name="Ann Tester", former_names=("Ann Example",))
    assert check(make_listing(), record, mode=mode).outcome is Outcome.VERIFIED
    surname_only = make_record(name="Ann Tester", former_names=("Example",))
    assert check(make_listing(), surname_only, mode=mode).outcome is Outcome.VERIFIED


@BOTH
def test_somebody_elses_number_is_a_mismatch_that_names_nobody(mode: Mode) -> None:
    verdict = check(make_listing("Zoe Other"), make_record(name="Bert Tester"), mode=mode)
    assert (verdict.outcome, verdict.rule, verdict.register_id) == (Outcome.NAME_MISMATCH, "name-mismatch", None)
    assert "Bert" not in " ".join(verdict.explanation)


@BOTH
def test_a_slip_of_a_key_onto_a_strangers_number_goes_to_a_person(mode: Mode) -> None:
    stranger, own = make_record(name="Bert Tester"), make_record("MT.0012971")
    verdict = check(make_listing(), stranger, own, mode=mode)
    assert (verdict.outcome, verdict.rule) == (Outcome.REVIEW, "mistyped-number")
    assert verdict.suggestions[0].register_id == own.register_id


@BOTH
def test_a_slip_of_a_key_onto_no_number_goes_to_a_person(mode: Mode) -> None:
    verdict = check(make_listing(), make_record("MT.0012971"), mode=mode)
    assert (verdict.outcome, verdict.rule) == (Outcome.REVIEW, "mistyped-number")


@BOTH
def test_a_neighbouring_number_never_gives_a_status(mode: Mode) -> None:
    for number in ("MT.0012918", "MT.0019217", "MT.0129170", "MT.0001297"):
        assert check(make_listing(), make_record(number), mode=mode).register_id is None


@BOTH
def test_a_number_the_register_lacks_is_not_found_in_public_words(mode: Mode) -> None:
    verdict = check(make_listing("Zoe Other"), make_record("MT.0099999", "Bert Tester"), mode=mode)
    assert verdict.outcome is Outcome.NOT_FOUND
    assert verdict.explanation == ("Not found in the Colorado register as of 2026-11-20.",)


@BOTH
def test_two_records_under_one_number_go_to_a_person(mode: Mode) -> None:
    twins = (make_record(), make_record(name="Ann Example", register_id="r-2"))
    assert check(make_listing(), *twins, mode=mode).rule == "several-records"


@BOTH
def test_rows_of_one_licence_that_differ_go_to_a_person(mode: Mode) -> None:
    rows = (make_record(), make_record(expires_on=date(2020, 1, 1)))
    assert check(make_listing(), *rows, mode=mode).rule == "register-row-unclear"
    assert check(make_listing(), make_record(), make_record(), mode=mode).outcome is Outcome.VERIFIED


def test_a_namesake_elsewhere_needs_city_middle_or_generation() -> None:
    record, namesake = make_record(), make_record("MT.0055555", city="Pueblo")
    away = make_listing(city="Boulder")
    assert check(away, record, namesake, mode=Mode.DEFAULT).rule == "namesake"
    assert check(make_listing(), record, namesake, mode=Mode.DEFAULT).outcome is Outcome.VERIFIED
    with_middle = make_record(name="Ann B Example")
    listed = make_listing("Ann B Example", city="Boulder")
    assert check(listed, with_middle, namesake, mode=Mode.DEFAULT).outcome is Outcome.VERIFIED
    junior = make_record(name="Ann Example Jr")
    listed = make_listing("Ann Example Jr", city="Boulder")
    assert check(listed, junior, namesake, mode=Mode.DEFAULT).outcome is Outcome.VERIFIED


@BOTH
def test_an_old_number_beside_a_current_one_goes_to_a_person(mode: Mode) -> None:
    old = make_record(expires_on=date(2020, 1, 1), status="Expired")
    verdict = check(make_listing(), old, make_record("MT.0055555"), mode=mode)
    assert (verdict.outcome, verdict.rule) == (Outcome.REVIEW, "old-number")


@BOTH
def test_a_stale_snapshot_verifies_nothing(mode: Mode) -> None:
    fresh, old, unknown = (make_record(read_on=day) for day in (date(2026, 7, 23), date(2026, 7, 22), None))
    outcomes = [check(make_listing(), record, mode=mode).outcome for record in (fresh, old, unknown)]
    assert outcomes == [Outcome.VERIFIED, Outcome.STALE, Outcome.STALE]


def test_a_shared_number_verifies_only_whom_the_register_places_there() -> None:
    here = make_listing(listing_id="here")
    away = make_listing(listing_id="away", city="Pueblo", phone="+13035550199")
    assert check(away, make_record(), mode=Mode.DEFAULT, others=(here,)).rule == "shared-number"
    assert check(here, make_record(), mode=Mode.DEFAULT, others=(away,)).outcome is Outcome.VERIFIED


def test_a_contact_in_common_ties_the_listings_of_one_number() -> None:
    here = make_listing(listing_id="here", email="ann@example.com")
    away = make_listing(listing_id="away", city="Pueblo", phone="+13035550199", email="ANN@example.com")
    assert check(away, make_record(), others=(here,)).rule == "number-name-linked"


def test_a_toll_free_number_ties_nobody() -> None:
    here = make_listing(listing_id="here", phone="+18005550100")
    away = make_listing(listing_id="away", city="Pueblo", phone="+18005550100")
    assert check(away, make_record(), others=(here,)).outcome is Outcome.REVIEW


@BOTH
@pytest.mark.parametrize("claim", ["LMT", "NPI 1234567893", "LMT 360-555-0100", "LMT 12917 / 12918", "AEE-22-04917"])
def test_without_a_usable_number_nothing_is_ever_verified(mode: Mode, claim: str) -> None:
    alike = check(make_listing("Ann Example", claim), make_record(), mode=mode)
    assert (alike.outcome, alike.rule) == (Outcome.REVIEW, "no-number")
    assert alike.suggestions[0].register_id == "r-MT.0012917"
    unlike = check(make_listing("Zoe Other", claim), make_record(), mode=mode)
    assert unlike.outcome is Outcome.NOT_FOUND


@BOTH
def test_a_listing_that_names_nobody_is_not_verified_by_a_persons_number(mode: Mode) -> None:
    verdict = check(make_listing(None, practice="Quiet Room Massage"), make_record(), mode=mode)
    assert (verdict.outcome, verdict.rule) == (Outcome.REVIEW, "nobody-named")


@BOTH
def test_where_no_register_exists_it_says_so(mode: Mode) -> None:
    for region in ("KS", "AB"):
        verdict = check(make_listing(region=region), make_record(), mode=mode)
        assert (verdict.outcome, verdict.rule) == (Outcome.NO_REGISTER, "no-register")
        assert f"{REGIONS[region]} has no massage register" in verdict.explanation[0]


def test_a_register_nobody_has_read_is_not_called_missing() -> None:
    assert check(make_listing(region="OR"), make_record()).rule == "register-unread"


def test_a_claim_without_a_place_goes_to_a_person() -> None:
    assert check(make_listing(region=None), make_record()).rule == "place-unknown"


@pytest.mark.parametrize("claim", ["BCTMB #123456", "AMTA member", "MBLEx", "CMMP", "Diploma in massage"])
def test_what_only_an_issuer_could_confirm_is_never_looked_up_in_a_boards_register(claim: str) -> None:
    verdict = check(make_listing("Ann Example", claim), make_record())
    assert (verdict.outcome, verdict.rule) == (Outcome.NO_REGISTER, "not-checkable")


def test_an_establishment_licence_verifies_a_practice_and_never_a_person() -> None:
    record = make_record(
        "MM47917", "Quiet Room Massage LLC", jurisdiction="FL", city="Ocala", licence_type="Massage Establishment"
    )
    practice = make_listing(None, "MM#47917", practice="Quiet Room Massage", city="Ocala", region="FL")
    verdict = check(practice, record)
    assert (verdict.outcome, verdict.rule) == (Outcome.VERIFIED, "establishment")
    assert "nothing about the people" in " ".join(verdict.explanation)
    person = make_listing("Ann Example", "MM#47917", city="Ocala", region="FL")
    assert check(person, record).register_id is None
    as_therapist = make_listing("Ann Example", "MA47917", city="Ocala", region="FL")
    assert check(as_therapist, record).register_id is None


def test_another_professions_licence_with_the_same_number_is_not_found() -> None:
    verdict = check(make_listing(), make_record(licence_type="Esthetician"), make_record("MT.0055555", "Bert Tester"))
    assert verdict.outcome is Outcome.NOT_FOUND


def test_the_best_supported_claim_decides_and_all_are_listed() -> None:
    listing = make_listing("Ann Example", "AMTA member", "LMT 99999", "LMT 12917")
    found = check_all(listing, make_record())
    assert found.deciding.outcome is Outcome.VERIFIED
    assert len(found.verdicts) == 3


def test_a_board_action_is_never_hidden_by_another_licence() -> None:
    texas = make_record("MT091753", jurisdiction="TX", city="Denver", status="Revoked")
    found = check_all(make_listing("Ann Example", "LMT 12917", "TX LMT 091753"), make_record(), texas)
    assert found.deciding.outcome is Outcome.DISCIPLINED


def test_a_licence_elsewhere_never_hides_that_the_one_here_has_ended() -> None:
    ended = make_record(expires_on=date(2020, 1, 1))
    texas = make_record("MT091753", jurisdiction="TX", city="Denver")
    claims = ("TX LMT 091753", "LMT 12917")
    assert check_all(make_listing("Ann Example", *claims), ended, texas).deciding.outcome is Outcome.EXPIRED
    found = check_all(make_listing("Ann Example", *claims), make_record(), texas).deciding
    assert found.register_id == "r-MT.0012917"
    unknown = make_record(name="Betty Example")
    assert check_all(make_listing("Ann Example", *claims), unknown, texas).deciding.outcome is Outcome.VERIFIED


def test_a_claimless_listing_is_looked_up_by_name_only_for_a_person_to_see() -> None:
    nothing = replace(make_listing(), claims=())
    assert check_all(nothing, make_record()).deciding.outcome is Outcome.REVIEW
    assert check_all(nothing, make_record(name="Zoe Other")).deciding.outcome is Outcome.NO_CLAIM


def test_every_review_says_that_a_person_will_look() -> None:
    verdict = check(make_listing("Betty Example"), make_record())
    assert verdict.explanation[-1] == "A person will look at it."
    assert ON.isoformat() not in " ".join(verdict.explanation)


def test_in_strict_mode_the_city_is_not_enough_where_other_listings_fit_as_well() -> None:
    mine, theirs = make_listing(listing_id="a"), make_listing(listing_id="b", phone="+13035550199")
    assert check(mine, make_record(), others=(theirs,)).rule == "shared-number"
    assert check(mine, make_record(), mode=Mode.DEFAULT, others=(theirs,)).outcome is Outcome.VERIFIED
    tied = replace(theirs, listing_id="c", email="a@example.com"), replace(mine, listing_id="d", email="a@example.com")
    assert check(mine, make_record(), others=(theirs, *tied)).outcome is Outcome.VERIFIED


def test_in_strict_mode_a_father_does_not_pass_for_his_son() -> None:
    junior = make_listing("Ann Example Jr")
    assert check(junior, make_record()).rule == "shared-number"
    assert check(junior, make_record(name="Ann Example Jr")).outcome is Outcome.VERIFIED


def test_region_of_a_postal_code() -> None:
    codes = {"98101": "WA", "80202-1234": "CO", "T7Z 1A1": "AB", "K2J": "ON", "00901": None, "X0A 0A0": None, "": None}
    assert {code: region_of_postal(code) for code in codes} == codes


def test_a_slip_in_the_name_passes_where_the_register_gives_no_city_and_not_in_strict() -> None:
    listing, record = make_listing("Ameila Example"), make_record(name="Amelia Example", city=None)
    assert check(listing, record, mode=Mode.DEFAULT).outcome is Outcome.VERIFIED
    assert check(listing, record, mode=Mode.STRICT).rule == "good-name-other-city"
    elsewhere = make_record(name="Amelia Example", city="Pueblo")
    assert check(listing, elsewhere, mode=Mode.DEFAULT).rule == "good-name-other-city"


def test_a_namesake_known_to_live_elsewhere_does_not_compete_with_a_record_without_a_city() -> None:
    own = make_record(city=None)
    away = make_record(number="MT.0088001", city="Pueblo")
    here = make_record(number="MT.0088001", city="Denver")
    assert check(make_listing(), own, away, mode=Mode.DEFAULT).outcome is Outcome.VERIFIED
    assert check(make_listing(), own, here, mode=Mode.DEFAULT).rule == "namesake"
