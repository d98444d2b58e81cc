"""What a page says of the practice as a whole: whether it may be shown, its number, its name, its kind."""

from __future__ import annotations

import pytest

from crawler.extraction import extract_page
from directory.models import Answer


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<p>Thai massage in Port Juniper NSW</p>", "out of region"),
        ("<p>Sports massage £40</p><p>Phone: 07700 900123</p>", "out of region"),
        ("<p>Massage, 60 minutes: 50 GBP</p><p>Book now 07700 900123</p>", "out of region"),
        (
            "<p>Craniosacral therapy. Normal fee: €60. Call <a href='tel:0850000123'>085 000 0123</a></p>",
            "out of region",
        ),
        (
            (
                "<h1>Massage californien</h1><p>Masseuse à domicile. Le massage bien-être apaise."
                "</p><footer>Les mentions légales</footer>"
            ),
            "out of region",
        ),
        ("<h1>Juniper Massage</h1><p>120 Duis aute irure, California, USA</p>", "template"),
        ("<h1>Juniper Massage</h1><p>This is the text for section one</p>", "template"),
        ("<h1>Juniper Massage</h1><p>Block 1 Text Description</p>", "template"),
        ("<h1>Your Site Title</h1><p>Massage by appointment</p>", "template"),
        ("<h1>Juniper Massage</h1><p>I'm a paragraph. Click here to add your own text.</p>", "template"),
        ("<h1>Masajes Juniper</h1><p>Calle Mayor, Ciudad, Estado 12345</p>", "template"),
        ("<h1>Juniper</h1><p>Masaje tántrico en tu hotel</p>", "sexual services"),
        ("<h1>Juniper Massage</h1><p>Health fund rebates for our guests.</p><h2>Port Juniper, Tasmania</h2>", "out of"),
        ("<h1>Juniper</h1><p>Massages doux et réflexologie</p><footer>Mentions légales</footer>", "out of region"),
        (
            (
                "<h1>Massage Juniper</h1><p>Wir freuen uns auf Sie und nehmen uns Zeit. Die Massage ist eine Wohltat "
                "und nicht nur bei Stress. Termine werden mit der Praxis oder durch uns vereinbart.</p>"
            ),
            "out of region",
        ),
    ],
)
def test_pages_from_abroad_and_unfinished_pages_are_held(body: str, reason: str) -> None:
    page = extract_page(f"<title>Juniper Massage</title>{body}")
    assert not page.publish
    assert page.hold_reasons[0].startswith(reason)


def test_numbered_steps_on_lines_of_their_own_are_no_telephone_number() -> None:
    steps = "".join(f"<p>0{number}</p>" for number in range(1, 8))
    assert extract_page(f"<h1>Juniper Massage</h1><p>Deep tissue massage</p>{steps}").publish


def test_a_nought_in_a_placed_page_holds_nothing() -> None:
    page = extract_page("<h1>Juniper Massage</h1><p>12 Elm St, Concord, NH 03301</p><p>Voucher 0412 555 013 left</p>")
    assert page.publish


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("Licensed &amp; Insured • Insurance Accepted • Same-day appointments", Answer.YES),
        ("Do you accept insurance? Yes! We work with several plans.", Answer.YES),
        ("Are treatments covered by insurance? Lorem ipsum dolor sit amet.", Answer.UNKNOWN),
        ("Do you work with my insurance provider? Please ask.", Answer.UNKNOWN),
        ("Are you licensed? Yes, and we carry insurance.", Answer.UNKNOWN),
    ],
)
def test_a_question_about_insurance_says_nothing_and_its_answer_does(line: str, answer: Answer) -> None:
    assert extract_page(f"<h1>Massage</h1><p>{line}</p>").accepts_insurance is answer


