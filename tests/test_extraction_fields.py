"""Single wordings and what they state."""

from __future__ import annotations

import pytest

from crawler.extraction import extract_page
from directory.models import Answer


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("LMT # 53001", {"53001"}),
        ("LMBT NC#904", {"904"}),
        ("NC LMBT license no. 19311", {"19311"}),
        ("CAMTC #61204", {"61204"}),
        ("CCHPBC RMT-008999", {"008999"}),
        ("AZ MT-27731", {"MT-27731"}),
        ("License 2015001299", {"2015001299"}),
        ("Jane Doe, LMT 12899-MT", {"12899-MT"}),
        ("18KT00999300", {"18KT00999300"}),
        ("MAT-15999", {"MAT-15999"}),
        ("Jane Doe, LMT 7501099173", {"7501099173"}),
        ("Va. License 0019019999", {"0019019999"}),
        ("LMT License 7045550111", set()),
        ("Ohio License 33.099999", {"33.099999"}),
        ("NYS License 027-129999", {"027-129999"}),
        ("LMT #R449", {"R449"}),
        ("IN LMT # MT22009999 · IL LMT # 227029999 · NPI # 1234567893", {"MT22009999", "227029999"}),
        ("NPI: 1234567893", set()),
        ("LMT since 2009", set()),
        ("LMT 704-555-0111", set()),
        ("approved CE provider #45123", set()),
        ("City business license 28119447", set()),
        ("500 hours of training", set()),
    ],
)
def test_licence_numbers_are_told_from_other_numbers(line: str, numbers: set[str]) -> None:
    page = extract_page(f"<h1>Massage</h1><p>{line}</p>")
    claimed = [*page.credentials, *(c for person in page.practitioners for c in person.credentials)]
    assert {claim.number for claim in claimed if claim.number} == numbers


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("We accept most major insurance plans.", Answer.YES),
        ("Direct billing available", Answer.YES),
        ("We do not accept insurance.", Answer.NO),
        ("Do you take insurance? No, we don't.", Answer.NO),
        ("We do not direct bill", Answer.NO),
        ("Licensed and insured.", Answer.UNKNOWN),
        ("Insurance receipts provided.", Answer.UNKNOWN),
    ],
)
def test_insurance_is_known_only_where_said(line: str, answer: Answer) -> None:
    assert extract_page(f"<h1>Massage</h1><p>{line}</p>").accepts_insurance is answer


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("Mon-Fri 9am-5pm", "Mo-Fr 09:00-17:00"),
        ("Mon, Wed, Fri: 9:00 AM to 5:30 PM", "Mo 09:00-17:30; We 09:00-17:30; Fr 09:00-17:30"),
        ("Daily 10–9", "Mo-Su 10:00-21:00"),
        ("M-F 9-5", "Mo-Fr 09:00-17:00"),
        ("Saturday 9am to noon", "Sa 09:00-12:00"),
        ("Monday-Saturday by appointment", None),
    ],
)
def test_hours_are_written_as_openstreetmap_writes_them(line: str, hours: str | None) -> None:
    assert extract_page(f"<h1>Massage</h1><p>{line}</p>").opening_hours == hours


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("123 NW 5th Street Suite 200 Portland OR 97209", ("123 NW 5th Street Suite 200", "Portland", "OR", "97209")),
        ("901 Broadway<br>Nashville, TN", ("901 Broadway", "Nashville", "TN", None)),
        ("16 Elm St<br>Suite 4<br>Concord, NH 03301", ("16 Elm St, Suite 4", "Concord", "NH", "03301")),
        (
            "2101 Rue Sainte-Catherine Ouest, Montréal, QC H3H1M6",
            ("2101 Rue Sainte-Catherine Ouest", "Montréal", "QC", "H3H 1M6"),
        ),
        ("Address: 1400 S 500 W, Provo, UT 84601", ("1400 S 500 W", "Provo", "UT", "84601")),
        ("#12, 4604 37 St, Stettler, AB T0C 2L0", ("#12, 4604 37 St", "Stettler", "AB", "T0C 2L0")),
        ("585 Acacia Highway, Knoxfield Vic 3180", ("585 Acacia Highway", "Knoxfield", "Vic", "3180")),
        ("Address: Storgatan 1, Lund, Sweden 22730", ("Storgatan 1", "Lund", None, "22730")),
        ("PO Box 841, Bend, OR 97701<br>158 Main Street, Bend, OR 97701", ("158 Main Street", "Bend", "OR", "97701")),
        ("I studied in Portland, OR. My office is in Bend, OR.", (None, "Bend", "OR", None)),
    ],
)
def test_addresses_are_read_however_they_are_laid_out(line: str, address: tuple[str | None, ...]) -> None:
    place = extract_page(f"<h1>Massage</h1><p>{line}</p>").locations[0]
    assert (place.street, place.city, place.region, place.postal_code) == address


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Jane Doe, Licensed Massage Therapist", ["Jane Doe"]),
        ("Hi! My name is Tamsin.", ["Tamsin"]),
        ("JANE DOE, LMT", ["Jane Doe"]),
        ("Jane Doe (she/her), RMT", ["Jane Doe"]),
        ("By Laura Stone, L.M.T.", ["Laura Stone"]),
        ("I'm so happy you are here", []),
        ("Deep Tissue Massage, LMT", []),
        ("Licensed by the State of Texas", []),
        ("Cupping Therapists: Jane Doe, Sarinda Lowell, Anna Stone", ["Jane Doe", "Sarinda Lowell", "Anna Stone"]),
        ("Cupping Therapists: all therapists", []),
        ("Mara Fenwick- Lowell, RMT", ["Mara Fenwick-Lowell"]),
        ("Annas bio: she has studied massage since 2004.", ["Anna"]),
        ("¡Hola! Soy Mario Quintana, masajista.", ["Mario Quintana"]),
        ("Every hour of Anna's practice is unhurried.", ["Anna"]),
        ("Tom has provided massage to offices since 2010.", ["Tom"]),
        ("Laura C. Stone, B.A. - LMT Lic.# 10799", ["Laura C. Stone"]),
        ("Certificate issued by Laura Stone, LMT", []),
        ("Book Langley RMT Session", []),
        ("Oyster Bay RMT", []),
        ("Meet Dr. Laura Stone, DC", []),
    ],
)
def test_people_are_told_from_services_and_places(line: str, names: list[str]) -> None:
    page = extract_page(f"<p>massage</p><p>{line}</p>")
    assert [person.name for person in page.practitioners] == names


