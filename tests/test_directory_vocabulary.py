"""The vocabulary: ids that hold, codes that exist, and what patients and practices write."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import pytest

from directory.vocabularies import Term, TermKind, load_vocabulary

with warnings.catch_warnings():
    # The package reads its table in a way that Python deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    import simple_icd_10_cm as icd10

FIXTURES = Path(__file__).parent / "fixtures" / "directory"
VOCABULARY = load_vocabulary()
TERMS = list(VOCABULARY.terms.values())


def find(text: str, language: str | None = None, *, loose: bool = False) -> list[str]:
    return [match.term.id for match in VOCABULARY.find_terms(text, language, loose=loose)]


def test_ids_and_labels_hold() -> None:
    with (FIXTURES / "vocabulary_ids.tsv").open(encoding="utf-8", newline="") as file:
        held = {(row["kind"], row["id"], row["label"]) for row in csv.DictReader(file, delimiter="\t")}
    assert {(term.kind, term.id, term.label) for term in TERMS} == held


def test_conditions_and_techniques_are_apart_and_complete() -> None:
    assert set(VOCABULARY.conditions) | set(VOCABULARY.techniques) == set(VOCABULARY.terms)
    assert {term.kind for term in VOCABULARY.conditions.values()} == {TermKind.CONDITION}
    assert {term.kind for term in VOCABULARY.techniques.values()} == {TermKind.TECHNIQUE}


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.id)
def test_every_term_speaks_three_languages(term: Term) -> None:
    assert set(term.labels) == set(term.definitions) == {"en", "fr", "es"}
    assert all(definition.endswith(".") for definition in term.definitions.values())
    assert set(term.cautions_by_language) == {"en", "fr", "es"}
    assert len({len(cautions) for cautions in term.cautions_by_language.values()}) == 1
    wordings = [*term.synonyms.items(), *term.loose.items(), *term.items.items()]
    assert {language for language, _ in wordings} <= {"en", "fr", "es", "any"}
    assert all(isinstance(text, str) and text == text.strip() and text for _, texts in wordings for text in texts)


@pytest.mark.parametrize("term", [term for term in TERMS if term.icd10cm], ids=lambda term: term.id)
def test_every_code_prefix_is_in_the_classification(term: Term) -> None:
    for prefix in term.icd10cm:
        assert all(icd10.is_valid_item(code) for code in prefix.split("-")), prefix


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.id)
def test_every_wording_finds_its_term(term: Term) -> None:
    for looseness, by_language in ((False, term.synonyms), (True, term.loose)):
        for language, texts in by_language.items():
            for text in texts:
                assert term.id in find(text, None if language == "any" else language, loose=looseness), text
    for label_language, label in term.labels.items():
        as_entry = [match.term.id for match in VOCABULARY.find_item_terms(label, label_language)]
        assert term.id in {*as_entry, *find(label, label_language, loose=True)}, label


@pytest.mark.parametrize("term", [term for term in TERMS if term.items], ids=lambda term: term.id)
def test_a_list_entry_means_more_than_the_same_word_in_a_sentence(term: Term) -> None:
    for language, texts in term.items.items():
        for text in texts:
            assert term.id in {match.term.id for match in VOCABULARY.find_item_terms(text, language)}, text


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("slipped disc", {"disc-disorder"}),
        ("trapped nerve near Stony Plain", {"nerve-compression"}),
        ("my hand: pins and needles in my fingers", {"carpal-tunnel"}),
        ("tight shoulders", {"muscle-tension"}),
        ("car accident", {"motor-vehicle-injury"}),
        ("TMJ", {"jaw-pain"}),
        ("desk neck", {"neck-pain"}),
        ("chronic neck and shoulder pain", {"neck-pain", "shoulder-pain", "chronic-pain"}),
        ("low back and hip discomfort", {"low-back-pain", "hip-pain"}),
        ("pain in my lower back, hips and knees", {"low-back-pain", "hip-pain", "knee-pain"}),
        ("back & joint pain", {"back-pain", "joint-pain"}),
        ("my neck hurts", {"neck-pain"}),
        ("shoulder/neck pain", {"shoulder-pain", "neck-pain"}),
        ("joint stiffness", {"limited-mobility"}),
        ("chronic tension", {"muscle-tension"}),
        ("shoulder tension and pain", {"muscle-tension", "shoulder-pain"}),
        ("tennis elbow, hip pain", {"tennis-elbow", "hip-pain"}),
        ("neck pain and tension headaches", {"neck-pain", "headache"}),
        ("me duele la espalda baja", {"low-back-pain"}),
        ("douleurs au cou et aux épaules", {"neck-pain", "shoulder-pain"}),
        ("mal d’épaule", {"shoulder-pain"}),
        ("Parkinson’s", {"parkinsons"}),
        ("after my operation", {"post-operative"}),
    ],
)
def test_patients_words_are_understood(words: str, ids: set[str]) -> None:
    assert set(find(words, loose=True)) == ids


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("Dr. Vodder Method", {"manual-lymphatic-drainage"}),
        ("MLD (Földi)", {"manual-lymphatic-drainage"}),
        ("foeldi", {"manual-lymphatic-drainage"}),
        ("Graston Technique®", {"instrument-assisted"}),
        ("Active Release Technique", {"active-release"}),
        ("Rolfing® Structural Integration", {"structural-integration"}),
        ("CST with SomatoEmotional Release", {"craniosacral"}),
        ("PNMT", {"neuromuscular"}),
        ("massage suédois aux pierres chaudes", {"swedish", "hot-stone"}),
        ("drenaje linfático", {"manual-lymphatic-drainage"}),
        ("piedras calientes", {"hot-stone"}),
        ("hotstone and lomilomi", {"hot-stone", "lomi-lomi"}),
        ("DEEP-TISSUE", {"deep-tissue"}),
        ("Thai & Swedish combination", {"thai", "swedish"}),
        ("a shiatsu massage", {"shiatsu"}),
    ],
)
def test_practices_wordings_are_understood(words: str, ids: set[str]) -> None:
    assert set(find(words)) == ids


@pytest.mark.parametrize(
    "text",
    [
        "We answer all your back and forth questions on our feedback page.",
        "Stretching far across the valley, our hands are on deck.",
        "It hurts to say goodbye. Back on track we go.",
        "State of the art equipment in a medical building.",
        "Sports fans welcome; expecting a call?",
        "Sit back and let the pressure off.",
    ],
)
def test_loose_words_in_running_text_prove_nothing(text: str) -> None:
    assert find(text) == []


def test_a_loose_word_counts_where_the_caller_asks() -> None:
    assert find("back") == []
    assert find("back", loose=True) == ["back-pain"]


def test_the_longest_wording_wins() -> None:
    assert find("lower back pain") == ["low-back-pain"]
    assert find("tension headaches") == ["headache"]
    assert find("scar tissue massage") == ["scar-massage"]


def test_a_wording_does_not_run_over_a_full_stop() -> None:
    assert "back-pain" not in find("Leave the pain. Back to life")
    assert "deep-tissue" not in find("We go deep. Tissue is kind")


def test_a_language_keeps_to_its_own_wordings_and_brand_names() -> None:
    assert find("massage suédois et shiatsu", "fr") == ["swedish", "shiatsu"]
    assert find("massage suédois et shiatsu", "en") == ["shiatsu"]


def test_spans_point_into_the_original_text() -> None:
    text = "Massothérapie : l’arthrite, le mal de dos…"
    assert [text[m.start : m.end] for m in VOCABULARY.find_terms(text)] == ["arthrite", "mal de dos"]


@pytest.mark.parametrize(
    ("code", "ids"),
    [
        ("M54.41", ["sciatica"]),
        ("m5441", ["sciatica"]),
        ("G56.01", ["carpal-tunnel", "nerve-compression"]),
        ("G54.0", ["thoracic-outlet", "nerve-compression"]),
        ("M17.11", ["arthritis"]),
        ("C50.911", ["cancer-care"]),
        ("F43.10", ["ptsd"]),
        ("M77.11", ["tennis-elbow", "tendinitis"]),
        ("A00", []),
        ("M5V", []),
        ("not a code", []),
        ("", []),
    ],
)
def test_a_code_gives_its_terms_most_specific_first(code: str, ids: list[str]) -> None:
    assert [term.id for term in VOCABULARY.find_by_icd10(code)] == ids


def test_a_broad_code_gives_what_lies_under_it() -> None:
    found = {term.id for term in VOCABULARY.find_by_icd10("M54")}
    assert found == {"nerve-compression", "back-pain", "low-back-pain", "neck-pain", "sciatica"}


def test_every_prefix_finds_its_term() -> None:
    for term in TERMS:
        for prefix in term.icd10cm:
            assert term in VOCABULARY.find_by_icd10(prefix.split("-")[0])


def test_codes_are_found_in_a_text_and_postal_prefixes_are_not() -> None:
    found = VOCABULARY.find_codes("M54.41 near M5V 2T6, or G560; T7Z 1A1; call 555-0100")
    assert [(code.code, code.terms[0].id) for code in found] == [("M54.41", "sciatica"), ("G560", "carpal-tunnel")]
