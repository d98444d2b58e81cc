"""Site maps: the pages they list, the further maps they name, and which pages are a chain's locations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap

from crawler.readers.sites import find_site, normalise_url
from crawler.sources.model import Chain

MAX_ENTRIES = 50_000  # as the protocol has it


@dataclass(frozen=True, slots=True)
class SiteMap:
    """What a site map lists: pages, or further maps."""

    is_index: bool
    locations: tuple[str, ...]


def read_sitemap(body: bytes, max_bytes: int) -> SiteMap | None:
    """What a site map lists, packed or not; None if it is none."""
    try:
        plain = gunzip(body, max_size=max_bytes) if body[:2] == b"\x1f\x8b" else body
        listed = Sitemap(plain)
        locations = tuple(entry["loc"] for entry in listed if entry.get("loc"))[:MAX_ENTRIES]
    except Exception:  # whatever stands there is no site map
        return None
    return SiteMap(listed.type == "sitemapindex", locations)


def find_locations(chain: Chain, listed: SiteMap) -> list[str]:
    """The pages of a map that are one of the chain's locations each: of the map's own site, by their path."""
    found: dict[str, None] = {}
    for location in listed.locations:
        try:
            url = normalise_url(location)
            is_own = find_site(url) == find_site(chain.sitemap)
        except ValueError:
            continue
        if is_own and re.search(chain.pages, urlsplit(url).path):
            found[url] = None
    return list(found)