def test_insurance_named_among_the_payments_is_accepted() -> None:
    data = '{"@type": "MedicalBusiness", "name": "Juniper Massage", "paymentAccepted": "Cash, Debit, Insurance"}'
    page = extract_page(f"<script type='application/ld+json'>{data}</script><h1>Juniper Massage</h1>")
    assert page.accepts_insurance is Answer.YES


def test_the_number_to_book_with_outweighs_one_in_the_small_print() -> None:
    page = extract_page(
        "<h1>Juniper Massage</h1><p>Call now to book your appointment: (603) 555-0111</p>"
        "<footer>© 2013 Juniper Tours | (603) 555-0122</footer>"
    )
    assert page.phones[0] == "+16035550111"


def test_no_number_of_the_territory_begins_with_a_nought() -> None:
    page = extract_page("<h1>Juniper Massage</h1><a href='tel:0852345678'>Call</a>")
    assert not [phone for phone in page.phones if phone.startswith("+10")]


def test_a_page_that_is_all_one_post_is_read_as_the_practices_own() -> None:
    page = extract_page(
        "<title>Juniper Massage</title><div class='blog-post hentry'><p>Juniper Massage brings deep tissue massage and "
        "hot stones to you.</p><p>12 Elm St, Concord, NH 03301</p></div><p>© Juniper</p>"
    )
    assert page.locations[0].street == "12 Elm St"
    assert "deep-tissue" in page.techniques


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (
            (
                "<title>FAQ - Juniper Knots Massage Therapy Concord NH</title><h1>Frequently Asked Questions</h1>"
                "<p>Juniper Knots is conveniently located in the north of town.</p><p>12 Elm St, Concord, NH 03301</p>"
            ),
            "Juniper Knots",
        ),
        (
            (
                "<title>JuniperRelief | Saint-Rémi</title><p>Je me déplace à Saint-Rémi.</p><p>Basée à Saint-Rémi, "
                "massothérapie pour tous.</p><footer>Saint-Rémi, Québec</footer>"
            ),
            "JuniperRelief",
        ),
        (
            (
                "<title>Document</title><nav>JUNIPER MASSAGE &amp; WELLNESS</nav><h1>Section One</h1>"
                "<p>Our massage menu is in section one of this page.</p>"
            ),
            "JUNIPER MASSAGE & WELLNESS",
        ),
    ],
)
def test_the_name_is_what_the_page_calls_itself_and_no_place_or_search_words(body: str, name: str) -> None:
    assert extract_page(f"<html><body>{body}</body></html>").name == name


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            (
                "<h1>Juniper</h1><p>Une approche thérapeutique pour soulager vos douleurs musculaires et favoriser une "
                "récupération optimale par la massothérapie.</p>"
            ),
            "medical",
        ),
        (
            "<h1>Juniper</h1><p>Massage thaïlandais, un moment de détente et de sérénité, pierres chaudes.</p>",
            "relaxation",
        ),
        (
            (
                "<div>Deep Tissue</div><div>Trigger Point</div><div>Swedish Massage</div><p>12 Elm St, Concord, NH</p>"
                "<p>603-555-0111</p>"
            ),
            "unclear",
        ),
        (
            (
                "<h1>Massage with hot stones</h1><p>Massage helps "
                "sciatica, whiplash, frozen shoulder, migraine, plantar fasciitis, scoliosis, arthritis, fibromyalgia, "
                "carpal tunnel, tennis elbow and TMJ.</p><p>Luxury facials and a sauna.</p>"
            ),
            "medical",
        ),
        (
            "<h1>Reflexology</h1><p>Relaxing and refreshing reflexology in a peaceful place.</p><p>Let go.</p>",
            "relaxation",
        ),
        ("<h1>Juniper Reflexology</h1><p>Reflexology by appointment, in town, on Mondays and Fridays.</p>", "unclear"),
        ("<title>Juniper Day Spa</title><p>Our spa is found behind the old mill. Ring the bell twice.</p>", "unclear"),
        (
            "<h1>Juniper</h1><p>Massage de confort, détente et pierres chaudes, non thérapeutique.</p>",
            "relaxation",
        ),
        (
            "<h1>Juniper</h1><p>Masaje relajante para desconectar y consentirte, en un espacio antiestrés.</p>",
            "relaxation",
        ),
        (
            "<h1>Juniper</h1><p>Manual therapy for the soft tissues, down to the root cause of your dysfunction.</p>",
            "medical",
        ),
    ],
)
def test_the_kind_is_told_in_french_too_and_a_menu_alone_tells_none(body: str, kind: str) -> None:
    assert extract_page(f"<html><body>{body}</body></html>").practice_kind.value == kind


