"""What is marked as confirmed is what was read in a source, and nothing else; the tables here are the whole of it."""

from datetime import date

import pytest

from directory.credentials import Family, load_schemes
from directory.jurisdictions import load_jurisdictions
from directory.models import Answer

TODAY = date(2026, 11, 20)

# Rules read in a statute, a standard or the owner's own page. Every other rule is a secondary source's.
CONFIRMED_RULES = {
    "ca-cmt", "ca-cmp", "ca-licence", "vt-registration", "wa-lmp", "wa-lmp-former", "wa-lmt", "wa-lmt-early", "co-rmt",
    "co-rmt-dead", "co-lmt", "in-cmt", "in-lmt", "va-cmt", "va-lmt", "nc-lmbt", "md-lmt", "md-rmp", "de-lmt",
    "de-technician", "ut-lmt", "ut-assistant", "ut-apprentice", "ks-none", "ab-rmt", "sk-rmt", "on-rmt", "bc-rmt",
    "nl-rmt", "nb-rmt", "pe-rmt",
}  # fmt: skip
# The only section of a law that was itself read.
CONFIRMED_LAW = {"de-technician": "24 Del. C. §5307"}
# Citations that state the fact itself and name no law.
STATED = {"ks-none", "ab-rmt", "sk-rmt", "bc-rmt", "nl-rmt", "nb-rmt", "pe-rmt"}
CONFIRMED_REGIONS = {
    "CA", "CO", "DE", "IN", "KS", "MD", "NC", "UT", "VT", "VA", "WA", "ON", "BC", "NL", "NB", "PE", "AB", "SK",
}  # fmt: skip
SEEN_LOOKUPS = {"CA", "FL", "NY", "TX", "ON"}
# Number writings: Florida's letters are confirmed, the others were seen in use or in a sample of the register.
CONFIRMED_SCHEMES = {("FL", Family.MASSAGE), ("FL", Family.ESTABLISHMENT)}
SEEN_SCHEMES = {
    *((place, Family.MASSAGE) for place in ("AZ", "BC", "CA", "GA", "NC", "OR", "TX", "WA")),
    ("TX", Family.ESTABLISHMENT),
}


def test_the_confirmed_rules_are_these() -> None:
    assert {rule.id for rule in load_jurisdictions().rules if rule.mark == "C"} == CONFIRMED_RULES


def test_the_confirmed_citations_are_these() -> None:
    confirmed = {rule.id: rule.source for rule in load_jurisdictions().rules if rule.cited == "C"}
    assert set(confirmed) == STATED | set(CONFIRMED_LAW)
    assert {place: confirmed[place] for place in CONFIRMED_LAW} == CONFIRMED_LAW
    for rule in load_jurisdictions().rules:
        if rule.cited == "S":
            assert rule.source.endswith("(secondary source)"), rule.id


def test_no_law_is_cited_as_read_that_was_not() -> None:
    for rule in load_jurisdictions().rules:
        names_a_law = any(
            sign in rule.source for sign in ("§", "ch.", "Code", "RCW", "Stat.", "C.R.S.", " c. ", "tit.")
        )
        if names_a_law and rule.id not in CONFIRMED_LAW:
            assert rule.cited == "U", rule.id
            assert rule.citation.endswith("(citation not yet confirmed)")


@pytest.mark.parametrize(("title", "region"), [("RMP", "MD"), ("LMT", "WA"), ("RMT", "ON"), ("LMT", "TX")])
def test_a_reader_is_told_that_a_citation_is_not_confirmed(title: str, region: str) -> None:
    jurisdictions = load_jurisdictions()
    assert "citation not yet confirmed" in jurisdictions.referral(title, None, region, TODAY).citation
    assert "citation not yet confirmed" in jurisdictions.meaning(title, None, region, TODAY).source


def test_a_confirmed_citation_is_shown_plainly() -> None:
    assert load_jurisdictions().referral("technician", "US", "DE", TODAY).citation == "24 Del. C. §5307"


def test_nobody_is_barred_by_a_rule_that_is_not_confirmed() -> None:
    no = {rule.id for rule in load_jurisdictions().rules if rule.referral is Answer.NO}
    assert no == {"md-rmp", "de-technician", "ut-assistant"}
    assert no <= CONFIRMED_RULES


def test_the_confirmed_regions_and_the_look_up_pages_that_were_seen_are_these() -> None:
    registers = {code: place.register for code, place in load_jurisdictions().regions.items()}
    assert {code for code, register in registers.items() if register.mark == "C"} == CONFIRMED_REGIONS
    seen = {code for code, register in registers.items() if register.lookup_url and register.lookup_mark != "U"}
    assert seen == SEEN_LOOKUPS


def test_the_number_writings_that_were_seen_are_these() -> None:
    known = load_schemes().known
    assert {place for place, scheme in known.items() if scheme.mark == "C"} == CONFIRMED_SCHEMES
    assert {place for place, scheme in known.items() if scheme.mark == "S"} == SEEN_SCHEMES


def test_a_writing_that_nobody_confirmed_refuses_no_plausible_number() -> None:
    schemes = load_schemes()
    assert all(scheme.most >= 9 for scheme in schemes.known.values() if scheme.mark == "U")
