"""Conditions and techniques: one vocabulary for patients' words, practices' wordings and physicians' codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from directory.vocabularies.folding import FoldedText, fold_phrase
from directory.vocabularies.icd10 import CODE_IN_TEXT, measure_prefix, parse_code
from directory.vocabularies.matching import BodyGrammar, Candidate, PhraseTable, Wording, choose_longest, make_grammar
from directory.vocabularies.terms import CodeMatch, Looseness, Term, TermKind, TermMatch

__all__ = ["CodeMatch", "FoldedText", "Looseness", "Term", "TermKind", "TermMatch", "Vocabulary", "load_vocabulary"]

_FOLDER = Path(__file__).parent
_TERM_KEYS = {"label", "definition", "icd10cm", "cautions", "see_doctor_first", "synonyms", "loose", "items"}
# Words around a list entry that don't change what it names: "Sports massage sessions", "Custom cupping treatment".
_FILLERS = frozenset(
    fold_phrase(
        "massage massages massotherapy therapy therapies treatment treatments session sessions service services work "
        "care relief therapeutic traditional custom add on addon minute minutes min mins hour technique techniques "
        "massothérapie soin soins traitement thérapie séance masaje masajes terapia tratamiento sesión"
    )
)

_NOTHING: frozenset[str] = frozenset()
_IN_TEXT = frozenset({Looseness.SURE})
_IN_SEARCH = frozenset({Looseness.SURE, Looseness.LOOSE})
_AS_ENTRY = frozenset({Looseness.SURE, Looseness.ITEM})


class Vocabulary:
    """All terms, and the ways to find them in a text or by a code."""

    def __init__(self, terms: Iterable[Term], grammars: Mapping[str, BodyGrammar]) -> None:
        self.terms = {term.id: term for term in terms}
        self.conditions = {term.id: term for term in self.terms.values() if term.kind == TermKind.CONDITION}
        self.techniques = {term.id: term for term in self.terms.values() if term.kind == TermKind.TECHNIQUE}
        self._grammars = dict(grammars)
        self._phrases: PhraseTable[list[Wording]] = PhraseTable()
        for term in self.terms.values():
            self._add_wordings(term)
        self._grammars_by_language: dict[str | None, list[tuple[BodyGrammar, frozenset[str]]]] = {}
        # what each phrase names to a caller's language and looseness, filled as asked for
        self._ids_by_choice: dict[tuple[str | None, frozenset[Looseness]], dict[int, tuple[str, ...]]] = {}
        self._seconds = self._phrases.second_words()
        self._singles = frozenset(word for word, following in self._seconds.items() if "" in following)
        self._pairs = frozenset((word, other) for word, following in self._seconds.items() for other in following)
        self._complaints = [(grammar.first_words(), grammar.complaints()) for grammar in self._grammars.values()]
        self._says = frozenset[str]().union(*(says for _, says in self._complaints))
        self._starts = self._phrases.first_words().union(*(starts for starts, _ in self._complaints))

    def may_name(self, text: FoldedText) -> bool:
        """Whether `text` can hold a wording, by its pairs of words: false spares the search, true promises nothing."""
        words, pairs = text.folded, self._pairs
        if not (self._singles.isdisjoint(words) and pairs.isdisjoint(pairwise(words))):
            return True
        if not self._says.isdisjoint(words) and any(
            not (starts.isdisjoint(words) or says.isdisjoint(words)) for starts, says in self._complaints
        ):
            return True
        core = [word for word in words if word not in _FILLERS and not word.isdigit()]  # as entries are read
        return len(core) < len(words) and not pairs.isdisjoint(pairwise(core))

    def _add_wordings(self, term: Term) -> None:
        weak = {text for group in (term.loose, term.items) for texts in group.values() for text in texts}
        wordings = [
            (text, Wording(term.id, lang, Looseness.SURE)) for lang, text in term.labels.items() if text not in weak
        ]
        for looseness, by_language in (
            (Looseness.SURE, term.synonyms),
            (Looseness.LOOSE, term.loose),
            (Looseness.ITEM, term.items),
        ):
            wordings += [(t, Wording(term.id, lang, looseness)) for lang, texts in by_language.items() for t in texts]
        for text, wording in wordings:
            words = fold_phrase(text)
            for key in (words, *_join_neighbours(words)):
                known = self._phrases.set_default(key, [])
                if wording not in known:
                    known.append(wording)

    def find_terms(
        self, text: str | FoldedText, language: str | None = None, *, loose: bool = False
    ) -> list[TermMatch]:
        """Every term that `text` names, in text order; the longest wording wins, spans never overlap.

        `language` keeps to one language's wordings (and those of all languages). `loose` adds wordings that are clear
        in a search box but not on a page ("back", "stretching").
        """
        return self._find(_fold(text), None, language, _IN_SEARCH if loose else _IN_TEXT)

    def find_item_terms(self, text: str | FoldedText, language: str | None = None) -> list[TermMatch]:
        """What a heading or list entry names: as a whole first ("Sports", "Pregnancy"), else as running text."""
        text = _fold(text)
        if self._starts.isdisjoint(text.folded):
            return []
        core = [at for at, word in enumerate(text.folded) if word not in _FILLERS and not word.isdigit()]
        named = False
        for kept in (None,) if len(core) == len(text.folded) else (None, core):
            found = self._find(text, kept, language, _AS_ENTRY)
            words = text.words if kept is None else [text.words[at] for at in kept]
            if found and (found[0].start, found[-1].end) == (words[0].start, words[-1].end) and _is_one_span(found):
                return found
            named = named or (kept is None and bool(found))
        return self._find(text, None, language, _IN_TEXT) if named else []  # which names nothing more than an entry

    def _find(
        self, text: FoldedText, kept: list[int] | None, language: str | None, allowed: frozenset[Looseness]
    ) -> list[TermMatch]:
        """The terms among the words of a text, or among those of them that are kept."""
        starts, phrases, seconds = self._starts, self._phrases, self._seconds
        folded = text.folded if kept is None else [text.folded[at] for at in kept]
        at_starts = [at for at, word in enumerate(folded) if word in starts]
        if not at_starts:
            return []
        words = text.words if kept is None else [text.words[at] for at in kept]
        grammars = self._grammars_for(language)
        chosen_ids = self._ids_by_choice.setdefault((language, allowed), {})
        candidates = []
        inside: set[int] = set()  # words within a wording: in "tennis elbow, hip pain" the elbow has no pain
        for at in at_starts:
            word = folded[at]
            known = seconds.get(word, _NOTHING)
            begins = "" in known or (at + 1 < len(words) and folded[at + 1] in known)
            for after, wordings in phrases.find_at(words, at) if begins else ():
                ids = chosen_ids.get(id(wordings))
                if ids is None:
                    ids = chosen_ids[id(wordings)] = _choose_ids(wordings, language, allowed)
                if ids:
                    candidates.append(Candidate(at, after, ids, rank=0))
                    inside.update(range(at + 1, after))
            for grammar, own_starts in grammars if at not in inside else ():
                if word in own_starts:
                    candidates += grammar.find_at(words, at)
        matches = []
        for chosen in choose_longest(candidates):
            start, end = words[chosen.first].start, words[chosen.after - 1].end
            matches += [TermMatch(self.terms[id_], start, end, text.text[start:end]) for id_ in chosen.term_ids]
        return matches

    def _grammars_for(self, language: str | None) -> list[tuple[BodyGrammar, frozenset[str]]]:
        """The grammars of a language, or all, each with the words that begin a complaint there."""
        known = self._grammars_by_language.get(language)
        if known is None:
            known = self._grammars_by_language[language] = [
                (grammar, grammar.first_words())
                for lang, grammar in self._grammars.items()
                if language is None or lang in (language, "any")
            ]
        return known

    def find_by_icd10(self, code: str) -> tuple[Term, ...]:
        """The terms a code stands for, most specific first; a broad code ("M54") also gives what lies under it."""
        plain = parse_code(code)
        if plain is None:
            return ()
        graded = []
        for order, term in enumerate(self.terms.values()):
            grades = [grade for prefix in term.icd10cm if (grade := measure_prefix(prefix, plain))]
            if grades:
                best = max(grades)
                graded.append(((0, -best, order) if best > 0 else (1, -best, order), term))
        return tuple(term for _, term in sorted(graded, key=lambda pair: pair[0]))

    def find_codes(self, text: str) -> list[CodeMatch]:
        """The ICD-10-CM codes in `text` that stand for a term of ours."""
        matches = []
        for found in CODE_IN_TEXT.finditer(text):
            terms = self.find_by_icd10(found.group())
            if terms:
                matches.append(CodeMatch(found.group().upper(), found.start(), found.end(), terms))
        return matches


def _fold(text: str | FoldedText) -> FoldedText:
    return FoldedText(text) if isinstance(text, str) else text


def _choose_ids(wordings: list[Wording], language: str | None, allowed: frozenset[Looseness]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            wording.term_id
            for wording in wordings
            if wording.looseness in allowed and (language is None or wording.language in (language, "any"))
        )
    )


def _is_one_span(matches: list[TermMatch]) -> bool:
    return all((match.start, match.end) == (matches[0].start, matches[0].end) for match in matches)


def _join_neighbours(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Writings with two neighbours run together ("hotstone massage"), where the result is long enough to be plain."""
    if not 2 <= len(words) <= 4:
        return []
    pairs = [(*words[:i], words[i] + words[i + 1], *words[i + 2 :]) for i in range(len(words) - 1)]
    return [pair for i, pair in enumerate(pairs) if len(pair[i]) >= 8]


