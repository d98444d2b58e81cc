"""Addresses outside the territory, read well enough to say where a page is from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crawler.extraction.document import Line, Section

_LABEL = re.compile(r"^.{0,40}?\b(?:address|location|direcci[óo]n|ubicaci[óo]n|visit us|find us)\s*[:–-]\s*", re.I)
_MEXICO = re.compile(r"(?P<before>.{4,140}?),?\s*\(?C\.?\s?P\.?:?\s?(?P<postal>\d{5})\)?(?P<after>[^|\n]{0,60})", re.I)
_AUSTRALIA = re.compile(
    r"(?P<before>.{0,140}?)[\s,]+(?P<region>NSW|VIC|QLD|TAS|ACT|WA|SA|NT|New South Wales|Victoria|Queensland|Tasmania|South Australia|Western Australia)"
    r",?\s+(?P<postal>[0-8]\d{3})(?!\d|-)"
)
_BRITAIN = re.compile(
    r"(?P<before>.{0,140}?)[\s,]+(?P<postal>(?:[A-PR-UWYZ]\d[\dA-HJKPSTUW]?|[A-PR-UWYZ][A-HK-Y]\d[\dABEHMNPRVWXY]?)\s\d[ABD-HJLNP-UW-Z]{2})(?!\w)"
)
_INDIA = re.compile(
    r"(?P<before>.{0,140}?)(?P<city>[A-Z][a-z]{2,}(?:\s[A-Z][a-z]+)?)\s?(?:,|-|–|\s)\s?(?P<postal>[1-8]\d{2}\s?\d{3})(?!\d)"
)
_INDIAN = re.compile(
    r"\bIndia\b|Mumbai|Delhi|Bangalore|Bengaluru|Chennai|Hyderabad|Kolkata|Pune|Goa|Kerala|Jaipur|Gurgaon|Noida|Kochi|\+91"
)

Found = tuple[str | None, str | None, str | None, str, str, int]  # street, city, region, postal code, country, line


def find_foreign(lines: Sequence[Line]) -> Iterator[Found]:
    """Australian, British, Mexican and Indian addresses with their postal codes, one line each."""
    for index, line in enumerate(lines):
        text = line.text
        if line.section in (Section.TESTIMONIAL, Section.BLOG) or len(text) > 300 or not any(c.isdigit() for c in text):
            continue
        joined = text
        if index and len(text) < 60 and len(lines[index - 1].text) < 70 and lines[index - 1].text[:1].isdigit():
            joined = f"{lines[index - 1].text}, {text}"
        joined = _LABEL.sub("", joined)
        for pattern, country in ((_AUSTRALIA, "AU"), (_BRITAIN, "GB"), (_MEXICO, "MX")):
            match = pattern.search(joined)
            if match:
                yield *_split(match, country), country, index
                break
        else:
            match = _INDIA.search(joined)
            if match and _INDIAN.search(joined):
                yield match["before"].strip(" ,") or None, match["city"], None, match["postal"], "IN", index


def _split(match: re.Match[str], country: str) -> tuple[str | None, str | None, str | None, str]:
    parts = [part.strip(" .()") for part in re.split(r"[,|•·]", match["before"]) if part.strip(" .()")]
    region = match["region"] if country == "AU" else None
    after = [part.strip(" .,") for part in match["after"].split(",") if part.strip(" .,")] if country == "MX" else []
    if after:
        parts += after[:2]
    if country == "MX" and len(parts) >= 3:
        region = parts.pop() + (
            "." if len(parts[-1]) and re.search(rf"{re.escape(parts[-1])}.*\b\w+\.", match[0]) else ""
        )
        region = region if len(region) <= 30 else None
    city = parts.pop() if len(parts) >= 2 or (parts and not parts[0][:1].isdigit()) else None
    return ", ".join(parts) or None, city, region, match["postal"]