def test_a_page_built_in_the_browser_tells_its_kind_in_its_head() -> None:
    page = extract_page(
        "<title>Juniper Bodywork</title><meta name='description' content='Juniper Bodywork offers therapeutic "
        "massage and personal bodywork in Concord, New Hampshire.'><body><div id='root'>Loading …</div></body>"
    )
    assert page.practice_kind.value == "mixed"


def test_an_address_that_says_it_is_a_fake_holds_the_page() -> None:
    page = extract_page("<h1>Juniper Massage</h1><p>12 Elm St, Concord, NH 03301</p><p>thisisafakeemail@gmail.com</p>")
    assert page.hold_reasons == ("fake identity: an e-mail address that says so",)


def test_a_college_that_recognises_a_person_is_not_the_practice() -> None:
    data = (
        '{"@type": "Person", "name": "Tamsin Vale", "jobTitle": "RMT", "worksFor": {"@type": "Organization", '
        '"name": "Juniper Massage"}, "recognizedBy": {"@type": "Organization", "name": "College of Massage"}}'
    )
    page = extract_page(f"<script type='application/ld+json'>{data}</script><p>Massage with Tamsin Vale, RMT</p>")
    assert page.name == "Juniper Massage"


def test_a_persons_page_bears_a_brand_without_words_of_the_trade() -> None:
    page = extract_page(
        "<title>Tamsin Vale | Juniperflow</title><h1>Tamsin Vale</h1><p>Massage Therapist</p><p>Tamsin (LMT #22111) "
        "is a licensed massage therapist.</p><footer>Juniperflow</footer>"
    )
    assert page.name == "Juniperflow"


def test_a_persons_page_bears_the_practices_name() -> None:
    page = extract_page(
        "<title>Tamsin Vale | Juniper Bodywork</title><h1>Tamsin Vale</h1><p>Tamsin Vale, LMT, has worked here since "
        "2011. Tamsin Vale studied massage.</p><footer>© 2024 Juniper Bodywork</footer>"
    )
    assert page.name == "Juniper Bodywork"


def test_a_guest_in_another_house_keeps_its_own_name() -> None:
    page = extract_page(
        "<title>Document</title><h1>Juniper Massage @ Nest Wellness</h1><footer>© Juniper Massage @ Nest</footer>"
    )
    assert page.name == "Juniper Massage"


@pytest.mark.parametrize(
    ("body", "website"),
    [
        (
            (
                "<nav><a href='https://juniper-knots.org/about'>About</a><a href='https://juniper-knots.org/rates'>Rates</a>"
                "<a href='https://juniper-knots.org/book'>Book</a></nav>"
            ),
            "https://juniper-knots.org/",
        ),
        ("<h2>JuniperKnots.com</h2>", "https://juniperknots.com"),
        ("<p>I trained at massageschool.com</p>", None),
        ("<p>juniperknots.com@mail.example</p>", None),
    ],
)
def test_the_website_is_also_read_from_the_menu_and_from_print(body: str, website: str | None) -> None:
    assert (
        extract_page(f"<title>Juniper Knots</title><body>{body}<h1>Juniper Knots</h1><p>Massage.</p>").website
        == website
    )


