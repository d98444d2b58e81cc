"""Finding wordings in running text: one word trie and a small grammar for parts of the body, compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from directory.vocabularies.folding import Gap, Word, fold_phrase
from directory.vocabularies.terms import Looseness

V = TypeVar("V")


class _Node(Generic[V]):
    __slots__ = ("children", "value")

    def __init__(self) -> None:
        self.children: dict[str, _Node[V]] = {}
        self.value: V | None = None


class PhraseTable(Generic[V]):
    """Phrases by their folded words; finds all that begin at a given word."""

    def __init__(self) -> None:
        self._root: _Node[V] = _Node()

    def set_default(self, words: Iterable[str], value: V) -> V:
        """The value of a phrase, `value` if it had none."""
        node = self._root
        for word in words:
            node = node.children.setdefault(word, _Node())
        if node.value is None:
            node.value = value
        return node.value

    def first_words(self) -> frozenset[str]:
        """The words that begin a phrase."""
        return frozenset(self._root.children)

    def second_words(self) -> dict[str, frozenset[str]]:
        """For each first word those that follow it in a phrase, with "" where it is a phrase by itself."""
        return {
            word: frozenset([*node.children, *([""] if node.value is not None else [])])
            for word, node in self._root.children.items()
        }

    def find_at(self, words: Sequence[Word], at: int) -> list[tuple[int, V]]:
        """(index after the phrase, value) of each phrase that begins at `at`, shortest first.

        A phrase doesn't run over a comma or the end of a sentence.
        """
        found: list[tuple[int, V]] = []
        node = self._root.children.get(words[at].folded)
        end = len(words)
        while node is not None:
            at += 1
            if node.value is not None:
                found.append((at, node.value))
            if at >= end or words[at].gap > Gap.SLASH:
                break
            node = node.children.get(words[at].folded)
        return found

    def find_longest_at(self, words: Sequence[Word], at: int) -> tuple[int, V] | None:
        """The longest phrase that begins at `at`."""
        found = self.find_at(words, at)
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of naming a term: which, in which language, and how sure it is."""

    term_id: str
    language: str
    looseness: Looseness


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of words `[first, after)` and the ids it names; `rank` breaks ties (lower first)."""

    first: int
    after: int
    term_ids: tuple[str, ...]
    rank: int


def choose_longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Non-overlapping candidates, longest first, in text order."""
    candidates = list(candidates)
    if len(candidates) < 2:
        return candidates
    taken: set[int] = set()
    chosen = []
    for candidate in sorted(candidates, key=lambda c: (c.first - c.after, c.rank, c.first)):
        span = range(candidate.first, candidate.after)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(candidate)
    return sorted(chosen, key=lambda c: c.first)


CONJUNCTIONS = frozenset({"and", "or", "et", "ou", "y", "e", "o"})