def test_the_role_above_a_name_belongs_to_the_person_above_it() -> None:
    cards = [("Anna Stone", "Massage Therapist"), ("Laura Doe", "Director"), ("Jane Lowell", "Front Desk Manager")]
    team = "".join(f"<div>{name}</div><div>{role}</div>" for name, role in cards)
    page = extract_page(f"<h1>Our massage studio</h1><h2>Support Staff</h2>{team}")
    assert [person.name for person in page.practitioners] == ["Anna Stone"]


def test_the_area_served_places_a_practice_that_prints_no_address() -> None:
    data = '{"@type": "LocalBusiness", "name": "Juniper Knots Massage", "areaServed": "Midland, TX"}'
    place = extract_page(f'<script type="application/ld+json">{data}</script><h1>Juniper Knots Massage</h1>').locations[
        0
    ]
    assert (place.city, place.region, place.country) == ("Midland", "TX", "US")


def test_the_head_says_which_province_a_town_is_in() -> None:
    head = '<meta name="geo.region" content="CA-QC"><meta name="geo.placename" content="Longueuil, Québec">'
    place = extract_page(f"<head>{head}</head><h1>Massothérapie à Longueuil</h1>").locations[0]
    assert (place.city, place.region) == ("Longueuil", "QC")


def test_a_box_is_where_letters_go_and_the_street_where_clients_do() -> None:
    page = extract_page("<h1>Massage</h1><p>158 Acacia Street</p><p>Mail: PO Box 841, Bend, OR 97701</p>")
    assert [(place.street, place.city) for place in page.locations] == [("158 Acacia Street", "Bend")]


def test_a_small_town_abroad_is_read_with_its_state() -> None:
    page = extract_page("<h1>Massage in South West Rocks NSW</h1><a href='tel:+61255501234'>Call</a>")
    assert [(place.city, place.region) for place in page.locations] == [("South West Rocks", "NSW")]


def test_a_town_abroad_is_found_where_the_number_rings() -> None:
    line = "Masajes terapéuticos a domicilio en Soacha y Bogotá D.C."
    page = extract_page(f"<h1>Masajes</h1><p>{line}</p><p>Soacha</p><a href='tel:+573213335117'>Llamar</a>")
    assert [(place.city, place.country) for place in page.locations] == [("Soacha", "CO")]
    assert not page.publish


def read_terms(body: str) -> tuple[set[str], set[str]]:
    page = extract_page(f"<h1>Juniper Knots Massage</h1>{body}")
    return set(page.techniques), set(page.conditions)