def test_the_number_printed_outweighs_another_that_its_link_dials() -> None:
    page = extract_page("<h1>Juniper Massage</h1><a href='tel:+1-603-555-0199'>(603) 555-0111</a>")
    assert page.phones[0] == "+16035550111"


def test_a_shop_for_massagers_is_no_practice() -> None:
    page = extract_page(
        "<h1>JuniperMassage</h1><p>The massager that soothes tired heads.</p><button>Order now</button>"
        "<p>Lovely thing.</p><p>VERIFIED BUYER</p>"
    )
    assert page.hold_reasons == ("not a massage practice",)


def test_a_placeholder_for_an_address_holds_the_page() -> None:
    page = extract_page("<h1>Juniper Massage</h1><p>Email example@gmail.com for questions about massage.</p>")
    assert page.hold_reasons == ("template: placeholder text was left in",)
    assert page.emails == ()


def test_a_lone_heading_names_the_practice_where_nothing_else_does() -> None:
    page = extract_page("<title>About us</title><h1>About us</h1><h2>Juniper</h2><p>We are a small massage place.</p>")
    assert page.name == "Juniper"


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("8:00am-4:00pm, Mon-Sat", "Mo-Sa 08:00-16:00"),
        ("10:30am–8:30pm Monday–Friday", "Mo-Fr 10:30-20:30"),
        ("7 days<br>6am - 9pm", "Mo-Su 06:00-21:00"),
    ],
)
def test_hours_are_read_with_the_days_before_or_behind(line: str, hours: str) -> None:
    assert extract_page(f"<h1>Massage</h1><p>{line}</p>").opening_hours == hours


def test_a_gift_card_is_no_appointment() -> None:
    page = extract_page(
        "<h1>Massage</h1><a href='https://squareup.com/gift/ABC/order'>Book a gift</a>"
        "<a href='https://juniper.janeapp.com/'>Book now</a>"
    )
    assert page.booking_url == "https://juniper.janeapp.com/"


def test_a_page_without_head_and_body_tags_is_read_from_its_first_element() -> None:
    page = extract_page(
        "<title>Juniper Massage</title><header><a href='tel:6035550111'>603-555-0111</a></header>"
        "<main>12 Elm St, Concord, NH 03301</main>"
    )
    assert page.phones == ("+16035550111",)
    assert page.locations[0].street == "12 Elm St"


def test_a_long_list_of_searches_is_spam_and_a_menu_is_not() -> None:
    towns = [f"massage near town {number}" for number in range(40)]
    spam = extract_page(f"<h1>Juniper Massage</h1><p>Searches: {', '.join(towns)}</p>")
    assert spam.hold_reasons == ("keyword spam: a list of searches",)
    assert extract_page(f"<h1>Juniper Massage</h1><p>{', '.join(towns[:12])}</p>").publish


def test_massage_for_animals_alone_is_held() -> None:
    body = "<title>Juniper Equine Massage</title><p>Massage for your horse in Boise, ID.</p>"
    assert extract_page(body).hold_reasons == ("not a massage practice for people",)
    assert extract_page(body + "<p>Prenatal massage for riders, too.</p>").publish


def test_a_number_without_an_area_code_in_use_tells_of_abroad_beside_another_sign() -> None:
    body = "<h1>Juniper Massage</h1><p>Call 697 555 1346</p>"
    assert extract_page(body).publish
    assert not extract_page(body + "<p>juniper@massage.gr</p>").publish