@dataclass
class BodyGrammar:
    """Part of the body + complaint, in either order, for one language (body.yml)."""

    parts: PhraseTable[tuple[str, ...]] = field(default_factory=PhraseTable)
    after: PhraseTable[str] = field(default_factory=PhraseTable)
    before: PhraseTable[str] = field(default_factory=PhraseTable)
    chronic: PhraseTable[str] = field(default_factory=PhraseTable)
    need_small_word: frozenset[tuple[str, ...]] = frozenset()

    def first_words(self) -> frozenset[str]:
        """The words that can begin a complaint."""
        return self.parts.first_words() | self.before.first_words() | self.chronic.first_words()

    def complaints(self) -> frozenset[str]:
        """The words one of which begins what is said of a part."""
        return self.before.first_words() | self.after.first_words()

    def find_at(self, words: Sequence[Word], at: int) -> list[Candidate]:
        """The complaint that begins at `at`, in either order, and one joined to it ("shoulder tension and pain")."""
        start, lasting = self._skip_chronic(words, at)
        complaint = self.before.find_longest_at(words, start)
        if complaint is not None:
            found = self._find_parts_after(words, at, start, complaint, lasting)
            return [found] if found else []
        listed = self._find_parts(words, start)
        if listed is None:
            return []
        end, parts = listed
        end, also_lasting = self._skip_chronic(words, end, joined=True)
        said = self._find_complaint(words, end)
        if said is None:
            return []
        ids = _name_ids(parts, said[1], lasting=lasting or also_lasting)
        candidates = [Candidate(at, said[0], ids, rank=1)]
        second = said[0] + 1
        if said[0] < len(words) and words[said[0]].folded in CONJUNCTIONS and words[said[0]].gap <= Gap.SLASH:
            said = self._find_complaint(words, second)
            if said is not None:
                candidates.append(Candidate(second, said[0], _name_ids(parts, said[1], lasting=lasting), rank=2))
        return candidates

    def _find_complaint(self, words: Sequence[Word], at: int) -> tuple[int, str] | None:
        if at >= len(words) or words[at].gap > Gap.SLASH:
            return None
        return self.after.find_longest_at(words, at)

    def _find_parts_after(
        self, words: Sequence[Word], at: int, start: int, complaint: tuple[int, str], lasting: bool
    ) -> Candidate | None:
        end, also_lasting = self._skip_chronic(words, complaint[0], joined=True)
        if end >= len(words) or words[end].gap > Gap.SLASH:
            return None
        said = tuple(word.folded for word in words[start : complaint[0]])
        if said in self.need_small_word and not words[end].after_small_word:
            return None
        listed = self._find_parts(words, end)
        if listed is None:
            return None
        return Candidate(at, listed[0], _name_ids(listed[1], complaint[1], lasting=lasting or also_lasting), rank=1)

    def _skip_chronic(self, words: Sequence[Word], at: int, *, joined: bool = False) -> tuple[int, bool]:
        if at >= len(words) or (joined and words[at].gap > Gap.SLASH):
            return at, False
        found = self.chronic.find_longest_at(words, at)
        if found is None or found[0] >= len(words) or (not joined and words[found[0]].gap > Gap.SLASH):
            return (found[0], True) if found is not None and joined else (at, False)
        return found[0], True

    def _find_parts(self, words: Sequence[Word], at: int) -> tuple[int, list[str]] | None:
        """A part or a list of parts ("neck, shoulders and upper back") that begins at `at`."""
        found = self.parts.find_longest_at(words, at) if at < len(words) else None
        if found is None:
            return None
        end, ids = found[0], list(found[1])
        while end < len(words) and words[end].gap < Gap.STOP:
            following = end
            if words[end].folded in CONJUNCTIONS:
                following += 1
            elif words[end].gap == Gap.SPACE:
                break
            found = self.parts.find_longest_at(words, following) if following < len(words) else None
            if found is None:
                break
            end = found[0]
            ids += found[1]
        return end, ids


def _name_ids(parts: Sequence[str], kind: str, *, lasting: bool) -> tuple[str, ...]:
    """The terms that a complaint of this kind means in these parts of the body."""
    if kind != "ache":
        return ("muscle-tension" if kind == "tight" else "limited-mobility",)
    chronic = ["chronic-pain"] if lasting and set(parts) != {"muscle-tension"} else []
    return tuple(dict.fromkeys([*parts, *chronic]))


def make_grammar(raw: Mapping[str, object]) -> BodyGrammar:
    """The grammar of one language from its block of body.yml."""
    grammar = BodyGrammar()
    parts = raw["parts"]
    assert isinstance(parts, Mapping)
    for term_id, phrases in parts.items():
        for phrase in phrases:
            grammar.parts.set_default(fold_phrase(phrase), (term_id,))
    for kind in ("ache", "tight", "stiff"):
        for table, key in ((grammar.after, kind), (grammar.before, f"{kind}_before")):
            for phrase in _read_phrases(raw, key):
                table.set_default(fold_phrase(phrase), kind)
    for phrase in _read_phrases(raw, "chronic"):
        grammar.chronic.set_default(fold_phrase(phrase), "chronic")
    grammar.need_small_word = frozenset(map(fold_phrase, _read_phrases(raw, "ache_before_with_gap")))
    return grammar


def _read_phrases(raw: Mapping[str, object], key: str) -> list[str]:
    phrases = raw[key]
    assert isinstance(phrases, list)
    return phrases
