"""The made-up world: the same for a seed, harmless, in the real shapes, and telling the truth about itself."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest

from crawler.extraction import extract_page
from crawler.sources import load_sources
from demo.model import Practice
from demo.names import STONY_PLAIN
from demo.pages import make_site
from demo.planted import PLANTED
from demo.registers import LEIE_COLUMNS, make_colorado, make_delaware, make_washington
from demo.world import make_world
from directory.credentials import parse_claim
from directory.models import Outcome, PracticeKind
from directory.places import load_gazetteer
from directory.vocabularies import load_vocabulary

ON = date(2026, 11, 23)
WORLD = make_world(seed=1, on=ON)
VOCABULARY = load_vocabulary()


def read_site(practice: Practice) -> list[str]:
    return list(make_site(practice, f"http://{practice.slug}.localhost:8808").values())


def test_a_seed_and_a_day_make_one_world() -> None:
    assert make_world(seed=1, on=ON) == WORLD
    assert make_world(seed=2, on=ON) != WORLD


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_world_is_of_the_promised_size_and_has_every_case(seed: int) -> None:
    world = make_world(seed=seed, on=ON)
    assert 60 <= len(world.practices) <= 75
    assert {case.name for case in world.cases} == {planted.case for planted in PLANTED}
    assert len({practice.slug for practice in world.practices}) == len(world.practices)
    assert {licence.jurisdiction for licence in world.licences} == {"CO", "WA", "DE"}


def test_cases_name_practices_people_and_outcomes_that_exist() -> None:
    people = {(practice.slug, person.full_name) for practice in WORLD.practices for person in practice.people}
    assert {(case.practice, case.person) for case in WORLD.cases} <= people
    assert {outcome for case in WORLD.cases for outcome in case.outcomes} <= set(Outcome)


def test_two_therapists_at_stony_plain_treat_nerves() -> None:
    there = [practice for practice in WORLD.practices if practice.town == STONY_PLAIN]
    assert sum("nerve-compression" in practice.conditions for practice in there) >= 2


def test_nobody_can_be_reached_by_what_the_world_prints() -> None:
    printed = "\n".join(page for practice in WORLD.practices for page in read_site(practice)) + WORLD.listings_file
    phones = re.findall(r"\(\d{3}\) \d{3}-\d{4}", printed)
    assert phones
    assert all(re.fullmatch(r"\(\d{3}\) 555-01\d\d", phone) for phone in phones)
    assert all(mail.endswith(".example") for mail in re.findall(r"[\w.-]+@[\w.-]+\w", printed))
    hosts = set(re.findall(r"https?://([\w.-]+)", printed))
    assert all(host.endswith((".localhost", ".example", "schema.org")) for host in hosts)


def test_places_are_where_the_gazetteer_puts_them() -> None:
    gazetteer = load_gazetteer()
    for practice in WORLD.practices:
        place = gazetteer.find_postal(practice.postal_code, practice.town.country)
        assert place is not None, practice.postal_code
        assert place.region == practice.town.region


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("wa_doh", make_washington(WORLD)),
        ("co_dora", make_colorado(WORLD)),
        ("de_dpr", make_delaware(WORLD)),
    ],
)
def test_registers_have_the_columns_of_the_real_ones(source: str, rows: list[dict[str, object]]) -> None:
    known = load_sources()[source].columns
    assert rows
    assert {column for row in rows for column in row} <= set(known)
    assert {name for name, column in known.items() if not column.optional} <= set.intersection(*map(set, rows))


def test_numbers_are_written_as_each_board_writes_them() -> None:
    for rows, column, shape in (
        (make_washington(WORLD), "credentialnumber", r"MA\d{8}"),
        (make_colorado(WORLD), "licensenumber", r"\d{7}"),
        (make_delaware(WORLD), "license_no", r"(MT|CMT)-\d{7}"),
    ):
        assert all(re.fullmatch(shape, str(row[column])) for row in rows)


def test_a_printed_licence_number_is_the_register_s_but_for_the_planted_cases() -> None:
    wrong = {planted.slug for planted in PLANTED if planted.printed or planted.number is None}
    held = {(row.jurisdiction, row.number): row.person for row in WORLD.licences}
    for practice in WORLD.practices:
        for person in practice.people:
            key = parse_claim(person.claim, practice.town.region, practice.town.country).key
            if practice.slug not in wrong and practice.town.region in ("CO", "WA", "DE") and key is not None:
                assert held[key.jurisdiction, key.number].given == person.given


def test_npis_have_a_valid_check_digit_and_no_two_are_equal() -> None:
    numbers = [str(row["number"]) for row in WORLD.npis]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        digits = [int(digit) for digit in f"80840{number}"]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def test_the_exclusion_list_holds_a_namesake_and_one_person_by_npi() -> None:
    rows = list(csv.DictReader(io.StringIO(WORLD.exclusions)))
    assert tuple(rows[0]) == LEIE_COLUMNS
    assert WORLD.exclusions.splitlines(keepends=True)[0].endswith("WVRSTATE\r\n")
    people = {person.family.upper() for practice in WORLD.practices for person in practice.people}
    by_npi = [row for row in rows if row["NPI"] != "0000000000"]
    assert {row["LASTNAME"] for row in by_npi} == {"KINGSMERE"}
    assert by_npi[0]["NPI"] in {str(row["number"]) for row in WORLD.npis}
    assert {row["LASTNAME"] for row in rows} & people == {"ASHDOWN", "KINGSMERE"}


def test_the_partner_s_listings_repeat_practices_and_bring_one_of_their_own() -> None:
    rows = [json.loads(line) for line in WORLD.listings_file.splitlines()]
    names = {practice.name for practice in WORLD.practices}
    assert len({row["listing_id"] for row in rows}) == len(rows)
    assert [row["practice"] for row in rows if row["practice"] not in names] == ["Riverstone Massage"]


@pytest.mark.parametrize("practice", WORLD.practices, ids=lambda practice: practice.slug)
def test_a_site_states_exactly_what_the_practice_offers(practice: Practice) -> None:
    pages = [extract_page(html.encode(), content_type="text/html; charset=utf-8") for html in read_site(practice)]
    by_name = {match.term.id for match in VOCABULARY.find_terms(practice.name)}  # "Injury Clinic" says so too
    techniques = {term for page in pages for term in page.techniques}
    conditions = {term for page in pages for term in page.conditions}
    assert set(practice.techniques) <= techniques <= set(practice.techniques) | by_name
    assert set(practice.conditions) <= conditions <= set(practice.conditions) | by_name
    assert {page.name for page in pages} == {practice.name}
    expected = PracticeKind.MEDICAL if practice.medical else PracticeKind.RELAXATION
    assert expected in {page.practice_kind for page in pages}
    places = {(at.city, at.region, at.postal_code) for page in pages for at in page.locations}
    assert places == {(practice.town.name, practice.town.region, practice.postal_code)}


@pytest.mark.parametrize("practice", WORLD.practices, ids=lambda practice: practice.slug)
def test_a_site_names_its_people(practice: Practice) -> None:
    pages = [extract_page(html.encode(), content_type="text/html; charset=utf-8") for html in read_site(practice)]
    assert {who.name for page in pages for who in page.practitioners} == {who.full_name for who in practice.people}


def test_only_the_student_s_work_is_held_back() -> None:
    held = {practice.slug for practice in WORLD.practices if practice.note}
    assert held == {case.practice for case in WORLD.cases if not case.published} == {"larkspur-hands"}


def test_pages_differ_and_are_long_enough_to_read() -> None:
    sites = ["".join(read_site(practice)) for practice in WORLD.practices]
    assert len(set(sites)) == len(sites)
    assert min(len(re.sub(r"<style>.*?</style>|<[^>]+>", "", site)) for site in sites) > 600
