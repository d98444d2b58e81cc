"""What the vocabulary is made of: terms, their wordings and where they were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class TermKind(StrEnum):
    CONDITION = "condition"
    TECHNIQUE = "technique"


class Looseness(StrEnum):
    """How much a wording proves by itself."""

    SURE = "sure"  # means the term wherever it stands
    LOOSE = "loose"  # means it in a search box; on a page it often means something else
    ITEM = "item"  # means it only as a whole heading or list entry ("Sports")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A condition or a technique, in patients' words and physicians' codes.

    `label`, `definition` and `cautions` are English; `labels`, `definitions` and `cautions_by_language` hold en, fr
    and es.
    `icd10cm` are code prefixes ("M54.4") or ranges of categories ("M15-M19").
    """

    id: str
    kind: TermKind
    label: str
    definition: str
    synonyms: Mapping[str, tuple[str, ...]]
    icd10cm: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    see_doctor_first: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    cautions_by_language: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loose: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get_label(self, language: str) -> str:
        """The label in `language`, English where there is none."""
        return self.labels.get(language, self.label)

    def get_definition(self, language: str) -> str:
        """The definition in `language`, English where there is none."""
        return self.definitions.get(language, self.definition)

    def get_cautions(self, language: str) -> tuple[str, ...]:
        """The cautions in `language`, English where there are none."""
        return self.cautions_by_language.get(language, self.cautions)


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A term found at `text_given[start:end]`, which reads `text`.

    Spans of different wordings never overlap; one wording may name several terms ("neck and shoulder pain"), which then
    share its span.
    """

    term: Term
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """An ICD-10-CM code found in a text, with the terms it stands for, most specific first."""

    code: str
    start: int
    end: int
    terms: tuple[Term, ...]
