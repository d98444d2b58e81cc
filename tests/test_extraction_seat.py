"""The city of a practice that prints no address, and an address that stands below the words of clients."""

from __future__ import annotations

import pytest

from crawler.extraction import extract_page


@pytest.mark.parametrize(
    ("body", "city", "region"),
    [
        ("<title>Juniper Knots</title><footer>Juniper Knots • Salt Lake City •</footer>", "Salt Lake City", None),
        ("<title>Massage | Juniper Knots | Spokane</title><p>Rest.</p>", "Spokane", None),
        ("<h2>Our Locations</h2><p>Tacoma</p><h2>Fees</h2>", "Tacoma", None),
        ("<p>Our studio is in the village of Quillmark, above the bakery.</p>", "Quillmark", None),
        ("<p>The office is located in Quillmark and has parking.</p>", "Quillmark", None),
        ("<meta name='keywords' content='massage,Virginia,Charlottesville'><p>Rest.</p>", "Charlottesville", "VA"),
        ("<title>Massage | Puget Sound, WA</title><p>Based in Bonney Lake, WA</p>", "Bonney Lake", "WA"),
    ],
)
def test_a_city_is_read_where_no_address_names_one(body: str, city: str, region: str | None) -> None:
    (place,) = extract_page(f"{body}<p>Massage by appointment.</p>").locations
    assert (place.city, place.region) == (city, region)


@pytest.mark.parametrize(
    "body",
    [
        "<p>We are located in Juniper Wellness Clinic.</p>",
        "<p>Located in the heart of downtown.</p>",
        "<footer>Massage • Mobile • Reading</footer>",
        "<meta name='keywords' content='Virginia,Charlottesville,Norfolk'>",
        "<blockquote>I have tried every studio in Quillmark, and this is the best.</blockquote>",
    ],
)
def test_a_building_a_word_or_a_list_is_no_city(body: str) -> None:
    assert extract_page(f"<title>Juniper Knots</title>{body}<p>Massage.</p>").locations == ()


def test_what_stands_over_a_number_to_dial_is_no_words_of_clients() -> None:
    page = extract_page(
        "<title>Juniper Knots</title><h2>Testimonials</h2><h6>Amy</h6><p>So good, 12 Elm St is worth the way.</p>"
        "<h4>Contact</h4><p>40 Oak Street<br>Concord, NH 03301</p><p><a href='tel:6035550142'>Call</a></p>"
    )
    (place,) = page.locations
    assert (place.street, place.city, place.postal_code) == ("40 Oak Street", "Concord", "03301")
