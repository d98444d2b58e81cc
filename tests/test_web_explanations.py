"""Verdicts and citations in three languages: every sentence that verification can say is told, in whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from directory.jurisdictions import load_jurisdictions
from web.explanations import CITATION_NOTES, REASONS, SENTENCES, cite, retell
from web.language import LANGUAGE_NAMES, TRANSLATIONS, load_language

ROOT = Path(__file__).parents[1]
TELLERS = ("rules", "status", "practices", "combine", "cases", "wording")
REASONERS = ("directory/credentials/numbers.py", "directory/credentials/parse.py")
OTHERS = sorted(set(LANGUAGE_NAMES) - {"en"})
FOR_STAFF = ("is on the exclusion list",)  # a case that only reviewers see
SAMPLES = (  # what an open part stands for where it is no place
    (r"(: |register, |row has )Ohio\.$", rf"\1{REASONS[0]}."),
    (r"under Ohio\.$", "under this name and city."),
    (r"^Ohio register", "The Ohio register"),
)
NAMES = re.compile(r"(Board|Department|Code|Stat|Act|C\.R\.S|R\.?C\.?W|V\.S\.A|Del\. C)")


def list_writings(path: Path) -> Iterator[str]:
    """Every text of a module but its docstrings; an open part of an f-string is written as a sample."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "Ohio" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents | inner:
            yield node.value


def list_sentences() -> list[str]:
    """The sentences in verification's code; an open reason is one that is known."""
    writings = [text for module in TELLERS for text in list_writings(ROOT / "verification" / f"{module}.py")]
    sentences = [text for text in writings if re.match(r"[A-Z].* .*\.$", text)]
    told = [text for text in sentences if not any(words in text for words in FOR_STAFF)]
    for pattern, sample in SAMPLES:
        told = [re.sub(pattern, sample, text) for text in told]
    return told


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_that_verification_can_write_is_told(code: str) -> None:
    sentences = list_sentences()
    assert len(sentences) > 40
    assert [text for text in sentences if not retell(load_language(code), text)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_reason_that_a_number_is_refused_for_is_told(code: str) -> None:
    reasons = [
        text
        for path in REASONERS
        for text in list_writings(ROOT / path)
        if re.match(r"(it|its|the letters|a student|more than) ", text) and text.count(" ") > 3
    ]
    assert len(reasons) > 8
    language = load_language(code)
    assert [text for text in reasons if not retell(language, f"The number cannot be looked up: {text}.")] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_reason_and_note_is_translated_with_no_part_left_out(code: str) -> None:
    with (TRANSLATIONS / code / "facts.po").open("rb") as file:
        known = {str(message.id): str(message.string) for message in read_po(file, locale=code) if message.string}
    for message in (*SENTENCES, *REASONS, *CITATION_NOTES):
        parts = set(re.findall(r"\{(\w+)\}", known[message]))
        assert parts == set(re.findall(r"\{(\w+)\}", message)) or "profession" in message
        assert known[message] != message


def test_several_sentences_are_told_one_after_the_other() -> None:
    text = (
        "The New York register has this licence number under this name and city. It is valid until 2027-05-31, "
        "that day included. The register states no status: this is worked out from the expiry date."
    )
    assert retell(load_language("fr"), text) == (
        "Le registre (New York) contient ce numéro de permis sous ce nom et dans cette ville. "
        "Il est valable jusqu’au 31 mai 2027 inclus. "
        "Le registre n’indique pas de statut : il est déduit de la date d’expiration."
    )


def test_places_days_and_reasons_are_told_in_the_language_too() -> None:
    assert retell(load_language("es"), "Not found in the Pennsylvania register as of 2026-03-01.") == (
        "No figura en el registro de Pensilvania a fecha de 1 mar 2026."
    )
    assert retell(load_language("fr"), "The number cannot be looked up: it is a phone number.") == (
        "Le numéro ne peut pas être recherché : c’est un numéro de téléphone."
    )


def test_the_law_s_own_sentence_is_told_by_its_region() -> None:
    text = "Alberta has no massage register: nobody can check this title there. RMT is given by private associations, "
    told = retell(load_language("fr"), text + "each with its own rules.", region="AB")
    assert told.startswith("Alberta : aucun registre de massothérapie n’existe")


@pytest.mark.parametrize("text", ["Words that nobody wrote.", "A person will look at it. And more.", "{{7*7}} <b>"])
def test_words_that_nobody_translated_are_left_out_and_stay_in_english(text: str) -> None:
    assert retell(load_language("fr"), text) == ""
    assert retell(load_language("en"), text) == text


@pytest.mark.parametrize("code", OTHERS)
def test_a_citation_keeps_the_law_s_name_and_says_the_rest_in_the_language(code: str) -> None:
    language = load_language(code)
    assert cite(language, "RCW 18.108 (citation not yet confirmed)").startswith("RCW 18.108 (")
    for rule in load_jurisdictions().rules:
        told = cite(language, rule.citation)
        assert "secondary source" not in told
        assert "not yet confirmed" not in told
        assert told != rule.citation or NAMES.search(rule.citation), rule.citation
