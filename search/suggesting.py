"""Suggestions while one types: what it may be (a condition, a technique), who, and where."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from directory.places import Gazetteer
from directory.vocabularies import Term, Vocabulary
from search import analysis
from search.interface import Reader, Suggestion
from search.understanding import clean_text

MOST = 10
SHARES = {"term": 4, "name": 4, "place": 3}  # so that no kind crowds out the others


class _Wordings:
    """Every wording of every term, sorted by its folded writing."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        pairs = {
            (" ".join(analysis.tokenize_names(wording)), term.id)
            for term in vocabulary.terms.values()
            for texts in (tuple(term.labels.values()), *term.synonyms.values(), *term.loose.values())
            for wording in texts
        }
        self._sorted = sorted(pairs)
        self._keys = [key for key, _ in self._sorted]
        self._terms = vocabulary.terms

    @staticmethod
    @lru_cache(maxsize=4)
    def of(vocabulary: Vocabulary) -> _Wordings:
        """The wordings of a vocabulary, made once."""
        return _Wordings(vocabulary)

    def find(self, typed: str, limit: int) -> list[tuple[Term, str]]:
        """Terms with a wording that begins like `typed`; where there is none, one wrong letter is forgiven."""
        start = bisect_left(self._keys, typed)
        found: dict[str, str] = {}
        for key, term_id in self._sorted[start : start + 400]:
            if not key.startswith(typed):
                break
            found.setdefault(term_id, key)
        if not found and len(typed) >= 4:
            for key, term_id in self._sorted:
                if key[0] == typed[0] and _begins_nearly(key, typed):
                    found.setdefault(term_id, key)
        ranked = sorted(found.items(), key=lambda pair: (len(pair[1]), pair[1], pair[0]))
        return [(self._terms[term_id], key) for term_id, key in ranked[:limit]]


def _begins_nearly(key: str, typed: str) -> bool:
    return any(OSA.distance(key[:size], typed, score_cutoff=1) <= 1 for size in range(len(typed) - 1, len(typed) + 2))


def suggest(
    reader: Reader, gazetteer: Gazetteer, vocabulary: Vocabulary, text: str, *, language: str = "en", limit: int = MOST
) -> Sequence[Suggestion]:
    """At most ten things that `text` may become: conditions and techniques in patients' words, names, places."""
    typed = " ".join(analysis.tokenize_names(clean_text(text)[:80]))
    limit = min(limit, MOST)
    if not typed or limit < 1:
        return ()
    terms = [
        Suggestion(kind=term.kind.value, id=term.id, label=term.get_label(language), text=term.get_label(language))
        for term, _ in _Wordings.of(vocabulary).find(typed, limit)
    ]
    names = list(reader.suggest(typed, limit=limit)) if len(typed) >= 2 else []
    places = [
        Suggestion(kind="place", id=place.label, label=place.label, text=place.label)
        for place in (gazetteer.suggest_places(typed, limit) if len(typed) >= 2 else [])
    ]
    groups = {"term": terms, "name": names, "place": places}
    chosen = [item for kind, items in groups.items() for item in items[: SHARES[kind]]][:limit]
    spare = [item for kind, items in groups.items() for item in items[SHARES[kind] :]]
    return (*chosen, *spare[: limit - len(chosen)])
