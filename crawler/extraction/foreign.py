"""Addresses outside the territory, read well enough to say where a page is from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crawler.extraction.document import Line, Section

_DIGIT = re.compile(r"\d")
_LABEL = re.compile(
    r"^.{0,40}?\b(?:address|location|direcci[óo]n|ubicaci[óo]n|visit us|find us)\s*[:–-]\s*", re.IGNORECASE
)
_MEXICO = re.compile(r"\(?C\.?\s?P\.?:?\s?(?P<postal>\d{5})\)?(?P<after>[^|\n]{0,60})")
_AUSTRALIA = re.compile(
    r"(?<=[\s,])(?P<region>NSW|VIC|QLD|TAS|ACT|WA|SA|NT|New South Wales|Victoria|Queensland|Tasmania|South "
    r"Australia|Western Australia)"
    r",?\s+(?P<postal>[0-8]\d{3})(?!\d|-)"
)
_BRITAIN = re.compile(
    r"(?<=[\s,])(?P<postal>(?:[A-PR-UWYZ]\d[\dA-HJKPSTUW]?|"
    r"[A-PR-UWYZ][A-HK-Y]\d[\dABEHMNPRVWXY]?)\s\d[ABD-HJLNP-UW-Z]{2})(?!\w)"
)
_INDIA = re.compile(
    r"(?P<city>[A-Z][a-z]{2,15}(?:\s[A-Z][a-z]{1,15})?)\s?(?:,|-|–|\s)\s?(?P<postal>[1-8]\d{2}\s?\d{3})(?!\d)"
)
_INDIAN = re.compile(
    r"\bIndia\b|Mumbai|Delhi|Bangalore|Bengaluru|Chennai|Hyderabad|Kolkata|Pune|Goa|Kerala|Jaipur|Gurgaon|Noida|"
    r"Kochi|\+91"
)

Found = tuple[str | None, str | None, str | None, str, str, int]  # street, city, region, postal code, country, line


def find_foreign(lines: Sequence[Line]) -> Iterator[Found]:
    """Australian, British, Mexican and Indian addresses with their postal codes, one a line."""
    for index, line in enumerate(lines):
        text = line.text
        if line.section in (Section.TESTIMONIAL, Section.BLOG) or len(text) > 300 or not _DIGIT.search(text):
            continue
        if index and len(text) < 60 and len(lines[index - 1].text) < 70 and lines[index - 1].text[:1].isdigit():
            text = f"{lines[index - 1].text}, {text}"
        for pattern, country in ((_AUSTRALIA, "AU"), (_BRITAIN, "GB"), (_MEXICO, "MX")):
            match = pattern.search(text)
            if match:
                yield *_split(text, match, country), country, index
                break
        else:
            match = _INDIA.search(text)
            if match and _INDIAN.search(text):
                before = _LABEL.sub("", text[: match.start()]).strip(" ,")
                yield before or None, match["city"], None, match["postal"], "IN", index


def _split(text: str, match: re.Match[str], country: str) -> tuple[str | None, str | None, str | None, str]:
    before = _LABEL.sub("", text[max(0, match.start() - 140) : match.start()])
    parts = [part.strip(" ()") for part in re.split(r"[,|•·]", before) if part.strip(" .()")]
    region = match["region"] if country == "AU" else None
    if country == "MX":
        parts += [part.strip(" .,") for part in match["after"].split(",") if part.strip(" .,")][:2]
        if len(parts) >= 3:
            region = parts.pop()
    city = parts.pop() if len(parts) >= 2 or (parts and not parts[0][:1].isdigit()) else None
    return ", ".join(parts).strip(" .") or None, city, region, match["postal"]
