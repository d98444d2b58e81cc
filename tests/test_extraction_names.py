"""Whose page it is: the practice's own name among its topics, and the people who practise there."""

from __future__ import annotations

import pytest

from crawler.extraction import extract_page


@pytest.mark.parametrize(
    "body",
    [
        "<title>Bodywork | Juniper Knots</title><h2>Sessions that meet you</h2>",
        "<title>Prices</title><nav><a class='navbar-brand' href='/'>Juniper Knots</a></nav><h2>Patient Center</h2>",
        "<title>Contact Odalys | Juniper Knots</title><h1>Contact Odalys</h1><footer>© Juniper Knots</footer>",
        "<title>Massage Therapy – Juniper Knots Modesto California</title>",
        "<title>JUNIPER KNOTS | Masajes terapéuticos</title><h1>Masajes terapéuticos</h1>",
        "<title>Juniper Knots</title><nav><a class='brand'>Juniper Knots<span>bodywork · balm</span></a></nav>",
    ],
)
def test_a_topic_a_place_or_somebody_is_no_name_of_a_practice(body: str) -> None:
    name = extract_page(f"{body}<p>We give massages by appointment.</p>").name
    assert name is not None
    assert name.lower() == "juniper knots"


def test_a_brand_is_not_cut_out_of_a_fuller_name() -> None:
    page = extract_page(
        "<title>Juniper Knots Mobile Massage Services</title><a class='brand' href='/'>Juniper Knots</a>"
        "<p>Juniper Knots Mobile Massage Services comes to you.</p>"
    )
    assert page.name == "Juniper Knots Mobile Massage Services"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<p>Our team of skilled therapists—including Peter and Laura—is here.</p>", ["Peter", "Laura"]),
        ("<p>Session rates with Alice Quillmark at Juniper Center.</p>", ["Alice Quillmark"]),
        ("<h2>MEET LAURA</h2><p>Massage for all.</p>", ["Laura"]),
        ("<h3>Odalysa</h3><p>Registered Massage Therapist</p>", ["Odalysa"]),
        ("<h3>Odalysa</h3><p>Massage therapists come to you.</p>", []),
        ("<p>Hello, I'm Odalysa, and I love this work.</p><h2>Book</h2><p>Odalysa</p>", ["Odalysa"]),
        ("<p>Hello, I'm Thrilled, and I love this work.</p>", []),
        ("<title>Laura Healing Arts</title><h1>Laura Quillmark</h1><p>A place of rest.</p>", ["Laura Quillmark"]),
        ("<p>I have attended workshops in Ohio and Prenatal Massage with Alice Quillmark.</p>", []),
    ],
)
def test_people_are_found_in_the_ways_pages_name_them(body: str, names: list[str]) -> None:
    assert [person.name for person in extract_page(body).practitioners] == names


@pytest.mark.parametrize(
    ("practice", "names"),
    [
        ("Laura Paul", ["Laura Paul"]),
        ("Laura Paul Bodywork", ["Laura Paul"]),
        ("Laura's Massage Therapy", ["Laura"]),
        ("Laura's Touch", []),
        ("Grace Day Spa", []),
        ("Virginia Beach Massage", []),
        ("Juniper Knots", []),
    ],
)
def test_a_practice_that_bears_a_persons_name_is_theirs_where_nobody_else_is_named(
    practice: str, names: list[str]
) -> None:
    page = extract_page(f"<title>{practice}</title><h1>{practice}</h1><p>Massage by appointment.</p>")
    assert [person.name for person in page.practitioners] == names


def test_the_person_a_practice_is_named_after_gives_way_to_those_who_are_named() -> None:
    page = extract_page("<title>Laura's Massage</title><h1>Laura's Massage</h1><p>Peter Quillmark, LMT</p>")
    assert [person.name for person in page.practitioners] == ["Peter Quillmark"]


def test_a_number_in_an_association_is_no_licence() -> None:
    page = extract_page("<h2>Laura Quillmark, CMT</h2><p>CAMTC #61204</p><p>ABMP #799999</p>")
    (person,) = page.practitioners
    assert [credential.number for credential in person.credentials if credential.number] == ["61204"]
