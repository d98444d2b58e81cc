"""The words behind which a pattern waits: whatever the pattern matches holds one of them."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crawler.extraction
from crawler.extraction import addresses, contacts, cues, holds, kind, licences, mentions
from crawler.extraction.cues import Gated
from crawler.extraction.document import Line, Section, clean

SEEN = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def _gates() -> Iterator[tuple[str, Gated]]:
    for module in pkgutil.iter_modules(crawler.extraction.__path__):
        for name, value in vars(importlib.import_module(f"crawler.extraction.{module.name}")).items():
            for at, gate in enumerate(value if isinstance(value, tuple) else (value,)):
                if isinstance(gate, Gated):
                    yield f"{module.name}.{name}.{at}", gate
    for sign in (*kind.MEDICAL, *kind.RELAXATION):
        if isinstance(sign.pattern, Gated):
            yield f"kind.{sign.cues[0]}", sign.pattern


GATES = dict(_gates())


def test_gates_are_in_use() -> None:
    assert len(GATES) >= 15
    assert any(gate in holds._SHOP for gate in GATES.values())


@pytest.mark.parametrize("name", GATES)
def test_whatever_a_gated_pattern_matches_passes_its_gate(name: str) -> None:
    gate = GATES[name]

    @SEEN
    @given(st.from_regex(gate.pattern, alphabet=st.characters(max_codepoint=0xFF)))
    def check(text: str) -> None:
        line = clean(text)  # as lines are: one plain space between words
        assert gate.may_match(line.lower()) or not gate.pattern.search(line)

    check()


@pytest.mark.parametrize(
    ("gate", "pattern"),
    [
        (contacts._PHONE_SIGN, contacts._PHONE),
        (contacts._WORDED_SIGN, contacts._WORDED_PHONE),
        (mentions._CODE_LIKE, mentions._REGION_CODE),
        (addresses._CA_POSTAL_END, addresses._CA_POSTAL),
    ],
)
def test_what_a_sign_stands_for_shows_the_sign(gate: re.Pattern[str], pattern: re.Pattern[str]) -> None:
    @SEEN
    @given(st.from_regex(pattern))
    def check(text: str) -> None:
        assert gate.search(text)

    check()


@SEEN
@given(st.from_regex(licences.TITLE, alphabet=st.characters(max_codepoint=0xFF)))
def test_every_title_is_found_behind_its_words(text: str) -> None:
    assert [found[0] for found in licences._find_titles(text)] == [found[0] for found in licences.TITLE.finditer(text)]


@SEEN
@given(st.from_regex(addresses._STREET, alphabet=st.characters(max_codepoint=0x7F)))
def test_every_street_in_ascii_has_one_of_the_words_of_streets(text: str) -> None:
    assert not addresses._STREET_WORDS.isdisjoint(addresses._LETTERS.findall(text.lower()))


PIECES = st.sampled_from(sorted(cues._SOUGHT))


@SEEN
@given(st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=6), st.sets(PIECES, max_size=4))
def test_pieces_are_found_on_the_lines_that_hold_them(texts: list[str], asked: set[str]) -> None:
    page = cues.Cues([Line(text, "p", Section.MAIN, 0) for text in texts])
    assert page.holding(cues.sought(*asked)) == {
        at for at, text in enumerate(texts) if any(piece in text for piece in asked)
    }
