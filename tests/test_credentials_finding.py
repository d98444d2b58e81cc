"""Claims in running text are found with their words, and other numbers are left alone."""

from itertools import pairwise

import pytest

from directory.credentials import CredentialKind, find_claims

FOUND = [
    ("Ann Example, LMT # 53968 in town", "LMT # 53968", "LMT", "53968", None),
    ("Contact our Oregon LMT #24917 today.", "Oregon LMT #24917", "LMT", "24917", "OR"),
    ("TX LMT #012917", "TX LMT #012917", "LMT", "012917", "TX"),
    ("Licensed Massage Therapist #18917", "Licensed Massage Therapist #18917", "LMT", "18917", None),
    ("LMT Lic.# 10917", "LMT Lic.# 10917", "LMT", "10917", None),
    ("with Lisa Sample, LMBT NC#917. Over 30 years", "LMBT NC#917", "LMBT", "917", "NC"),
    ("NC LMBT license no. 19173", "NC LMBT license no. 19173", "LMBT", "19173", "NC"),
    ("I am CAMTC #37913 certified", "CAMTC #37913", "CMT", "CAMTC37913", "CA"),
    ("CCHPBC RMT-009173", "CCHPBC RMT-009173", "RMT", "RMT-009173", "BC"),
    ("Reg. AZ MT-50917 since 2009", "AZ MT-50917", None, "MT-50917", "AZ"),
    ("Licensed Massage Therapist, LMT #77918", "Licensed Massage Therapist, LMT #77918", "LMT", "77918", None),
    ("massage therapy license 12917 (Colorado)", "massage therapy license 12917 (Colorado)", "LMT", "12917", "CO"),
]


@pytest.mark.parametrize(("text", "words", "title", "number", "place"), FOUND)
def test_a_claim_is_found_with_its_words(
    text: str, words: str, title: str | None, number: str, place: str | None
) -> None:
    numbered = [found for found in find_claims(text) if found.claim.number]
    assert [(f.text, f.claim.title, f.claim.number, f.claim.jurisdiction) for f in numbered] == [
        (words, title, number, place)
    ]
    found = numbered[0]
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "text",
    [
        "Ann Example, LMT 5514 NE 107th Ave",
        "60 minutes $80 LMT 90 min",
        "Licensed massage therapist since 2009.",
        "Call 720-555-0100, LMT",
        "LMT, 24 hours of training",
        "received her license from the board in 2012",
    ],
)
def test_streets_lengths_prices_and_years_are_no_licence_numbers(text: str) -> None:
    assert [found.text for found in find_claims(text) if found.claim.key or found.claim.number] == []


def test_letters_count_only_in_capitals_in_running_text() -> None:
    assert find_claims("a calm room, clt and rmt in the text") == []
    assert [found.claim.title for found in find_claims("LMT, BCTMB, AMTA")] == ["LMT", "BCTMB", "AMTA"]


def test_an_establishment_number_inside_a_business_name_is_no_persons() -> None:
    found = find_claims("Happy Spa MM#47917")
    assert [f.claim.kind for f in found] == [CredentialKind.ESTABLISHMENT]


def test_claims_come_in_order_and_do_not_overlap() -> None:
    text = "Ann, LMT #53968, RMT; BCTMB and Oregon LMT #24917 | MM#47917"
    spans = [(found.start, found.end) for found in find_claims(text)]
    assert spans == sorted(spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_long_text_without_claims_is_read_in_linear_time() -> None:
    assert find_claims("relaxing massage for all, 60 minutes. " * 5000) == []
