"""The gazetteer: names, codes and points of two countries, offline."""

from __future__ import annotations

import pytest

from directory.places import Place, PlaceKind, find_area_code, find_country, find_region, load_gazetteer, load_regions

GAZETTEER = load_gazetteer()


def resolve(text: str) -> Place:
    answer = GAZETTEER.resolve(text)
    assert answer.place is not None, f"{text}: {[place.label for place in answer.candidates]}"
    return answer.place


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Stony Plain", "Stony Plain, AB"),
        ("Stony Plain AB", "Stony Plain, AB"),
        ("stony plain, alberta", "Stony Plain, AB"),
        ("Stony Plain, AB, Canada", "Stony Plain, AB"),
        ("T7Z", "Stony Plain, AB T7Z"),
        ("t7z1a1", "Stony Plain, AB T7Z"),
        ("Stony Plain, AB T7Z 1A1", "Stony Plain, AB T7Z"),
        ("80202", "Denver, CO 80202"),
        ("80202-1234", "Denver, CO 80202"),
        ("Denver CO 80202", "Denver, CO 80202"),
        ("Denver", "Denver, CO"),
        ("Denver, CO", "Denver, CO"),
        ("denver colorado", "Denver, CO"),
        ("Downtown, Denver, CO", "Denver, CO"),
        ("Denver, CO, USA", "Denver, CO"),
        ("Vancouver", "Vancouver, BC"),
        ("Vancouver WA", "Vancouver, WA"),
        ("Vancouver, Washington", "Vancouver, WA"),
        ("La Conner", "La Conner, WA"),
        ("LaConner, WA", "La Conner, WA"),
        ("Montréal", "Montréal, QC"),
        ("MONTREAL", "Montréal, QC"),
        ("Montréal, Québec", "Montréal, QC"),
        ("St. John's NL", "St. John's, NL"),
        ("St John’s, Terre-Neuve-et-Labrador", "St. John's, NL"),
        ("Saint Louis", "St. Louis, MO"),
        ("St Louis, Missouri", "St. Louis, MO"),
        ("NYC", "New York City, NY"),
        ("New York", "New York City, NY"),
        ("New York, NY", "New York City, NY"),
        ("Nueva York", "New York City, NY"),
        ("Los Ángeles", "Los Angeles, CA"),
        ("Washington DC", "Washington, DC"),
        ("Quebec City", "Québec, QC"),
        ("Narberth PA", "Narberth, PA"),
        ("Winter Springs, FL", "Winter Springs, FL"),
        ("Penn Valley, PA", "Penn Valley, PA"),
        ("Toronto, CA", "Toronto, ON"),
        ("Ontario, CA", "Ontario, CA"),
        ("Springfield, IL", "Springfield, IL"),
        ("Wilmington, DE", "Wilmington, DE"),
        ("Portland Maine", "Portland, ME"),
        ("San Juan PR", "San Juan, PR"),
        ("M5V 3L9", "Toronto, ON M5V"),
        ("L7A", "Brampton, ON L7A"),
    ],
)
def test_a_place_is_known_by_the_names_people_write(text: str, label: str) -> None:
    assert resolve(text).label == label


@pytest.mark.parametrize(
    ("text", "kind", "country", "region"),
    [
        ("Alberta", PlaceKind.REGION, "CA", "AB"),
        ("Colombie-Britannique", PlaceKind.REGION, "CA", "BC"),
        ("Carolina del Norte", PlaceKind.REGION, "US", "NC"),
        ("CO", PlaceKind.REGION, "US", "CO"),
        ("Ontario", PlaceKind.REGION, "CA", "ON"),
        ("Delaware", PlaceKind.REGION, "US", "DE"),
        ("États-Unis", PlaceKind.COUNTRY, "US", None),
        ("Canadá", PlaceKind.COUNTRY, "CA", None),
    ],
)
def test_regions_and_countries_are_known_in_three_languages(
    text: str, kind: PlaceKind, country: str, region: str | None
) -> None:
    place = resolve(text)
    assert (place.kind, place.country, place.region, place.city) == (kind, country, region, None)


@pytest.mark.parametrize("text", ["Springfield", "Wilmington", "Washington", "Québec", "Paris", "Mexico"])
def test_an_ambiguous_name_gives_candidates_and_no_place(text: str) -> None:
    answer = GAZETTEER.resolve(text)
    assert answer.place is None
    assert len(answer.candidates) >= 2
    assert len({place.label for place in answer.candidates}) == len(answer.candidates)


def test_a_name_that_one_place_dominates_gives_no_candidates() -> None:
    assert GAZETTEER.resolve("Denver").candidates == ()


@pytest.mark.parametrize("text", ["", "   ", "nowhereville", "in", "me", "or", "99999", "K0", "!?", "massage", "😀"])
def test_what_nobody_knows_gives_nothing(text: str) -> None:
    answer = GAZETTEER.resolve(text)
    assert answer.place is None
    assert answer.candidates == ()


def test_a_country_settles_a_name_that_both_have() -> None:
    american = GAZETTEER.resolve("Vancouver", country="US").place
    assert american is not None
    assert american.label == "Vancouver, WA"


def test_an_unknown_postal_code_leaves_the_city() -> None:
    assert resolve("Denver, CO 00000").label == "Denver, CO"


