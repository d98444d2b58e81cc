"""A search as it stands in an address: read leniently, written back in one canonical order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from directory.models import Answer, EntityKind, PracticeKind, Referral, Setting
from search.interface import Sort
from web.values import HIDDEN_MARKS

E = TypeVar("E", bound=StrEnum)

RADII_KM = (5.0, 10.0, 25.0, 50.0, 100.0, 250.0)
RADII_MILES = (5.0, 10.0, 25.0, 50.0, 100.0, 150.0)
LARGEST_RADIUS_KM = 1000.0
LONGEST, MOST_VALUES = 8_000, 40  # of one value, and of one parameter
LIST_FIELDS = {
    "condition": "conditions",
    "technique": "techniques",
    "kind": "kinds",
    "setting": "settings",
    "referral": "referrals",
    "language": "languages",
}
YES = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchForm:
    """What a visitor filled in. Values a page does not know are passed over, so that an old link still answers."""

    q: str = ""
    near: str = ""
    radius_km: float | None = None
    conditions: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    verified: bool = False
    insurance: bool = False
    kinds: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sort: Sort | None = None
    after: str | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """The form as address parameters, empty ones left out."""
        pairs = [(name, value) for name, value in (("q", self.q), ("near", self.near)) if value]
        if self.radius_km is not None:
            pairs.append(("radius_km", f"{self.radius_km:g}"))
        for name, attribute in LIST_FIELDS.items():
            pairs += [(name, value) for value in getattr(self, attribute)]
        pairs += [(name, "1") for name in ("verified", "insurance") if getattr(self, name)]
        if self.sort:
            pairs.append(("sort", self.sort))
        if self.after:
            pairs.append(("after", self.after))
        return pairs

    def without(self, *names: str) -> list[tuple[str, str]]:
        """The parameters but for those named, from the first page."""
        return [pair for pair in self.pairs() if pair[0] not in (*names, "after")]

    def without_value(self, name: str, value: str) -> list[tuple[str, str]]:
        """The parameters but for one value of one of them, from the first page."""
        return [pair for pair in self.pairs() if pair != (name, value) and pair[0] != "after"]

    def but(self, **changes: object) -> SearchForm:
        """The same form with something changed, from the first page."""
        return replace(self, **{"after": None, **changes})  # type: ignore[arg-type]  # each caller names fields

    @property
    def practice_kinds(self) -> tuple[PracticeKind, ...]:
        return _members(PracticeKind, self.kinds)

    @property
    def entity_kinds(self) -> tuple[EntityKind, ...]:
        return _members(EntityKind, self.kinds)

    @property
    def setting_values(self) -> tuple[Setting, ...]:
        return _members(Setting, self.settings)

    @property
    def referral_values(self) -> tuple[Referral, ...]:
        return _members(Referral, self.referrals)

    @property
    def filters_on(self) -> int:
        """How many filters narrow the search, beyond words and place."""
        lists = (self.kinds, self.settings, self.referrals, self.languages)
        return sum(map(len, lists)) + self.verified + self.insurance


def _members(kind: type[E], values: Iterable[str]) -> tuple[E, ...]:
    known = {member.value for member in kind}
    return tuple(kind(value) for value in values if value in known)


def _parse_radius(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return min(value, LARGEST_RADIUS_KM) if 0 < value < float("inf") else None


def parse_form(pairs: Iterable[tuple[str, str]]) -> SearchForm:
    """The form in an address's parameters; what cannot be read is left out."""
    single: dict[str, str] = {}
    lists: dict[str, list[str]] = {attribute: [] for attribute in LIST_FIELDS.values()}
    for name, value in pairs:
        shown = value[:LONGEST].translate(HIDDEN_MARKS)
        text = "".join(char if char.isprintable() else " " for char in shown).strip()
        if name in LIST_FIELDS:
            target = lists[LIST_FIELDS[name]]
            fresh = dict.fromkeys(part for part in text.split(",") if part and part not in target)
            target += list(fresh)[: MOST_VALUES - len(target)]
        elif text:
            single[name] = text
    sort = single.get("sort", "")
    return SearchForm(
        q=single.get("q", "")[:300],
        near=single.get("near", "")[:120],
        radius_km=_parse_radius(single.get("radius_km", "")),
        verified=single.get("verified", "").lower() in YES,
        insurance=single.get("insurance", "").lower() in (*YES, Answer.YES),
        sort=Sort(sort) if sort in set(Sort) else None,
        after=single.get("after"),
        **{name: tuple(values) for name, values in lists.items()},
    )
