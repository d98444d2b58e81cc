"""Terms of the vocabulary found although they are misspelt."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.names.tables import is_family, is_given
from directory.vocabularies import Term, Vocabulary
from search import analysis
from search.wordings import EVERYDAY_WORDS

SHORTEST = 5


class Speller:
    """Every wording of every term, by its folded writing."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._terms: dict[str, Term] = {}
        for term in (*vocabulary.conditions.values(), *vocabulary.techniques.values()):
            wordings = (
                *term.labels.values(),
                term.label,
                *(text for texts in term.synonyms.values() for text in texts),
            )
            for wording in wordings:
                key = self._fold(wording)
                if len(key) >= SHORTEST:
                    self._terms.setdefault(key, term)
        self._known = list(self._terms)

    @staticmethod
    @lru_cache(maxsize=4)
    def of(vocabulary: Vocabulary) -> Speller:
        """The speller of a vocabulary, made once."""
        return Speller(vocabulary)

    @staticmethod
    def _fold(text: str) -> str:
        return " ".join(analysis.fold(text).split())

    def find(self, text: str) -> tuple[Term, str] | None:
        """The term with the wording that is one wrong letter away, or two in a long one; its first letter holds.

        A name or an everyday word is what it is: Maria, Gaston and plates are no slips of marma, Graston and Pilates.
        """
        written = self._fold(text)
        if len(written) < SHORTEST or any(char.isdigit() for char in written):
            return None
        if written in EVERYDAY_WORDS or is_given(written) or is_family(written):
            return None
        most = 1 if len(written) < 8 else 2
        found = process.extract(written, self._known, scorer=OSA.distance, score_cutoff=most, limit=5)
        best = next((wording for wording, _, _ in found if _may_be_meant(written, wording)), None)
        return (self._terms[best], best) if best else None


def _may_be_meant(written: str, wording: str) -> bool:
    """Whether no word of a wording is a slip in every second letter: "desk work" is not "deep work"."""
    if written[0] != wording[0]:
        return False
    ours, theirs = written.split(), wording.split()
    return len(ours) != len(theirs) or all(
        OSA.distance(one, other) * 3 <= max(len(one), len(other), 3) for one, other in zip(ours, theirs, strict=True)
    )