def _make_term(id_: str, kind: TermKind, raw: Mapping[str, Any], cautions: Mapping[str, Mapping[str, str]]) -> Term:
    unknown = set(raw) - _TERM_KEYS
    if unknown:
        raise ValueError(f"The vocabulary's term {id_} has unknown keys: {', '.join(sorted(unknown))}.")
    keys = raw.get("cautions", [])
    by_language = {lang: tuple(cautions[key][lang] for key in keys) for lang in raw["label"]}

    def read(key: str) -> dict[str, tuple[str, ...]]:
        return {lang: tuple(dict.fromkeys(texts)) for lang, texts in raw.get(key, {}).items()}

    return Term(
        id=id_,
        kind=kind,
        label=raw["label"]["en"],
        definition=raw["definition"]["en"],
        synonyms=read("synonyms"),
        icd10cm=tuple(raw.get("icd10cm", ())),
        cautions=by_language["en"],
        see_doctor_first=raw.get("see_doctor_first", False),
        labels=dict(raw["label"]),
        definitions=dict(raw["definition"]),
        cautions_by_language=by_language,
        loose=read("loose"),
        items=read("items"),
    )


def _read_yaml(name: str) -> dict[str, Any]:
    text = (_FOLDER / name).read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded = yaml.load(text, Loader=loader)  # nosec B506  # noqa: S506 (the safe loader, in C where there is one)
    assert isinstance(loaded, dict)
    return loaded


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary of this release, read and compiled once."""
    cautions = _read_yaml("cautions.yml")
    terms = [
        _make_term(id_, kind, raw, cautions)
        for kind, name in ((TermKind.CONDITION, "conditions.yml"), (TermKind.TECHNIQUE, "techniques.yml"))
        for id_, raw in _read_yaml(name).items()
    ]
    return Vocabulary(terms, {language: make_grammar(raw) for language, raw in _read_yaml("body.yml").items()})
