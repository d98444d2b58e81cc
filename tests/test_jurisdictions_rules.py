"""What letters mean depends on place and day; an unconfirmed rule never says no."""

from datetime import date

import pytest

from directory.jurisdictions import Meaning, RegisterKind, load_jurisdictions
from directory.models import Answer
from directory.regions import CA_REGIONS, US_REGIONS, find_region

TODAY = date(2026, 11, 20)

REFERRALS = [
    ("LMT", "US", "DE", TODAY, Answer.YES, "de-lmt"),
    ("CMT", "US", "DE", TODAY, Answer.NO, "de-technician"),
    ("technician", "US", "DE", TODAY, Answer.NO, "de-technician"),
    ("LMT", "US", "MD", TODAY, Answer.YES, "md-lmt"),
    ("RMP", "US", "MD", TODAY, Answer.NO, "md-rmp"),
    ("assistant", "US", "UT", TODAY, Answer.NO, "ut-assistant"),
    ("LMT", "US", "VT", TODAY, Answer.UNKNOWN, "vt-registration"),
    ("CMT", "US", "CA", TODAY, Answer.UNKNOWN, "ca-cmt"),
    ("LMT", "US", "KS", TODAY, Answer.UNKNOWN, "ks-none"),
    ("RMT", "CA", "AB", TODAY, Answer.UNKNOWN, "ab-rmt"),
    ("RMT", "CA", "ON", TODAY, Answer.YES, "on-rmt"),
    ("RMT", "CA", "BC", TODAY, Answer.YES, "bc-rmt"),
    ("RMT", "US", "CO", date(2014, 6, 30), Answer.YES, "co-rmt"),
    ("RMT", "US", "CO", date(2014, 7, 1), Answer.UNKNOWN, "co-rmt-dead"),
    ("LMP", "US", "WA", date(2017, 6, 30), Answer.YES, "wa-lmp"),
    ("LMP", "US", "WA", date(2017, 7, 1), Answer.UNKNOWN, "wa-lmp-former"),
    ("LMT", "US", "OR", TODAY, Answer.YES, "or-licence"),
    ("BCTMB", "US", "OR", TODAY, Answer.UNKNOWN, "or-other"),
    ("LMT", "US", None, TODAY, Answer.UNKNOWN, "place-unknown"),
    ("LMT", "MX", "Qro.", TODAY, Answer.UNKNOWN, "place-unknown"),
]


@pytest.mark.parametrize(("asked", "answer", "rule"), [(row[:4], *row[4:]) for row in REFERRALS])
def test_referral_is_answered_with_its_rule(
    asked: tuple[str, str, str | None, date], answer: Answer, rule: str
) -> None:
    found = load_jurisdictions().referral(*asked)
    assert (found.answer, found.rule_id) == (answer, rule)
    assert found.citation
    assert found.sentence


def test_only_a_confirmed_rule_says_no() -> None:
    rules = load_jurisdictions().rules
    assert {rule.mark for rule in rules if rule.referral is Answer.NO} == {"C"}
    assert all(rule.mark in ("C", "S") for rule in rules), "what is not confirmed is no rule"


def test_every_rule_has_source_sentence_and_an_id_of_its_own() -> None:
    rules = load_jurisdictions().rules
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.source and rule.sentence.endswith(".") for rule in rules)
    assert all(rule.since < rule.until for rule in rules)


def test_every_state_province_and_territory_has_a_register_entry_and_no_other() -> None:
    assert set(load_jurisdictions().regions) == {*US_REGIONS, *CA_REGIONS}
    assert len(US_REGIONS) == 51
    assert len(CA_REGIONS) == 13


def test_no_two_rules_speak_of_one_title_on_one_day() -> None:
    rules = load_jurisdictions().rules
    for rule in rules:
        for other in rules:
            if rule is not other and rule.region == other.region and set(rule.titles) & set(other.titles):
                assert rule.until <= other.since or other.until <= rule.since, (rule.id, other.id)


def test_the_same_letters_mean_three_things_in_three_places() -> None:
    jurisdictions = load_jurisdictions()
    meanings = [jurisdictions.meaning("RMT", None, place, TODAY).kind for place in ("ON", "AB", "CO")]
    assert meanings == [Meaning.REGISTRATION, Meaning.ASSOCIATION_TITLE, Meaning.FORMER_TITLE]


@pytest.mark.parametrize("region", ["KS", "MN", "WY", "AB", "QC", "NU"])
def test_where_nobody_keeps_a_register_the_answer_says_so(region: str) -> None:
    jurisdictions = load_jurisdictions()
    assert jurisdictions.register(None, region).kind is RegisterKind.NONE
    assert "no massage register: nobody can check" in jurisdictions.meaning("LMT", None, region, TODAY).note


@pytest.mark.parametrize("region", sorted({*US_REGIONS, *CA_REGIONS}))
def test_a_register_names_its_regulator_and_reads_plainly(region: str) -> None:
    jurisdictions = load_jurisdictions()
    register = jurisdictions.register(None, region)
    assert register.exists == bool(register.regulator)
    for title in ("LMT", "RMT"):
        note = jurisdictions.meaning(title, None, region, TODAY).note
        assert note.endswith(".")
        assert "!" not in note
        assert "{" not in note


def test_regions_are_known_by_code_and_by_name() -> None:
    written = ("wa", "US-WA", "Washington", "washington state", "D.C.", "Québec", "Newfoundland")
    assert [find_region(text) for text in written] == ["WA", "WA", "WA", "WA", "DC", "QC", "NL"]
    assert find_region("Bavaria") is None
    assert find_region(None) is None


def test_a_region_of_another_country_is_no_jurisdiction() -> None:
    assert load_jurisdictions().get("CA", "WA") is None
    assert load_jurisdictions().get("US", "WA") is not None