@pytest.mark.parametrize(
    "body",
    [
        "<h3>What health conditions should I disclose?</h3><ul><li>Cancer</li><li>High blood pressure</li></ul>",
        "<p>Must disclose:</p><ul><li>Cancer</li><li>High blood pressure</li></ul>",
        "<p>Il faut prévenir de tout problème : hypertension, cancer, arthrite, sclérose en plaques.</p>",
        "<p>Je ne le conseille pas aux personnes qui ont de l'arthrite.</p>",
    ],
)
def test_what_is_to_be_told_beforehand_is_not_treated(body: str) -> None:
    assert read_terms(body)[1] == set()


@pytest.mark.parametrize(
    ("line", "techniques"),
    [
        (
            "She graduated in 2010 and honed her skills in lomi lomi and deep tissue massage.",
            {"lomi-lomi", "deep-tissue"},
        ),
        ("She taught classes in acupressure and reflexology.", set()),
        ("A practice very similar to the ancient practice of gua sha.", set()),
        ("Improved circulation and lymphatic drainage", set()),
        ("Ann Stone, Senior Massage Therapist", set()),
        ("Transforming lives through healing touch.", set()),
        ("Healing Touch", {"reiki"}),
        ("I am currently studying Level 5 sports massage.", set()),
        ("We provide relaxing and refreshing reflexology.", {"reflexology"}),
    ],
)
def test_techniques_are_what_is_offered_now(line: str, techniques: set[str]) -> None:
    assert read_terms(f"<p>{line}</p>")[0] == techniques


def test_discomforts_of_pregnancy_are_treated_and_pregnancy_itself_is_not() -> None:
    assert "pregnancy" in read_terms("<p>Pour soulager les inconforts liés à la grossesse.</p>")[1]
    assert "pregnancy" not in read_terms("<p>A gentle massage for support and rest during pregnancy.</p>")[1]


@pytest.mark.parametrize(
    "body",
    [
        "<h2>Our Therapists</h2><div>Karen Bellamy</div><p>(503) 555-0123 | by appointment</p>",
        "<header><h1>Karen Bellamy</h1><h1>Massage Therapy</h1></header><p>Home visits.</p>",
        "<h3>Senior Massage Therapist</h3><p>Karen Bellamy</p><h3>Director</h3><p>Harold Pine</p>",
        (
            '<section id="review"><h3>Karen Bellamy</h3><h4>Owner</h4><p>Karen Bellamy is the owner of Juniper Spa.</p>'
            "<h3>Hana</h3><h4>Masseuse</h4><p>Massage with a light hand.</p></section>"
        ),
    ],
)
def test_a_name_before_its_number_or_the_trade_and_under_a_role_is_a_practitioner(body: str) -> None:
    page = extract_page(f"<title>Juniper Massage</title>{body}")
    assert "Karen Bellamy" in [person.name for person in page.practitioners]
    assert "Harold Pine" not in [person.name for person in page.practitioners]


def test_words_of_clients_stay_theirs_in_a_box_of_reviews() -> None:
    page = extract_page(
        '<h1>Juniper Massage</h1><section id="review"><h3>Karen Bellamy</h3><p>The best massage of my life!</p>'
        "<h3>Harold Pine</h3><p>I come back every month.</p></section>"
    )
    assert not page.practitioners


def test_a_name_with_another_in_brackets_is_whole() -> None:
    page = extract_page("<h2>Our team</h2><h3>Hana (YuHan) Lee</h3><h4>Registered Massage Therapist</h4>")
    assert [person.name for person in page.practitioners] == ["Hana (YuHan) Lee"]


def test_get_in_touch_is_no_town_in_indiana() -> None:
    page = extract_page("<h1>Juniper Massage</h1><h2>GET IN TOUCH</h2><p>Tucson, AZ</p><footer>GET IN TOUCH</footer>")
    assert [place.city for place in page.locations] == ["Tucson"]


def test_fees_are_counted_from_where_the_practice_is() -> None:
    page = extract_page("<h1>Juniper Mobile Massage</h1><p>Travelling fees are calculated from Boise, ID.</p>")
    assert [(place.city, place.region) for place in page.locations] == [("Boise", "ID")]


def test_a_country_code_in_brackets_is_read_whole() -> None:
    page = extract_page("<h1>Juniper Massage</h1><p>+(44) 20 7946 0018</p>")
    assert page.phones == ("+442079460018",)


def test_drainage_that_a_massage_promotes_is_no_technique_of_its_own() -> None:
    page = extract_page(
        "<h1>Juniper Massage</h1><p>A light Swedish massage, to relax and to aid lymphatic drainage.</p>"
    )
    assert page.techniques == ("swedish",)
