"""Opening hours as a visitor reads them: OpenStreetMap's syntax told with the language's days and clock."""

from __future__ import annotations

import re
from datetime import time

from babel.dates import format_time

from web.language import Language
from web.values import clean

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
RULE = re.compile(r"(?P<days>[A-Z][a-z](?:[-,][A-Z][a-z])*) (?P<spans>\d\d:\d\d-\d\d:\d\d(?:, ?\d\d:\d\d-\d\d:\d\d)*)")
LONGEST = 14


def write_hours(language: Language, hours: str) -> tuple[str, ...]:
    """A line for each rule; one in another syntax is shown as it stands."""
    rules = [rule.strip() for rule in hours.split(";") if rule.strip()]
    return tuple(_write_rule(language, rule) or clean(rule, 120) for rule in rules[:LONGEST])


def _write_rule(language: Language, rule: str) -> str:
    found = RULE.fullmatch(rule)
    if found is None:
        return ""
    days = [_name_day(language, part) for part in re.split(r"[-,]", found["days"])]
    marks = ["–" if mark == "-" else ", " for mark in re.findall(r"[-,]", found["days"])]
    clocks = [[_write_clock(language, part) for part in span.split("-")] for span in re.split(r", ?", found["spans"])]
    if not all(days) or not all(part for span in clocks for part in span):
        return ""
    named = days[0] + "".join(mark + day for mark, day in zip(marks, days[1:], strict=True))
    return f"{named[:1].upper()}{named[1:]} {', '.join(' – '.join(span) for span in clocks)}"


def _name_day(language: Language, code: str) -> str:
    return str(language.locale.days["format"]["abbreviated"][DAYS.index(code)]) if code in DAYS else ""


def _write_clock(language: Language, text: str) -> str:
    """The time of day as the language writes it; empty if it is none."""
    hour, minute = (int(part) for part in text.split(":"))
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return ""
    return format_time(time(hour % 24, minute), "short", locale=language.locale)
