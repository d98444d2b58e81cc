"""Opening hours in OpenStreetMap's syntax, from structured data or from the page's own lines."""

from __future__ import annotations

import re

from crawler.extraction.cues import Cues, stems
from crawler.extraction.document import BLOG, FORM, TESTIMONIAL, Line
from crawler.extraction.structured import Json, Node, nodes_of, texts_of

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY_WORDS = {
    "mo": 0, "mon": 0, "monday": 0, "lundi": 0, "lun": 0, "lunes": 0,
    "tu": 1, "tue": 1, "tues": 1, "tuesday": 1, "mardi": 1, "mar": 1, "martes": 1,
    "we": 2, "wed": 2, "weds": 2, "wednesday": 2, "mercredi": 2, "mer": 2, "miércoles": 2, "miercoles": 2,
    "th": 3, "thu": 3, "thur": 3, "thurs": 3, "thursday": 3, "jeudi": 3, "jeu": 3, "jueves": 3,
    "fr": 4, "fri": 4, "friday": 4, "vendredi": 4, "ven": 4, "viernes": 4,
    "sa": 5, "sat": 5, "saturday": 5, "samedi": 5, "sam": 5, "sábado": 5, "sabado": 5,
    "su": 6, "sun": 6, "sunday": 6, "dimanche": 6, "dim": 6, "domingo": 6,
}  # fmt: skip
_ALL = {
    "daily",
    "every day",
    "everyday",
    "7 days a week",
    "seven days a week",
    "tous les jours",
    "todos los días",
    "7 days",
    "seven days",
}
_DAY = "(?:" + "|".join(sorted((word for word in _DAY_WORDS if len(word) > 2), key=len, reverse=True)) + r")s?\b\.?"
_CLOCK = r"(?:(?:[01]?\d|2[0-3])(?:\s?[:.h]\s?[0-5]\d|\s?h(?![a-z]))?\s?(?:[ap]\.?m?\.?(?![a-z]))?|noon|midnight|midi)"
_DAYS = re.compile(
    rf"(?<![a-z])(?P<days>{_DAY}(?:\s?(?:-|–|—|to|thru|through|until|à|au|a|&|and|et|y|,|/)\s?(?:and\s)?{_DAY}){{0,6}}|"
    rf"daily|every ?day|weekdays|M\s?[-–]\s?F\b|M\s?[-–]\s?Sat?\b|7 days(?: a week)?|seven days(?: a week)?|"
    rf"tous les jours|todos los d[íi]as)",
    re.IGNORECASE,
)
_DAY_STEMS = stems(" ".join(_DAY_WORDS) + " daily every everyday weekdays m days seven tous todos")
_SPAN = re.compile(
    rf"(?P<open>{_CLOCK})\s?(?:-|–|—|to|until|til|till|à|a|\s)\s?(?P<close>{_CLOCK})(?!\d)", re.IGNORECASE
)
_RANGE_WORD = re.compile(r"-|–|—|\bto\b|\bthru\b|\bthrough\b|\buntil\b|\bà\b|\bau\b|\ba\b", re.IGNORECASE)
_BREAK = re.compile(r"closed|ferm[ée]|cerrado|by appointment|sur rendez-vous", re.IGNORECASE)


def read_stated(node: Node) -> str | None:
    """Hours of a business node: its specifications, else its `openingHours` texts."""
    by_day: dict[int, list[str]] = {}
    for spec in nodes_of(node.get("openingHoursSpecification")):
        opens, closes = _clock_of(spec.get("opens")), _clock_of(spec.get("closes"))
        if not opens or not closes or opens == closes == "00:00":
            continue
        for day in _days_of(spec.get("dayOfWeek")):
            by_day.setdefault(day, []).append(f"{opens}-{closes}")
    if by_day:
        return write_hours(by_day)
    for text in texts_of(node.get("openingHours")):
        for day, spans in read_hours(text).items():
            by_day.setdefault(day, []).extend(spans)
    return write_hours(by_day)


def _clock_of(value: Json) -> str | None:
    found = re.match(r"T?(\d{1,2}):(\d{2})", value.strip()) if isinstance(value, str) else None
    if found and int(found[1]) <= 24 and int(found[2]) < 60:
        return f"{int(found[1]):02d}:{found[2]}"
    return to_clock(value, None) if isinstance(value, str) else None


def _days_of(value: Json) -> list[int]:
    days = []
    for text in texts_of(value):
        for part in re.split(r"[,\s]+", text):
            word = re.split(r"[/#]", part)[-1].lower()
            if word in _DAY_WORDS:
                days.append(_DAY_WORDS[word])
    return days


def find_hours(cues: Cues) -> tuple[str, Line] | None:
    """Hours printed on the page; a line of days may be followed by its line of times."""
    by_day: dict[int, list[str]] = {}
    first: Line | None = None
    pending: list[int] = []
    telling = frozenset(cues.numbers(_DAY_STEMS))
    for number, line in enumerate(cues.lines if telling else ()):
        text = line.text
        if line.section in (TESTIMONIAL, BLOG, FORM) or not text or len(text) > 300:
            pending = []
            continue
        days = _DAYS.search(text) if number in telling else None
        if days is None and pending and len(text) < 40:
            span = _SPAN.search(text)
            spans = _spans(text) if span else []
            for day in pending if spans else []:
                by_day.setdefault(day, spans)
            pending = []
            continue
        if days is None:
            pending = []
            continue
        read = read_hours(text)
        for day, spans in read.items():
            by_day.setdefault(day, spans)
        if read and first is None:
            first = line
        rest = text[days.end() :].strip(" :.-–")
        pending = [] if read or rest else _expand(days["days"])
        if pending and first is None:
            first = line
    written = write_hours(by_day)
    return (written, first) if written and first is not None else None


