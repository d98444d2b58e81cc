"""One box of words: what is understood of it, with chips that say from which words."""

from __future__ import annotations

import pytest

from directory.places import Gazetteer, load_gazetteer
from directory.vocabularies import Vocabulary, load_vocabulary
from search.suggesting import suggest
from search.understanding import Understood, understand
from tests.search_engines import make_alias, open_test_engine, publish_all


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def ask(text: str, near: str = "") -> Understood:
    return understand(text, load_vocabulary(), load_gazetteer(), near=near)


@pytest.mark.parametrize(
    ("text", "terms", "place", "rest"),
    [
        ("trapped nerve near Stony Plain", ["nerve-compression"], "Stony Plain, AB", ""),
        ("low back pain near Denver", ["low-back-pain"], "Denver, CO", ""),
        ("sciatica Denver CO", ["sciatica"], "Denver, CO", ""),
        ("scatica near denver", ["sciatica"], "Denver, CO", ""),
        ("deep tisue masage denver co", ["deep-tissue"], "Denver, CO", ""),
        ("canal carpien près de Montréal", ["carpal-tunnel"], "Montréal, QC", ""),
        ("dolor de espalda cerca de Miami", ["back-pain"], "Miami, FL", ""),
        ("MLD Vodder T7Z", ["manual-lymphatic-drainage"], "Stony Plain, AB T7Z", ""),
        ("M54.41 within 10 km of Denver", ["sciatica"], "Denver, CO", ""),
        ("pins and needles in my hand near me", ["carpal-tunnel"], None, ""),
        ("Monroe NC", [], "Monroe, NC", ""),
        ("zebra whisperer", [], None, "zebra whisperer"),
        ("j'ai mal à la nuque Montréal", ["neck-pain"], "Montréal, QC", ""),
        ("J’ai mal au dos Montréal", ["back-pain"], "Montréal, QC", ""),
        ("massothérapeute pour la sciatique à Montréal", ["sciatica"], "Montréal, QC", ""),
        ("sciatica Niagara Falls Ontario", ["sciatica"], "Niagara Falls, ON", ""),
        ("slip and fall Sioux Falls SD", ["fall-injury"], "Sioux Falls, SD", ""),
        ("zip 67203 cupping", ["cupping"], "Wichita, KS 67203", ""),
        ("ICD-10: M54.31 Tacoma", ["sciatica"], "Tacoma, WA", ""),
        ("Parkinson's massage Toronto", ["parkinsons"], "Toronto, ON", ""),
        ("can't fall asleep Seattle", ["insomnia"], "Seattle, WA", ""),
        ("M54.6 Tacoma WA", ["back-pain"], "Tacoma, WA", ""),
        ("massage covered by blue cross seattle", [], "Seattle, WA", "blue cross"),
        ("massage that helps with whiplash Seattle", ["whiplash"], "Seattle, WA", ""),
    ],
)
def test_patients_words_become_terms_and_a_place(text: str, terms: list[str], place: str | None, rest: str) -> None:
    answer = ask(text)
    assert [*answer.conditions, *answer.techniques] == terms
    assert (answer.place.label if answer.place else None) == place
    assert answer.text == rest


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("my hubby slipped a disk last week", ["disc-disorder"]),
        ("pins and needles in both hands at night", ["nerve-compression"]),
        ("jaw keeps locking up", ["jaw-pain"]),
        ("massothérapeute pour tendinite au coude", ["tendinitis"]),
        ("dolor de mandíbula al masticar", ["jaw-pain"]),
    ],
)
def test_words_that_tell_of_a_complaint_filter_nobody(text: str, terms: list[str]) -> None:
    answer = ask(text)
    assert [*answer.conditions, *answer.techniques] == terms
    assert answer.text == ""


def test_such_words_stay_words_where_no_complaint_was_understood_or_where_they_are_names() -> None:
    assert ask("somebody for hands Denver").text == "hands"
    assert ask("deep tissue Guy Denver").text == "Guy"


@pytest.mark.parametrize("text", ["takes Blue Cross", "accepts aetna", "therapist who takes PIP", "reçus d'assurance"])
def test_whoever_takes_an_insurer_takes_insurance(text: str) -> None:
    assert ask(text).insurance


def test_an_insurers_name_is_sought_in_what_the_entries_say() -> None:
    assert ask("sciatica takes Blue Cross Denver").text == "Blue Cross"
    assert not ask("not covered by blue cross").insurance


