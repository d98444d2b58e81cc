"""What holds for any text at all."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.vocabularies import load_vocabulary
from directory.vocabularies.folding import fold_word, split_words

VOCABULARY = load_vocabulary()
CALM = settings(deadline=None)  # a busy machine is slow, not wrong
SURE = sorted({text for term in VOCABULARY.terms.values() for texts in term.synonyms.values() for text in texts})
MIXED = st.lists(st.one_of(st.sampled_from(SURE), st.text(max_size=12)), max_size=8).map(" ".join)


@CALM
@given(MIXED, st.booleans())
def test_spans_lie_in_the_text_in_order_and_never_overlap(text: str, loose: bool) -> None:
    matches = VOCABULARY.find_terms(text, loose=loose)
    spans = sorted({(match.start, match.end) for match in matches})
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert [match.start for match in matches] == sorted(match.start for match in matches)
    assert all(match.text == text[match.start : match.end] for match in matches)
    assert len({(match.start, match.term.id) for match in matches}) == len(matches)


@CALM
@given(st.sampled_from(SURE))
def test_case_accents_and_hyphens_do_not_matter(wording: str) -> None:
    expected = [match.term.id for match in VOCABULARY.find_terms(wording)]
    for written in (wording.upper(), wording.title(), unicodedata.normalize("NFD", wording), wording.replace(" ", "-")):
        assert [match.term.id for match in VOCABULARY.find_terms(written)] == expected, written


@CALM
@given(st.sampled_from(SURE), st.sampled_from(["We also offer: ", "Nous offrons : ", "«", "– "]))
def test_what_stands_before_a_colon_or_quote_does_not_matter(wording: str, before: str) -> None:
    expected = [match.term.id for match in VOCABULARY.find_terms(wording)]
    assert [match.term.id for match in VOCABULARY.find_terms(before + wording)] == expected


@CALM
@given(st.text(max_size=30))
def test_folding_gives_small_plain_words(word: str) -> None:
    assert all(part.folded == part.folded.lower() for part in split_words(word))


@CALM
@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_folding_does_not_see_case(word: str) -> None:
    assert fold_word(word.upper()) == fold_word(word.title()) == fold_word(word)


@CALM
@given(st.text(max_size=200))
def test_words_carry_their_place(text: str) -> None:
    for word in split_words(text):
        assert text[word.start : word.end].strip()
        assert word.folded


@CALM
@given(st.text(alphabet="ABCDEFGMTVZ0123456789. -", max_size=20))
def test_a_code_found_is_a_code_of_ours(text: str) -> None:
    for match in VOCABULARY.find_codes(text):
        assert text[match.start : match.end].upper() == match.code
        assert match.terms == VOCABULARY.find_by_icd10(match.code)
        assert match.terms
