"""One box of words understood: conditions, techniques, letters, a place, a distance, insurance, a name, a code.

What was understood is returned as chips, each with the very words it was read from, so that it can be taken away
again. Words that nobody knows are left as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from directory.places import Gazetteer, Place, PlaceKind
from directory.vocabularies import TermMatch, Vocabulary
from search import analysis
from search.bare_places import SMALL, BarePlace, PlaceFinder, Sureness
from search.spelling import Speller
from search.wordings import (
    CODE_HERALD,
    COMMON_WORDS,
    INSURANCE,
    LANGUAGES,
    LETTERS,
    NEAR,
    NEAR_ME,
    NO_INSURANCE,
    NUMBERS,
    POSSESSIVE,
    POSTAL,
    RADIUS,
    RADIUS_IN_WORDS,
    SPEAKS,
    TELLING_WORDS,
    VERIFIED,
    WORD,
)

DEFAULT_RADIUS_KM = 25.0
KM_PER_MILE = 1.609344
MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood; `text` is how it was written."""

    kind: str  # condition | technique | credential | place | radius | insurance | language | verified | name
    id: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a query asks for. `places` are candidates when the place is ambiguous: no distance filter applies then.

    `otherwise` is the second reading of words that may be a place or not, for when nobody matches the first.
    """

    text: str = ""
    name: str = ""
    conditions: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    place: Place | None = None
    places: tuple[Place, ...] = ()
    unknown_place: str | None = None
    radius_km: float | None = None
    insurance: bool = False
    verified: bool = False
    chips: tuple[Chip, ...] = ()
    otherwise: Understood | None = None


class _Reading:
    """The text while it is read: what was understood is blanked out, so that positions hold."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.chips: list[Chip] = []
        self.name = ""

    def copy(self) -> _Reading:
        copied = _Reading(self.rest)
        copied.chips, copied.name = list(self.chips), self.name
        return copied

    def take(self, start: int, end: int) -> str:
        taken = self.rest[start:end]
        self.rest = self.rest[:start] + "\x00" * (end - start) + self.rest[end:]
        return taken.strip()

    def words(self) -> list[re.Match[str]]:
        return list(WORD.finditer(self.rest))

    def add(self, kind: str, chip_id: str, label: str, text: str) -> None:
        if not any(chip.kind == kind and chip.id == chip_id for chip in self.chips):
            self.chips.append(Chip(kind, chip_id, label, text))

    def ids(self, kind: str) -> tuple[str, ...]:
        return tuple(chip.id for chip in self.chips if chip.kind == kind)


def clean_text(text: str) -> str:
    """`text` on one line, without control characters, at most `MAX_TEXT` long."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:MAX_TEXT]).split())


def understand(
    text: str,
    vocabulary: Vocabulary,
    gazetteer: Gazetteer,
    *,
    near: str = "",
    country: str | None = None,
) -> Understood:
    """What `text` asks for, and where; `near`, where given, is the place and the text's words are not read as one."""
    reading = _Reading(clean_text(text))
    radius_km = _take_radius(reading)
    _take_away(reading, CODE_HERALD)
    _take_codes(reading, vocabulary)
    _take_away(reading, NO_INSURANCE)
    insurance = _take_flag(reading, INSURANCE, "insurance", "takes insurance")
    verified = _take_flag(reading, VERIFIED, "verified", "licence current")
    _take_away(reading, NEAR_ME)
    _take_languages(reading)
    answer = Understood(radius_km=radius_km, insurance=insurance, verified=verified)
    near = clean_text(near)
    answer = (
        _resolve_near(answer, near, gazetteer, country)
        if near
        else _take_named_place(answer, reading, gazetteer, country)
    )
    _take_terms(reading, vocabulary, gazetteer, country)
    _take_letters(reading, gazetteer, country)
    if near or answer.place or answer.places:
        _take_misspelt(reading, vocabulary)
        return _finish(answer, reading, near)
    kept, bare = reading.copy(), _find_bare(reading, gazetteer, country)
    if (bare is None or bare.sureness is Sureness.UNLIKELY) and _take_misspelt(reading, vocabulary):
        kept, bare = reading.copy(), _find_bare(reading, gazetteer, country)
    if bare is None:
        return _finish(answer, reading)
    answer_there = _take_bare(answer, reading, bare)
    for either in (reading, kept):
        _take_misspelt(either, vocabulary)
    as_place, as_words = _finish(answer_there, reading), _finish(answer, kept)
    if bare.sureness is Sureness.UNLIKELY:
        return replace(as_words, otherwise=as_place)
    return replace(as_place, otherwise=as_words) if bare.may_be_words else as_place