@pytest.mark.parametrize(
    ("text", "place", "rest"),
    [
        ("after surgery Wilmington, DE", "Wilmington, DE", ""),
        ("wilmington de sciatica", "Wilmington, DE", ""),
        ("gentle unhurried sciatica Denver", "Denver, CO", "gentle unhurried"),
        ("Fairbairn Denver", "Denver, CO", "Fairbairn"),
        ("rear ended on I-5 Seattle WA", "Seattle, WA", "I-5"),
        ("pinched nerve zzyzx Stony Plain", "Stony Plain, AB", "zzyzx"),
        ("trapped nerve zzyzx stony plain", "Stony Plain, AB", "zzyzx"),
        ("deep tissue in Denver in the evening", "Denver, CO", "evening"),
        ("Denver in the evening sciatica", "Denver, CO", "evening"),
        ("sciatica las vegas", "Las Vegas, NV", ""),
        ("La Jolla sciatica", "La Jolla, CA", ""),
        ("salt lake city prenatal", "Salt Lake City, UT", ""),
        ("Grand Rapids prenatal Monday", "Grand Rapids, MI", "Monday"),
        ("whiplash portland or", "Portland, OR", ""),
        ("mobile massage denver", "Denver, CO", "mobile"),
        ("mobile massage", None, "mobile"),
        ("Mobile AL whiplash", "Mobile, AL", ""),
        ("headache Paradise", None, "Paradise"),
        ("sciatica hope", None, "hope"),
        ("help us with sciatica", None, ""),
        ("sciatica Texas", "Texas", ""),
        ("massage AB", "Alberta", ""),
        ("Denver massage", "Denver, CO", ""),
        ("Stony Plain RMT", "Stony Plain, AB", ""),
        ("Wildrose Clinical", None, "Wildrose"),
        ("wildrose clinical", None, "wildrose"),
        ("Wildrose ND", "Wildrose, ND", ""),
        ("Denver Wellness Collective", None, "Denver Wellness Collective"),
        ("Boulder Bodyworks", None, "Boulder Bodyworks"),
        ("Virginia Smith", None, "Virginia Smith"),
        ("Masaje Medico del Puente", None, "del Puente"),
    ],
)
def test_a_place_without_a_preposition_is_read_where_nothing_speaks_against_it(
    text: str, place: str | None, rest: str
) -> None:
    answer = ask(text)
    assert (answer.place.label if answer.place else None, answer.text) == (place, rest)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("Wildrose", "Wildrose, ND", None),
        ("Boulder Bodyworks", None, "Boulder, CO"),
        ("Fairbairn Denver", "Denver, CO", None),
        ("mobile massage denver", "Denver, CO", None),
    ],
)
def test_words_that_may_be_a_place_or_a_name_are_read_both_ways(
    text: str, first: str | None, second: str | None
) -> None:
    answer = ask(text)
    assert answer.otherwise is not None
    assert (answer.place.label if answer.place else None) == first
    assert (answer.otherwise.place.label if answer.otherwise.place else None) == second


@pytest.mark.parametrize("text", ["sciatica Denver", "neck pain Halifax NS", "sciatica Stony Plain", "near Wildrose"])
def test_a_plain_place_has_no_second_reading(text: str) -> None:
    answer = ask(text)
    assert answer.place is not None
    assert answer.otherwise is None


def test_the_name_before_letters_is_told_from_the_place_after_them() -> None:
    answer = ask("Ana Sampleton LMT Wilmington DE")
    assert (answer.name, answer.credentials, answer.text) == ("Ana Sampleton", ("LMT",), "")
    assert answer.place is not None
    assert answer.place.label == "Wilmington, DE"


@pytest.mark.parametrize(
    ("text", "radius_km"),
    [
        ("neck pain within 10 km of Boston", 10),
        ("neck pain within 5 miles of Boston", 8.04672),
        ("10 mi from 98660", 16.09344),
        ("masaje a menos de 15 km de Miami", 15),
        ("massage à moins d'un kilomètre de Montréal", 1),
        ("massage within half a mile of 80202", 0.804672),
        ("within ten miles of Boston", 16.09344),
        ("Ten Miles Massage Boston", None),
        ("neck pain near Boston", None),
    ],
)
def test_a_distance_is_read_in_either_unit(text: str, radius_km: float | None) -> None:
    answer = ask(text)
    assert answer.place is not None
    assert answer.radius_km == (pytest.approx(radius_km) if radius_km else None)


def test_an_ambiguous_place_is_asked_back_and_sets_no_distance() -> None:
    answer = ask("sciatica Springfield")
    assert answer.place is None
    assert len(answer.places) > 1
    assert all(place.label.startswith("Springfield") for place in answer.places)


