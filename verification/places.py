"""Standing by place: a licence counts where it was given, so each state or province of practice has its own badge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from directory.jurisdictions import load_jurisdictions
from directory.regions import find_region
from verification.badge import NOTHING_STATED, Badge, BadgeCode, Standing, make_badge, rate_credential
from verification.wording import place_name

C = TypeVar("C", bound=Standing)

_BEST_FIRST = tuple(BadgeCode)
# What is said of the whole where the places differ: nothing that does not hold at each of them.
_WEAKEST_FIRST = (
    BadgeCode.BOARD_ACTION, BadgeCode.EXPIRED, BadgeCode.INACTIVE, BadgeCode.CHECKING, BadgeCode.NOT_STATED,
    BadgeCode.ELSEWHERE, BadgeCode.CLAIMED, BadgeCode.NO_REGISTER, BadgeCode.CERTIFICATE, BadgeCode.CURRENT,
)  # fmt: skip
_BESIDE_A_LICENCE = (BadgeCode.CERTIFICATE, BadgeCode.CLAIMED, BadgeCode.NOT_STATED)


@dataclass(frozen=True, slots=True)
class PlaceStanding(Generic[C]):
    """What holds where somebody practises (`region`, None if unknown); `basis` is what the badge rests on.

    `others`: the only places of which a licence is stated, where none of this one's is.
    """

    region: str | None
    badge: Badge
    basis: C | None = None
    others: tuple[str, ...] = ()

    @property
    def is_elsewhere(self) -> bool:
        """Whether the basis is a licence of another place."""
        return self.basis is not None and not is_of(self.basis, self.region)


def rate_places(credentials: Sequence[C], regions: Iterable[str | None], *, on: date) -> tuple[PlaceStanding[C], ...]:
    """The standing in every state or province of practice, each once, in their order; one of none if there is none."""
    known = dict.fromkeys(find_region(region) for region in regions)
    return tuple(rate_place(credentials, region, on=on) for region in known or (None,))


def find_weakest(standings: Iterable[PlaceStanding[C]]) -> PlaceStanding[C]:
    """The one whose badge may be shown for all of them."""
    return min(standings, key=lambda standing: _WEAKEST_FIRST.index(standing.badge.code))


def rate_place(credentials: Sequence[C], region: str | None, *, on: date) -> PlaceStanding[C]:
    """The standing at a practice in `region`: a board action from anywhere, else the place's own licence.

    A licence of another state or province is named as what it is and never as the one that is asked for here. Where the
    region is not known, every credential counts.
    """
    rated = [(rate_credential(credential, on=on), credential) for credential in credentials]
    here = [item for item in rated if is_of(item[1], region)]
    acted = [item for item in rated if item[0].code is BadgeCode.BOARD_ACTION]
    settling = [item for item in here if _settles(*item)] if region else here
    if best := _find_best(acted or settling):
        return PlaceStanding(region, *best)
    if region is None:
        return PlaceStanding(None, make_badge(BadgeCode.NOT_STATED, NOTHING_STATED))
    elsewhere = _find_best(item for item in rated if item not in here and item[0].code is BadgeCode.CURRENT)
    return _rate_without_own(region, here, elsewhere, [item for _, item in rated])


def is_of(credential: Standing, region: str | None) -> bool:
    """Whether a credential speaks of a place: it is of that state or province, or of none."""
    return region is None or credential.jurisdiction is None or find_region(credential.jurisdiction) == region


def _settles(badge: Badge, credential: Standing) -> bool:
    """Whether it answers for the licence that the place asks for; a certificate or membership stands beside one."""
    return badge.code not in _BESIDE_A_LICENCE or credential.rule == "register-unread"


def _find_best(rated: Iterable[tuple[Badge, C]]) -> tuple[Badge, C] | None:
    def rank(item: tuple[Badge, C]) -> tuple[int, int]:
        return _BEST_FIRST.index(item[0].code), -(item[0].until or date.min).toordinal()

    return min(rated, key=rank, default=None)


def _rate_without_own(
    region: str, here: Sequence[tuple[Badge, C]], elsewhere: tuple[Badge, C] | None, stated: Sequence[C]
) -> PlaceStanding[C]:
    """The standing where no licence of the place is stated: no register, one of elsewhere, something else, nothing."""
    place, basis = place_name(region), elsewhere[1] if elsewhere else None
    other = place_name(basis.jurisdiction) if basis else ""
    if not load_jurisdictions().register(None, region).exists:
        words = f"{place} has no massage register: nobody can check a title there."
        words += f" A licence of {other} is current there." if basis else ""
        return PlaceStanding(region, make_badge(BadgeCode.NO_REGISTER, words), basis)
    if elsewhere is not None:
        words = f"No licence of {place} is stated. One of {other} is current there: {elsewhere[0].sentence}"
        return PlaceStanding(region, make_badge(BadgeCode.ELSEWHERE, words, elsewhere[0].checked_on), basis)
    if best := _find_best(here):
        return PlaceStanding(region, *best)
    others = tuple(dict.fromkeys(item.jurisdiction for item in stated if item.jurisdiction))
    named = ", ".join(place_name(other) for other in others)
    words = f"No licence of {place} is stated, only of {named}." if others else NOTHING_STATED
    return PlaceStanding(region, make_badge(BadgeCode.NOT_STATED, words), others=others)
