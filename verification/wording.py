"""The plain words that every verdict is told in."""

from __future__ import annotations

from datetime import date

from directory.regions import REGIONS, find_region


def place_name(jurisdiction: str | None) -> str:
    """The region's name for a reader."""
    code = find_region(jurisdiction)
    return REGIONS[code] if code else (jurisdiction or "state")


def not_found_sentence(jurisdiction: str | None, on: date) -> str:
    """The only public words for a number or name that a register does not have."""
    return f"Not found in the {place_name(jurisdiction)} register as of {on.isoformat()}."


def say_age(day: date, on: date) -> str:
    """How long ago `day` was, in words; a day to come is named by its date."""
    days = (on - day).days
    if days < 0:
        return f"on {day.isoformat()}"
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