def test_a_place_given_apart_is_the_place() -> None:
    assert ask("sciatica", near="80202").place == load_gazetteer().resolve("80202").place
    assert ask("sciatica", near="nowhere at all").unknown_place == "nowhere at all"


def test_a_name_with_letters_after_it_is_a_name() -> None:
    answer = ask("Dana Whitfield LMT")
    assert (answer.name, answer.credentials, answer.text) == ("Dana Whitfield", ("LMT",), "")


@pytest.mark.parametrize(
    ("text", "letters"), [("R.M.T. in Edmonton", "RMT"), ("Hollingworth L.M.T.", "LMT"), ("bctmb seattle", "BCTMB")]
)
def test_letters_are_read_with_dots_and_in_lower_case(text: str, letters: str) -> None:
    assert ask(text).credentials == (letters,)


@pytest.mark.parametrize(
    "text",
    [
        "covered by insurance",
        "bills auto insurance",
        "direct billing",
        "insurance-covered",
        "extended health benefits",
        "in-network",
        "PIP claim",
        "que acepte seguro",
        "con seguro médico",
        "avec reçu d'assurance",
        "qui accepte les assurances",
    ],
)
def test_whoever_asks_for_insurance_is_understood(text: str) -> None:
    answer = ask(f"neck pain {text} Denver CO")
    assert (answer.insurance, answer.text, answer.conditions) == (True, "", ("neck-pain",))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Spanish-speaking massage therapist Denver CO", "es"),
        ("terapeuta que hable español Denver CO", "es"),
        ("massothérapeute qui parle français Denver CO", "fr"),
        ("speaks Vietnamese Denver CO", "vi"),
    ],
)
def test_a_language_is_a_filter(text: str, code: str) -> None:
    answer = ask(text)
    assert (answer.languages, answer.text) == ((code,), "")
    assert answer.place is not None
    assert answer.place.label == "Denver, CO"


def test_a_language_alone_is_text() -> None:
    assert ask("Spanish Denver CO").languages == ()


@pytest.mark.parametrize("text", ["no insurance", "I don't have insurance", "sin seguro", "sans assurance", "self-pay"])
def test_whoever_has_no_insurance_asks_for_nobody_who_takes_it(text: str) -> None:
    answer = ask(f"deep tissue {text} Boulder CO")
    assert not answer.insurance
    assert answer.techniques == ("deep-tissue",)


def test_insurance_and_verification_are_filters() -> None:
    answer = ask("verified lymphedema therapist 80202 takes insurance")
    assert answer.insurance
    assert answer.verified
    assert answer.conditions == ("lymphedema",)


def test_every_chip_shows_the_words_it_was_read_from() -> None:
    text = "trapped nerve within 10 km of Denver takes insurance"
    chips = {chip.kind: chip for chip in ask(text).chips}
    assert set(chips) == {"condition", "place", "radius", "insurance"}
    for kind in ("condition", "insurance"):
        assert chips[kind].text in text


@pytest.mark.parametrize("text", ["Maria", "Gaston", "Fatima", "plates", "desk work", "typing", "necklace"])
def test_a_name_or_an_everyday_word_is_no_slip_of_a_complaint(text: str) -> None:
    assert ask(f"{text} near Denver").conditions == ()
    assert ask(f"{text} near Denver").techniques == ()


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("pain down the back of my leg", "sciatica"),
        ("my shoulder is stuck", "frozen-shoulder"),
        ("diabetic feet tingling", "neuropathy"),
        ("hamstring tear", "strain"),
        ("fourmis dans les doigts", "carpal-tunnel"),
        ("me duele todo el cuerpo", "fibromyalgia"),
    ],
)
def test_a_complaint_in_a_patients_words_is_one_condition(words: str, term: str) -> None:
    assert ask(f"{words} near Denver").conditions == (term,)


def test_suggestions_mix_terms_names_and_places(
    gazetteer: Gazetteer, vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory
) -> None:
    alias = make_alias()
    engine = open_test_engine("embedded", tmp_path_factory.mktemp("search"), "", alias)
    publish_all(engine, alias, [])
    reader = engine.open_reader()
    for typed, kind, found in (
        ("scia", "condition", "sciatica"),
        ("siatica", "condition", "sciatica"),
        ("trapped ne", "condition", "nerve-compression"),
        ("myofas", "technique", "myofascial-release"),
        ("stony pl", "place", "Stony Plain, AB"),
    ):
        suggestions = suggest(reader, gazetteer, vocabulary, typed)
        assert (kind, found) in {(item.kind, item.id) for item in suggestions}, typed
        assert len(suggestions) <= 10