def _finish(answer: Understood, reading: _Reading, near: str = "") -> Understood:
    name, rest = _split_rest(reading)
    if answer.place and not any(chip.kind == "place" for chip in reading.chips):
        reading.add("place", answer.place.label, answer.place.label, near)
    return replace(
        answer,
        text=rest,
        name=name,
        conditions=reading.ids("condition"),
        techniques=reading.ids("technique"),
        credentials=reading.ids("credential"),
        languages=reading.ids("language"),
        chips=tuple(reading.chips),
    )


def _take_away(reading: _Reading, pattern: re.Pattern[str]) -> None:
    """Blank out words that ask for nothing."""
    for match in pattern.finditer(reading.rest):
        reading.take(*match.span())


def _take_radius(reading: _Reading) -> float | None:
    match = RADIUS.search(reading.rest) or RADIUS_IN_WORDS.search(reading.rest)
    if match is None:
        return None
    written = match["number"].lower()
    number = NUMBERS.get(written) or float(written.replace(",", "."))
    miles = match["unit"].lower().startswith("mi")
    if not number:
        return None
    end = match.start("of") if match["of"] else match.end()
    text = reading.rest[match.start() : end].strip()
    link = " near " if match["of"] else " "  # "within 10 km of Denver": a place follows
    reading.rest = f"{reading.rest[: match.start()]}\x00{link}{reading.rest[match.end() :]}"
    unit = "mi" if miles else "km"
    reading.add("radius", f"{number:g}{unit}", f"within {number:g} {unit}", text)
    return number * KM_PER_MILE if miles else number


def _take_codes(reading: _Reading, vocabulary: Vocabulary) -> None:
    for match in vocabulary.find_codes(reading.rest):
        if "." not in match.code and POSTAL.fullmatch(match.code):
            continue
        text = reading.take(match.start, match.end)
        term = match.terms[0]
        reading.add(term.kind, term.id, f"{term.label} ({match.code})", text)


def _take_languages(reading: _Reading) -> None:
    for match in SPEAKS.finditer(reading.rest):
        name = (match["spoken"] or match["tongue"]).lower()
        reading.add("language", LANGUAGES[name], f"speaks {name.title()}", reading.take(*match.span()))


def _take_flag(reading: _Reading, pattern: re.Pattern[str], kind: str, label: str) -> bool:
    match = pattern.search(reading.rest)
    if match:
        reading.add(kind, "yes", label, reading.take(*match.span()))
    return match is not None


def _resolve_near(answer: Understood, near: str, gazetteer: Gazetteer, country: str | None) -> Understood:
    found = gazetteer.resolve(near, country, forgive=True)
    if found.place:
        return replace(answer, place=found.place)
    if found.candidates:
        return replace(answer, places=tuple(found.candidates))
    return replace(answer, unknown_place=near)


def _take_named_place(answer: Understood, reading: _Reading, gazetteer: Gazetteer, country: str | None) -> Understood:
    """The place after a preposition ("near Stony Plain"), or a postal code anywhere."""
    matches = sorted(NEAR.finditer(reading.rest), key=lambda match: -match.start())
    for match in matches:
        tail = re.split(r"\x00", reading.rest[match.end() :])[0]
        words = list(WORD.finditer(tail))[:5]
        for count in range(len(words), 0, -1):
            last = words[count - 1].group()
            if count < max(len(words), 2) and last.islower() and last in analysis.STOP_WORDS:
                continue  # "in Denver in the evening" names no Indiana, "à la nuque" no Los Angeles
            end = match.end() + words[count - 1].end()
            found = gazetteer.resolve(reading.rest[match.end() : end], country)
            if count < len(words) and last.islower() and _is_small_town(found.place):
                continue  # "covered by blue cross" leads to no Blue in Arizona
            if found.place or found.candidates:
                text = reading.take(match.start(), end)
                return _keep_place(answer, reading, text, found.place, found.candidates)
    for match in POSTAL.finditer(reading.rest):
        found = gazetteer.resolve(match.group(), country)
        if found.place and found.place.kind is PlaceKind.POSTAL_CODE:
            return _keep_place(answer, reading, reading.take(*match.span()), found.place, ())
    return answer


def _is_small_town(place: Place | None) -> bool:
    return place is not None and place.kind is PlaceKind.CITY and place.population < SMALL


def _keep_place(
    answer: Understood, reading: _Reading, text: str, place: Place | None, candidates: Iterable[Place]
) -> Understood:
    if place:
        reading.add("place", place.label, place.label, text)
        return replace(answer, place=place)
    return replace(answer, places=tuple(candidates))


def _find_bare(reading: _Reading, gazetteer: Gazetteer, country: str | None) -> BarePlace | None:
    """A place without a preposition among the words that are left."""
    more = any(chip.kind not in ("credential", "name", "verified") for chip in reading.chips)
    words = reading.words()[-analysis.MAX_TOKENS :]  # of a pasted page, the end
    return PlaceFinder(reading.rest, words, gazetteer, country, _is_common, more).find()


