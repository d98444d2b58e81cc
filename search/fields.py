"""What an engine indexes of a document: made here once, so that backends index the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from search import analysis
from search.geometry import is_on_globe
from search.interface import TherapistDocument
from search.ranking import find_quality

if TYPE_CHECKING:
    from directory.vocabularies import Vocabulary

# Every text field holds this word, so that engines which count only documents with the field agree with those that
# count all.
FILLER = "_"
NAME_WEIGHT, PRACTICE_WEIGHT = 3, 2  # a word of the name counts as if it were said so often


@dataclass(frozen=True, slots=True)
class IndexFields:
    """One document, ready for an engine; texts are tokens joined by spaces."""

    text: str
    names: str
    prefixes: str
    tags: tuple[tuple[str, str], ...]
    points: tuple[tuple[float, float], ...]
    name_key: str
    verified_until: date | None
    verified_on: date | None
    quality: float


TermWords = Mapping[str, tuple[str, ...]]


def make_term_words(vocabulary: Vocabulary) -> TermWords:
    """For each condition and technique id, the distinct words of its label and its synonyms in every language."""
    terms = [*vocabulary.conditions.values(), *vocabulary.techniques.values()]
    return {
        term.id: tuple(
            dict.fromkeys(
                token
                for phrase in (term.label, *(word for words in term.synonyms.values() for word in words))
                for token in analysis.tokenize(phrase)
            )
        )
        for term in terms
    }


def make_fields(document: TherapistDocument, term_words: TermWords) -> IndexFields:
    """The index fields of `document`."""
    names = (document.name, *document.other_names, *document.practice_names)
    known = dict.fromkeys(analysis.tokenize_names(" ".join(names)))
    prefixes = {word[:end] for word in known for end in range(1, min(len(word), analysis.LONGEST_PREFIX) + 1)}
    return IndexFields(
        text=" ".join((FILLER, *_list_words(document, term_words))),
        names=" ".join((FILLER, *known)),
        prefixes=" ".join((FILLER, *sorted(prefixes))),
        tags=tuple(dict.fromkeys(list_tags(document))),
        points=tuple(
            dict.fromkeys(
                (place.lat, place.lon)
                for place in document.locations
                if place.lat is not None and place.lon is not None and is_on_globe(place.lat, place.lon)
            )
        ),
        name_key=analysis.make_sort_key(document.name),
        verified_until=document.verified_until,
        verified_on=document.verified_on,
        quality=find_quality(document),
    )


def _list_words(document: TherapistDocument, term_words: TermWords) -> list[str]:
    name = analysis.tokenize(" ".join((document.name, *document.other_names)))
    practice = analysis.tokenize(" ".join(document.practice_names))
    terms = dict.fromkeys(
        token for term_id in (*document.conditions, *document.techniques) for token in term_words.get(term_id, ())
    )
    rest = [
        *(credential.title for credential in document.credentials),
        *(credential.number or "" for credential in document.credentials),
        *(f"{place.city or ''} {place.region or ''} {place.postal_code or ''}" for place in document.locations),
        document.summary or "",
        *document.insurance,
        document.npi or "",
    ]
    return [*name * NAME_WEIGHT, *practice * PRACTICE_WEIGHT, *terms, *analysis.tokenize(" ".join(rest))]


def list_tags(document: TherapistDocument) -> Iterator[tuple[str, str]]:
    """What a document can be filtered and counted by: pairs of facet and value (`verified` is asked with a day)."""
    yield "kind", document.kind
    yield "practice_kind", document.practice_kind
    yield "setting", document.setting
    yield "referral", document.referral
    yield "insurance", document.accepts_insurance
    yield "may_take_referral", document.may_take_referral
    if document.gender:
        yield "gender", document.gender
    for place in document.locations:
        if place.country:
            yield "region", place.country
            if place.region:
                yield "region", f"{place.country}-{place.region}"
    for facet, values in (
        ("condition", document.conditions),
        ("technique", document.techniques),
        ("credential", tuple(credential.title for credential in document.credentials)),
        ("language", document.languages),
    ):
        for value in values:
            yield facet, value