@pytest.mark.parametrize(
    ("menu", "kind"),
    [
        ("Swedish, hot stone and aromatherapy massage", "relaxation"),
        ("Swedish, hot stone and deep tissue massage", "mixed"),
        ("Swedish, hot stone and aromatherapy massage. Relax. Sports massage. Lymphatic drainage.", "mixed"),
    ],
)
def test_techniques_of_treatment_beside_a_little_rest_make_a_mixed_practice(menu: str, kind: str) -> None:
    assert extract_page(f"<h1>Juniper Massage</h1><p>{menu}</p>").practice_kind.value == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("We are not a fluffy spa. Sports injuries and chronic pain are assessed and treated.", "medical"),
        ("Deep tissue massage for chronic pain after an injury. Aromatherapy and hot stones help you relax.", "mixed"),
        ("Therapeutic massage by appointment in a quiet studio off the main square of Juniper.", "mixed"),
        ("Massage by appointment in a small studio off the main square of Juniper, open on Mondays.", "unclear"),
    ],
)
def test_rest_that_is_denied_does_not_count_and_few_words_of_care_beside_rest_decide_nothing(
    body: str, kind: str
) -> None:
    assert extract_page(f"<h1>Juniper Studio</h1><p>{body}</p>").practice_kind.value == kind


@pytest.mark.parametrize(
    ("signed", "name"),
    [
        ("<footer>© 2026 Juniper Knots. All rights reserved.</footer>", "Juniper Knots"),
        ('<img src="/i/mark.png" alt="Juniper Knots Logo">', "Juniper Knots"),
        ('<img src="/i/logo.png" alt="a leaf">', "Myofascial Massage"),
    ],
)
def test_a_title_s_topic_gives_way_to_what_the_logo_or_the_copyright_line_says(signed: str, name: str) -> None:
    page = f"<title>Myofascial Massage | Juniper Knots</title>{signed}<h1>Myofascial Massage</h1><p>Slow and firm.</p>"
    assert extract_page(page).name == name


def test_letters_with_stops_belong_to_the_name_in_a_copyright_line() -> None:
    page = extract_page(
        "<title>Massage Therapy</title><p>Massage.</p><footer>© 2025 Ann Reed, D.C. All rights</footer>"
    )
    assert page.name == "Ann Reed, D.C"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<p>Massage at home. Phone: (xxx) xxx-xxxx</p>", "template"),
        ("<p>Massage at home. Swap the placeholder with your own clip.</p>", "template"),
        (
            (
                '<ul><li><a href="http://web.state.example.edu/~juniper/index.html">Home</a></li>'
                '<li><a href="http://web.state.example.edu/~juniper/massage.html">Massage</a></li></ul><p>Massage.</p>'
            ),
            "student work",
        ),
        ("<title>Sports Massage in Cape Town</title><p>Sports massage for every body.</p>", "out of region"),
        ("<p>Masaje relajante 55€, masaje deportivo 60€, drenaje 65€. Consulta.</p><p>Reserva 5€</p>", "out of region"),
        (
            '<html lang="es"><link rel="canonical" href="https://juniper.example.cl/masajes"><p>Masaje relajante.</p>',
            "out of region",
        ),
    ],
)
def test_pages_unfinished_made_for_study_or_from_abroad_are_held(body: str, reason: str) -> None:
    reasons = " ".join(extract_page(f"<h1>Juniper Massage</h1>{body}").hold_reasons)
    assert reason in reasons


@pytest.mark.parametrize(
    "body",
    [
        "<title>Massage in London</title><p>Massage at 12 Dundas Street, London, ON N6A 1A1, (519) 555-0123</p>",
        "<p>Thai massage as it is done in Bangkok, by Karen Bellamy, LMT, who trained in Cape Town.</p>",
        '<p>Massage. Our teacher: <a href="https://state.example.edu/~juniper/">her page</a></p>',
    ],
)
def test_a_city_or_a_school_named_by_the_way_holds_no_page(body: str) -> None:
    page = extract_page(f"<h1>Juniper Massage</h1>{body}", url="https://juniper.example/")
    assert not page.hold_reasons


def test_an_owner_s_title_is_no_part_of_the_name() -> None:
    body = (
        "<h1>About Karen Bellamy</h1><p>Owner of Juniper Center for Massage and Well-Being, Karen is a therapist.</p>"
    )
    assert extract_page(body).name == "Juniper Center for Massage and Well-Being"
