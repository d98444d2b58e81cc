"""The interface's languages: which one a visitor reads, and how it writes dates, numbers and distances."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from directory.regions import REGIONS

TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español"}
KM_PER_MILE = 1.609344
ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


@dataclass(frozen=True, eq=False)
class Language:
    """One language of the interface, of which there is one; `say` translates, the rest write values in its manner."""

    code: str
    locale: Locale
    translations: NullTranslations
    facts: NullTranslations  # what the directory's own tables say: names of regions, sentences of law

    def say(self, message: str, **values: object) -> str:
        """`message` in this language, its `%(name)s` parts filled in."""
        text = self.translations.gettext(message)
        return text % values if values else text

    def say_count(self, one: str, many: str, count: int, **values: object) -> str:
        """The form of the message that fits `count`, which fills its `%(count)s`."""
        return self.translations.ngettext(one, many, count) % {"count": self.number(count), **values}

    def name_region(self, code: str) -> str:
        """The name of a state, province or territory, from its two letters."""
        return self.facts.gettext(REGIONS[code])

    def say_law(self, sentence: str, *, region: str | None, title: str | None = None) -> str:
        """A sentence of the table of jurisdictions, in this language; one that nobody translated stays as it is."""
        place = REGIONS.get(region or "", "")
        opened = _open(sentence, place, "{place}")
        for message in (opened, _open(opened, title or "", "{title}")):
            text = self.facts.gettext(message)
            if text != message:
                return text.replace("{title}", title or "").replace("{place}", self.facts.gettext(place))
        return sentence

    def write_date(self, day: date | None) -> str:
        """The day, as '12 Nov 2026' in this language; empty for None."""
        return _write_date(day, self.code) if day else ""

    def rewrite_dates(self, text: str) -> str:
        """The sentence with every '2026-11-12' in it as this language writes a day."""

        def write(found: re.Match[str]) -> str:
            try:
                return self.write_date(date.fromisoformat(found[0]))
            except ValueError:  # a number that only looks like a day
                return found[0]

        return ISO_DAY.sub(write, text)

    def age(self, day: date, today: date) -> str:
        """How long ago `day` was: 'today', 'yesterday', '3 days ago'."""
        days = (today - day).days
        if days <= 0:
            return self.say("today")
        if days == 1:
            return self.say("yesterday")
        return _write_age(days, self.code)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with this language's separators."""
        return _write_number(round(value, decimals), self.code)

    def distance(self, km: float, *, miles: bool = False) -> str:
        """A distance a person can use: one decimal below ten, whole above."""
        value, unit = (km / KM_PER_MILE, "mi") if miles else (km, "km")
        if value < 0.1:
            return f"< {self.number(0.1, 1)}\u00a0{unit}"
        return f"{self.number(value, 1 if value < 10 else 0)}\u00a0{unit}"

    def radius(self, km: float, *, miles: bool = False) -> str:
        """A radius as it was chosen: whole where it nearly is."""
        value, unit = (km / KM_PER_MILE, "mi") if miles else (km, "km")
        return f"{self.number(value, 1 if value < 10 and abs(value - round(value)) > 0.05 else 0)}\u00a0{unit}"

    def name_language(self, code: str) -> str:
        """A language's name, from its ISO 639 code."""
        return str(self.locale.languages.get(code.lower(), code[:30]))

    def listed(self, items: Sequence[str]) -> str:
        """Items with commas, as running text."""
        return ", ".join(items)


@lru_cache(maxsize=20_000)  # a page writes some forty, nearly all of them small
def _write_number(value: float, code: str) -> str:
    return format_decimal(value, locale=code)


@lru_cache(maxsize=10_000)  # those of thirty years
def _write_date(day: date, code: str) -> str:
    return format_date(day, "d MMM y", locale=code)


@lru_cache(maxsize=10_000)
def _write_age(days: int, code: str) -> str:
    ago = timedelta(days=-days)
    return format_timedelta(ago, granularity="day", threshold=1.5, add_direction=True, locale=code)


def _open(sentence: str, words: str, mark: str) -> str:
    """The sentence with these words left open, as it is translated."""
    return re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", mark, sentence) if words else sentence


@cache
def load_language(code: str) -> Language:
    """The language `code` with its catalogues, compiled once from the committed .po files."""
    return Language(code, Locale.parse(code), _load_catalogue(code, "messages"), _load_catalogue(code, "facts"))


def _load_catalogue(code: str, name: str) -> NullTranslations:
    path = TRANSLATIONS / code / f"{name}.po"
    if code == "en" or not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Translations(compiled)


def choose_language(asked: str | None, accepted: str | None) -> str:
    """The code to use: what the address asks for, else the best of `Accept-Language`, else English."""
    if asked in LANGUAGE_NAMES:
        return asked
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate((accepted or "").split(",")[:20]):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        code = tag.strip().lower().split("-")[0]
        if code in LANGUAGE_NAMES and quality > 0:
            wanted.append((-quality, position, code))
    return min(wanted)[2] if wanted else "en"
