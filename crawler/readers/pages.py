"""A page of a practice's site, read whole: what it states, what it asks of machines, where it leads to."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.extraction import extract_page
from crawler.extraction.decoding import decode
from crawler.readers import sites
from directory.models import ExtractedPage


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one page brought. `page` is None for a server's plain list of files, which `links` then names all.

    `address` is the page's canonical address, `links` are pages of the same site with their rank, best first.
    """

    url: str
    address: str
    page: ExtractedPage | None
    rules: sites.PageRules
    links: tuple[tuple[int, str], ...]


def read_page(body: bytes, url: str, content_type: str | None, robots: tuple[str, ...]) -> PageReading:
    """The page of these bytes; plain data in and out, so that a process of its own may do it."""
    shown = sites.Page(url, decode(body, content_type), robots)
    rules = sites.read_rules(shown)
    own = sites.normalise_url(url)
    if sites.is_file_index(shown):
        files = tuple((0, found) for found in sites.find_files(shown))
        return PageReading(url, own, None, rules, files if rules.follow else ())
    links = tuple(sites.find_links(shown)) if rules.follow else ()
    return PageReading(
        url, choose_address(shown, own), extract_page(body, url=own, content_type=content_type), rules, links
    )


def choose_address(page: sites.Page, url: str) -> str:
    """The page's canonical address if it is one of the same site, or if the page was served from this machine."""
    canonical = sites.find_canonical(page)
    if canonical is None:
        return url
    host = urlsplit(url).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    return canonical if local or sites.find_site(canonical) == sites.find_site(url) else url