def _take_bare(answer: Understood, reading: _Reading, bare: BarePlace) -> Understood:
    text = reading.take(bare.start, bare.end)
    return _keep_place(answer, reading, text, bare.answer.place, bare.answer.candidates)


def _ends_place(reading: _Reading, match: TermMatch, gazetteer: Gazetteer, country: str | None) -> bool:
    """Whether a term's one word is the end of a town's name: the falls of "Niagara Falls" hurt nobody."""
    before = next((word for word in reversed(reading.words()) if word.end() <= match.start), None)
    if before is None or " " in match.text or reading.rest[before.end() : match.start] != " ":
        return False
    found = gazetteer.resolve(reading.rest[before.start() : match.end], country)
    places = (found.place,) if found.place else found.candidates
    return any(place.kind is PlaceKind.CITY and place.population >= SMALL for place in places)


def _take_terms(reading: _Reading, vocabulary: Vocabulary, gazetteer: Gazetteer, country: str | None) -> None:
    matches: list[TermMatch] = [
        match
        for match in vocabulary.find_terms(reading.rest, loose=True)
        if not _ends_place(reading, match, gazetteer, country)
    ]
    for match in matches:
        reading.add(match.term.kind, match.term.id, match.term.label, match.text)
    for match in matches:
        possessive = POSSESSIVE.match(reading.rest, match.end)
        reading.take(match.start, possessive.end() if possessive else match.end)


def _take_letters(reading: _Reading, gazetteer: Gazetteer, country: str | None) -> None:
    """Letters of credentials, and the two or three capitalised words right before them as a name, if no place is."""
    for match in LETTERS.finditer(reading.rest):
        text = reading.take(*match.span())
        letters = text.upper().replace(".", "")
        reading.add("credential", letters, letters, text)
        if not reading.name and (span := _find_name_before(reading, match.start())):
            found = gazetteer.resolve(reading.rest[slice(*span)], country)
            if found.place is None and not found.candidates:
                reading.name = reading.take(*span)
                reading.add("name", reading.name, reading.name, reading.name)


def _find_name_before(reading: _Reading, end: int) -> tuple[int, int] | None:
    """Where a run of two or three capitalised words ends at `end`, without a sign between them."""
    run: list[re.Match[str]] = []
    last = end
    for word in reversed(reading.words()):
        if word.end() <= end:
            gap = reading.rest[word.end() : last].strip(" .," if not run else " .")
            if gap or not word.group()[0].isupper() or _is_common(word.group()):
                break
            run.append(word)
            last = word.start()
    return (run[-1].start(), run[0].end()) if 2 <= len(run) <= 3 else None


def _take_misspelt(reading: _Reading, vocabulary: Vocabulary) -> bool:
    """Whether anything was written nearly right: terms in runs of up to three words, the longest first."""
    speller = Speller.of(vocabulary)
    before = reading.rest
    for word in reading.words():
        if len(word.group()) >= 5 and not _is_common(word.group()) and _is_nearly_common(word.group()):
            reading.take(*word.span())
    for size in (3, 2, 1):
        words = reading.words()[: analysis.MAX_TOKENS]
        for first in range(len(words) - size + 1):
            run = words[first : first + size]
            start, end = run[0].start(), run[-1].end()
            written = reading.rest[start:end]
            if "\x00" in written or (size == 1 and _is_common(written)):
                continue
            found = speller.find(written)
            if found is None:
                continue
            term, wording = found
            if not any(_is_common(word.group()) and analysis.fold(word.group()) not in wording.split() for word in run):
                reading.add(term.kind, term.id, term.label, reading.take(start, end))
    return reading.rest != before


def _is_nearly_common(word: str) -> bool:
    folded = analysis.fold(word)
    return any(OSA.distance(folded, common, score_cutoff=1) <= 1 for common in ("massage", "therapist", "therapy"))


def _is_common(word: str) -> bool:
    folded = analysis.fold(word).replace("’", "'")
    return analysis.stem(folded) in COMMON_WORDS or folded in analysis.STOP_WORDS


def _is_telling(word: str) -> bool:
    return word.islower() and analysis.fold(word).replace("’", "'") in TELLING_WORDS


def _split_rest(reading: _Reading) -> tuple[str, str]:
    """The words that are left as a person's name (two or three, with letters after it) or as text."""
    words = [word.group() for word in reading.words() if not _is_common(word.group())]
    if any(chip.kind in ("condition", "technique") for chip in reading.chips):
        words = [word for word in words if not _is_telling(word)]
    if reading.name:
        return reading.name, " ".join(words)
    lettered = any(chip.kind == "credential" for chip in reading.chips)
    if lettered and 2 <= len(words) <= 3 and all(word[0].isupper() for word in words):
        name = " ".join(words)
        reading.add("name", name, name, name)
        return name, ""
    return "", " ".join(words)