def test_two_numbers_are_a_point() -> None:
    place = resolve("53.53, -114.0")
    assert (place.kind, place.lat, place.lon, place.region) == (PlaceKind.POINT, 53.53, -114.0, "AB")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Stoney Plain", "Stony Plain, AB"),
        ("Bouldr CO", "Boulder, CO"),
        ("Springfeild MO", "Springfield, MO"),
        ("montrael", "Montréal, QC"),
        ("Edmontn Alberta", "Edmonton, AB"),
    ],
)
def test_one_typing_error_is_forgiven_only_where_asked(text: str, label: str) -> None:
    forgiven = GAZETTEER.resolve(text, forgive=True).place
    assert forgiven is not None
    assert forgiven.label == label
    assert GAZETTEER.resolve(text).place is None


def test_postal_codes_have_a_centre_near_their_city() -> None:
    place = GAZETTEER.find_postal("T7Z 1A1")
    assert place is not None
    assert (place.city, place.region, place.country, place.postal_code) == ("Stony Plain", "AB", "CA", "T7Z 1A1")
    assert (round(place.lat), round(place.lon)) == (54, -114)
    assert GAZETTEER.find_postal("T7Z", "US") is None
    assert GAZETTEER.find_postal("D1A 1A1") is None


def test_a_city_is_found_in_its_region_only() -> None:
    assert GAZETTEER.find_city("Dover", "DE", "US") is not None
    assert GAZETTEER.find_city("Wichita", "AB", "CA") is None
    assert GAZETTEER.find_city("Springfield", None) is None
    stony_plain = GAZETTEER.find_city("stony-plain", None)
    assert stony_plain is not None
    assert stony_plain.region == "AB"


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (53.53, -114.0, ("CA", "AB")),
        (45.64, -122.66, ("US", "WA")),
        (45.51, -122.66, ("US", "OR")),
        (32.52, -117.02, None),  # Tijuana
        (0.0, 0.0, None),
        (48.85, 2.35, None),  # Paris, France
        (95.0, 10.0, None),
    ],
)
def test_a_point_lies_in_the_region_of_the_nearest_town(
    lat: float, lon: float, expected: tuple[str, str] | None
) -> None:
    assert GAZETTEER.region_of_point(lat, lon) == expected


@pytest.mark.parametrize(
    ("city", "country", "phone", "expected"),
    [
        ("Winter Springs", "US", None, ("US", "FL")),
        ("Winter Springs", None, "(407) 555-0100", ("US", "FL")),
        ("Houston", "US", "+17135550100", ("US", "TX")),
        ("Houston", "US", None, None),
        ("Ottawa", None, "613-555-0100", ("CA", "ON")),
        ("Ottawa", None, "800-555-0100", None),
        ("Ottawa", "CA", None, ("CA", "ON")),
        ("Winter Springs", None, "303-555-0100", None),
        ("Nowhereville", None, "303-555-0100", None),
    ],
)
def test_a_region_is_inferred_only_if_one_is_left(
    city: str, country: str | None, phone: str | None, expected: tuple[str, str] | None
) -> None:
    assert GAZETTEER.infer_region(city, country, phone) == expected


def test_area_codes_of_numbers_without_a_place_are_none() -> None:
    assert find_area_code("+1 303 555 0100") == "303"
    assert find_area_code("(888) 555-0100") is None
    assert find_area_code("+44 20 7946 0000") is None
    assert find_area_code(None) is None


def test_suggestions_begin_as_typed_largest_first() -> None:
    labels = [place.label for place in GAZETTEER.suggest_places("stony p")]
    assert labels[0] == "Stony Plain, AB"
    assert GAZETTEER.suggest_places("denver, c")[0].label == "Denver, CO"
    assert all(place.label.startswith(("Co", "CO")) for place in GAZETTEER.suggest_places("co"))
    assert GAZETTEER.suggest_places("T7Z")[0].postal_code == "T7Z"
    assert GAZETTEER.suggest_places("8020", 3)[2].postal_code == "80203"
    assert GAZETTEER.suggest_places("  ") == []


def test_every_region_is_known_by_code_and_by_its_three_names() -> None:
    for region in load_regions():
        assert find_region(region.code, region.country) == region
        for name in (*region.names.values(), *region.aliases):
            assert find_region(name, region.country) == region, name


def test_every_province_has_places() -> None:
    """The package codes provinces by number: a wrong number would leave one empty or swap two."""
    known = {
        "AB": "Calgary", "BC": "Victoria", "MB": "Winnipeg", "NB": "Fredericton", "NL": "St. John's", "NS": "Halifax",
        "ON": "Ottawa", "PE": "Charlottetown", "QC": "Gatineau", "SK": "Regina", "YT": "Whitehorse",
        "NT": "Yellowknife", "NU": "Iqaluit",
    }  # fmt: skip
    assert set(known) == {region.code for region in load_regions() if region.country == "CA"}
    for code, capital in known.items():
        assert GAZETTEER.find_city(capital, code, "CA") is not None, code


def test_a_code_both_countries_could_have_is_settled_by_the_country() -> None:
    assert find_country("CA") is None
    assert find_region("NL", "US") is None
    assert find_country("usa") == "US"
