"""Addresses and coordinates in links to maps and in embedded maps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.cues import Gated
from crawler.extraction.document import Document

_COORDS = (
    re.compile(r"!3d(?P<lat>-?\d{1,2}\.\d+)!4d(?P<lon>-?\d{1,3}\.\d+)"),
    re.compile(r"!2d(?P<lon>-?\d{1,3}\.\d+)!3d(?P<lat>-?\d{1,2}\.\d+)"),
    re.compile(r"[/=@](?P<lat>-?\d{1,2}\.\d{3,}),(?:\+|%20)?(?P<lon>-?\d{1,3}\.\d{3,})"),
)
_MAP = Gated(
    re.compile(
        r"google\.[a-z.]+/maps|maps\.google|goo\.gl/maps|maps\.apple\.com|openstreetmap\.org|bing\.com/maps|waze\.com"
    ),
    "map",
    "waze",
)
_MAP_QUERY = re.compile(
    r"(?:[?&](?:q|query|daddr|destination|address|saddr)=|/maps/(?:place|search|dir)/(?:/)?)([^&@#?]{4,200})",
    re.IGNORECASE,
)


def find_map_addresses(document: Document) -> Iterator[tuple[str, str]]:
    """The addresses that map links ask for, as written in them, each with where it stood."""
    for line in document.lines:
        for link in line.links:
            if _MAP.search(link.href.lower()):
                query = _MAP_QUERY.search(link.href)
                if query:
                    yield query[1], "map link"
    for frame in document.frames:
        query = _MAP_QUERY.search(frame) if _MAP.search(frame.lower()) else None
        if query:
            yield query[1], "map frame"


def find_map_point(document: Document) -> tuple[float, float] | None:
    """Coordinates in the page's only map, else in its head."""
    points = set()
    addresses = [link.href for line in document.lines for link in line.links if _MAP.search(link.href.lower())]
    for address in [*addresses, *(frame for frame in document.frames if _MAP.search(frame.lower()))]:
        for pattern in _COORDS:
            match = pattern.search(address)
            if match:
                points.add((round(float(match["lat"]), 6), round(float(match["lon"]), 6)))
                break
    head = document.meta.get("geo.position") or document.meta.get("icbm")
    if head:
        parts = re.findall(r"-?\d{1,3}\.\d+", head)
        if len(parts) == 2:
            return float(parts[0]), float(parts[1])
    return points.pop() if len(points) == 1 else None
