"""What letters after a name mean in law, by place and day, and whether a physician may refer to who bears them.

The rules are data (`jurisdictions.yml`), each with its mark and source. A rule that nobody has confirmed never answers
"no"; where nothing is known the answer is "unknown", and the sentence says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from directory.models import Answer
from directory.regions import REGIONS, country_of, find_country, find_region


class RegisterKind(StrEnum):
    """What a region keeps: a licence register, a bare registration, a voluntary certification, or nothing."""

    LICENCE = "licence"
    REGISTRATION = "registration"
    VOLUNTARY = "voluntary certification"
    NONE = "none"


class Meaning(StrEnum):
    """What a title is in law in one place on one day."""

    LICENCE = "licence"
    REGISTRATION = "registration"
    CERTIFICATION = "certification"
    ASSOCIATION_TITLE = "association title"
    FORMER_TITLE = "former title"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RegisterInfo:
    """Who keeps the register of a region, where a person can look somebody up, and the source that reads it."""

    regulator: str | None
    kind: RegisterKind
    lookup_url: str | None
    open_data_source: str | None
    mark: str
    lookup_mark: str = "U"

    @property
    def exists(self) -> bool:
        """False where nobody keeps a register at all."""
        return self.kind is not RegisterKind.NONE


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    country: str
    region: str
    name: str
    register: RegisterInfo


@dataclass(frozen=True, slots=True)
class TitleMeaning:
    """What a title means there and then; `note` is a sentence for the reader."""

    kind: Meaning
    label: str
    rule_id: str
    mark: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class ReferralAnswer:
    """Whether a physician may lawfully refer to a holder of the title there, with the rule that says so."""

    answer: Answer
    rule_id: str
    citation: str
    sentence: str
    mark: str = "U"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of jurisdictions.yml: holds from `since` (inclusive) until `until` (exclusive)."""

    id: str
    region: str
    titles: tuple[str, ...]
    means: Meaning
    referral: Answer
    mark: str
    source: str
    sentence: str
    since: date = date.min
    until: date = date.max
    cited: str = "U"

    @property
    def citation(self) -> str:
        """Where the rule is said to stand; a law that nobody has read there yet is called so."""
        return self.source if self.cited in ("C", "S") else f"{self.source} (citation not yet confirmed)"

    def covers(self, title: str, on: date) -> bool:
        """True if the rule speaks about this title on this day."""
        return ("*" in self.titles or title in self.titles) and self.since <= on < self.until


_UNKNOWN_PLACE = RegisterInfo(None, RegisterKind.NONE, None, None, "U")


class Jurisdictions:
    """Every region's register and rules."""

    def __init__(self, regions: Mapping[str, Jurisdiction], rules: tuple[Rule, ...], defaults: Mapping[str, Rule]):
        self.regions = regions
        self.rules = rules
        self._defaults = defaults

    def get(self, country: str | None, region: str | None) -> Jurisdiction | None:
        """The jurisdiction of a region of the US or Canada, written as code or name; None elsewhere."""
        code = find_region(region)
        if code is None or (country and find_country(country) != country_of(code)):
            return None
        return self.regions[code]

    def register(self, country: str | None, region: str | None) -> RegisterInfo:
        """Who keeps the register there; kind `none` where nobody does."""
        place = self.get(country, region)
        return place.register if place else _UNKNOWN_PLACE

    def meaning(self, title: str | None, country: str | None, region: str | None, on: date) -> TitleMeaning:
        """What `title` (letters or the id of credentials/titles.yml) is in law there on that day."""
        rule = self._find_rule(title, country, region, on)
        return TitleMeaning(rule.means, title or "", rule.id, rule.mark, rule.citation, rule.sentence)

    def referral(self, title: str | None, country: str | None, region: str | None, on: date) -> ReferralAnswer:
        """Whether a physician may lawfully refer to a holder of `title` there on that day."""
        rule = self._find_rule(title, country, region, on)
        return ReferralAnswer(rule.referral, rule.id, rule.citation, rule.sentence, rule.mark)

    def _find_rule(self, title: str | None, country: str | None, region: str | None, on: date) -> Rule:
        place = self.get(country, region)
        if place is None:
            return _make_open_rule("place-unknown", "We do not know in which state or province this title was given.")
        letters = (title or "").strip()
        letters = letters.upper() if len(letters) <= 4 else letters
        for rule in self.rules:
            if rule.region == place.region and rule.covers(letters, on):
                return rule
        default = self._defaults[place.register.kind]
        if place.register.kind is RegisterKind.NONE or letters in default.titles:
            return _fill(default, place)
        return _make_open_rule(
            f"{place.region.lower()}-other",
            f"{letters or 'This title'} is not a title that {place.name} gives by law, as far as we know.",
        )


def _make_open_rule(rule_id: str, sentence: str) -> Rule:
    return Rule(rule_id, "", (), Meaning.UNKNOWN, Answer.UNKNOWN, "U", "No rule found", sentence, cited="S")


def _fill(default: Rule, place: Jurisdiction) -> Rule:
    sentence = default.sentence.replace("{place}", place.name)
    rule_id = f"{place.region.lower()}-{default.id}"
    return replace(default, id=rule_id, region=place.region, sentence=sentence)


def _read_rule(row: dict[str, Any]) -> Rule:
    referral, mark = Answer(row["referral"]), row.get("mark", "S")
    if referral is Answer.NO and mark != "C":
        referral = Answer.UNKNOWN  # nobody is barred by what was not confirmed
    return Rule(
        id=row["id"],
        region=row.get("region", ""),
        titles=tuple(row["titles"]),
        means=Meaning(row["means"]),
        referral=referral,
        mark=mark,
        source=row["source"],
        sentence=row["sentence"],
        since=row.get("from", date.min),
        until=row.get("until", date.max),
        cited=row.get("cited", "U"),
    )


@cache
def load_jurisdictions() -> Jurisdictions:
    """The jurisdictions of jurisdictions.yml, read once."""
    data = yaml.safe_load(files("directory").joinpath("jurisdictions.yml").read_text("utf-8"))
    regions = {}
    for code, row in data["regions"].items():
        register = RegisterInfo(
            row.get("regulator"),
            RegisterKind(row["kind"]),
            row.get("lookup_url"),
            row.get("open_data"),
            row["mark"],
            row.get("lookup_mark", "U"),
        )
        regions[code] = Jurisdiction(country_of(code), code, REGIONS[code], register)
    rules = tuple(_read_rule(row) for row in data["rules"])
    defaults: dict[str, Rule] = {
        RegisterKind(kind): _read_rule({"id": kind, **row}) for kind, row in data["defaults"].items()
    }
    open_rule = _make_open_rule("voluntary", "No rule we have read settles referrals to holders of this title.")
    return Jurisdictions(regions, rules, {RegisterKind.VOLUNTARY: open_rule, **defaults})
