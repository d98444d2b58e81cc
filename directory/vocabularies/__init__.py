"""Conditions and techniques: one vocabulary for patients' words, practices' wordings and physicians' codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from directory.vocabularies.folding import Word, find_folded_words, fold_phrase, split_words
from directory.vocabularies.icd10 import CODE_IN_TEXT, measure_prefix, parse_code
from directory.vocabularies.matching import BodyGrammar, Candidate, PhraseTable, Wording, choose_longest, make_grammar
from directory.vocabularies.terms import CodeMatch, Looseness, Term, TermKind, TermMatch

__all__ = ["CodeMatch", "Looseness", "Term", "TermKind", "TermMatch", "Vocabulary", "load_vocabulary"]

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
        self._grammar_starts = {lang: grammar.first_words() for lang, grammar in self._grammars.items()}
        self._starts = self._phrases.first_words().union(*self._grammar_starts.values())

    def may_name(self, text: str) -> bool:
        """Whether some word of `text` can begin a wording: false spares the search, true promises nothing."""
        return not self._starts.isdisjoint(find_folded_words(text))

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

    def find_terms(self, text: str, language: str | None = None, *, loose: bool = False) -> list[TermMatch]:
        """Every term that `text` names, in text order; the longest wording wins, spans never overlap.

        `language` keeps to one language's wordings (and those of all languages). `loose` adds wordings that are clear
        in a search box but not on a page ("back", "stretching").
        """
        allowed = frozenset({Looseness.SURE, Looseness.LOOSE} if loose else {Looseness.SURE})
        return self._find(text, split_words(text), language, allowed)

    def find_item_terms(self, text: str, language: str | None = None) -> list[TermMatch]:
        """What a heading or list entry names: as a whole first ("Sports", "Pregnancy"), else as running text."""
        words = split_words(text)
        core = [word for word in words if word.folded not in _FILLERS and not word.folded.isdigit()]
        if all(word.folded not in self._starts for word in words):
            return []
        for whole in (words,) if len(core) == len(words) else (words, core):
            found = self._find(text, whole, language, frozenset(Looseness) - {Looseness.LOOSE})
            if found and (found[0].start, found[-1].end) == (whole[0].start, whole[-1].end) and _is_one_span(found):
                return found
        return self._find(text, words, language, frozenset({Looseness.SURE}))

    def _find(
        self, text: str, words: list[Word], language: str | None, allowed: frozenset[Looseness]
    ) -> list[TermMatch]:
        languages = None if language is None else frozenset({language, "any"})
        grammars = [
            (grammar, self._grammar_starts[lang])
            for lang, grammar in self._grammars.items()
            if languages is None or lang in languages
        ]
        candidates = []
        inside: set[int] = set()  # words within a wording: in "tennis elbow, hip pain" the elbow has no pain
        for at, word in enumerate(words):
            if word.folded not in self._starts:
                continue
            for after, wordings in self._phrases.find_at(words, at):
                ids = tuple(
                    dict.fromkeys(
                        w.term_id
                        for w in wordings
                        if w.looseness in allowed and (languages is None or w.language in languages)
                    )
                )
                if ids:
                    candidates.append(Candidate(at, after, ids, rank=0))
                    inside.update(range(at + 1, after))
            for grammar, starts in grammars if at not in inside else ():
                if word.folded in starts:
                    candidates += grammar.find_at(words, at)
        matches = []
        for chosen in choose_longest(candidates):
            start, end = words[chosen.first].start, words[chosen.after - 1].end
            matches += [TermMatch(self.terms[id_], start, end, text[start:end]) for id_ in chosen.term_ids]
        return matches

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
    loaded = yaml.load(text, Loader=loader)  # noqa: S506 (the safe loader, in C where there is one)
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