def read_hours(text: str) -> dict[int, list[str]]:
    """Spans by day (0 is Monday) in a text such as `Mon-Fri 9am - 5:30pm, Sat 10-2`."""
    by_day: dict[int, list[str]] = {}
    found = list(_DAYS.finditer(text)) or list(
        re.finditer(r"(?P<days>\b(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))*)\b", text)
    )
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        part = text[match.end() : end]
        if _BREAK.match(part.strip(" :.-–()")):
            continue
        spans = _spans(part) or _bare_span(part)
        for day in _expand(match["days"]) if spans else []:
            by_day.setdefault(day, spans)
    if not by_day and len(found) == 1 and not text[found[0].end() :].strip(" .,)"):
        before = _spans(text[: found[0].start()])  # "8:00am-4:00pm, Mon-Sat"
        by_day = dict.fromkeys(_expand(found[0]["days"]), before) if before else {}
    return by_day


def _spans(text: str) -> list[str]:
    spans = []
    for match in _SPAN.finditer(text):
        closes = to_clock(match["close"], None)
        opens = to_clock(match["open"], match["close"])
        marked = re.search(r"[ap]|:|h|noon|midi", match[0], re.IGNORECASE)
        if opens and closes and marked and opens != closes:
            spans.append(f"{opens}-{closes}")
    return spans[:3]


def _bare_span(text: str) -> list[str]:
    """Hours with neither minutes nor a half of the day, where nothing else stands beside them (`9 to 1`)."""
    found = re.fullmatch(r"\W*(\d{1,2})\s?(?:-|–|—|to|à)\s?(\d{1,2})\W*", text)
    if not found:
        return []
    opens, closes = int(found[1]), int(found[2])
    opens += 12 if opens < 7 else 0
    closes += 12 if closes <= opens and closes <= 12 else 0
    return [f"{opens:02d}:00-{closes:02d}:00"] if opens < closes <= 24 else []


def to_clock(text: str, partner: str | None) -> str | None:
    """`HH:MM` of a printed time; a bare opening hour takes its half of the day from the closing one."""
    plain = (
        text.strip().lower().replace(" ", "").replace(".", ":", 1)
        if re.match(r"\d+\.\d\d", text.strip())
        else text.strip().lower().replace(" ", "")
    )
    if plain in ("noon", "midi"):
        return "12:00"
    if plain == "midnight":
        return "24:00"
    found = re.match(r"(\d{1,2})(?:[:h](\d{2})|h)?([ap])?", plain)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half is None and partner is not None and hour <= 12 and "h" not in plain:
        other = re.match(r"(\d{1,2})\D*?([ap])?", partner.strip().lower().replace(" ", ""))
        closing = re.search(r"([ap])", partner.lower())
        if other and closing and closing[1] == "p" and hour < 12 and hour < int(other[1]) and int(other[1]) != 12:
            half = "p" if hour < 7 else None
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    if half is None and partner is None and 1 <= hour <= 7 and "h" not in plain and ":" not in plain:
        hour += 12  # nobody closes at five in the morning
    return f"{hour:02d}:{minute:02d}" if hour <= 24 and minute < 60 else None


def _expand(words: str) -> list[int]:
    """The days that a phrase such as `Mon-Wed, Fri` names."""
    plain = re.sub(r"\s", "", words.lower()).replace("–", "-")
    if plain in ("weekdays", "m-f"):
        return list(range(5))
    if plain in ("m-s", "m-sa", "m-sat"):
        return list(range(6))
    if words.lower() in _ALL:
        return list(range(7))
    named = []
    for match in re.finditer(r"[a-zà-ÿ]{2,}\.?", words, re.IGNORECASE):
        word = match[0].lower().rstrip(".")
        day = _DAY_WORDS.get(word, _DAY_WORDS.get(word.rstrip("s")))
        if day is not None:
            named.append((match.start(), match.end(), day))
    days: list[int] = []
    for index, (start, _end, day) in enumerate(named):
        if index and _RANGE_WORD.search(words[named[index - 1][1] : start]):
            previous = named[index - 1][2]
            day_count = (day - previous) % 7
            days.extend((previous + step) % 7 for step in range(1, day_count + 1))
        else:
            days.append(day)
    return list(dict.fromkeys(days))


def write_hours(by_day: dict[int, list[str]]) -> str | None:
    """OSM's writing: neighbouring days with the same spans joined (`Mo-Fr 09:00-17:00; Sa 10:00-14:00`)."""
    runs: list[tuple[int, int, str]] = []
    for day in sorted(by_day):
        spans = ",".join(dict.fromkeys(sorted(by_day[day])))
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], day, spans)
        else:
            runs.append((day, day, spans))
    if not runs:
        return None
    return "; ".join(f"{DAYS[a]}{'' if a == b else '-' + DAYS[b]} {spans}" for a, b, spans in runs)
