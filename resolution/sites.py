"""Which pages belong to one practice: pages of one site, told apart where a host carries several practices."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from directory.models import ExtractedPage
from directory.names import fold
from resolution.features import fold_phone, is_shared_host, split_street


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """A page with the address it is known by and the source that read it."""

    source: str
    url: str
    page: ExtractedPage
    is_location: bool = False  # a practice of its own, whatever else its host carries


def group_pages(pages: Sequence[SitePage]) -> list[tuple[str, list[SitePage]]]:
    """(site root, its pages) for every practice, pages by address; French and English twins fall together.

    A host of its own is one site; a page that a chain lists as one of its locations is a site of its own. On a host
    that carries many (a shared one, a bare address), pages of one folder are one site, and pages at its root belong
    together only if a phone, e-mail, street or name ties them.
    """
    sites: defaultdict[str, list[SitePage]] = defaultdict(list)
    for item in sorted(pages, key=lambda item: (item.url, item.source)):
        sites[find_root(item.url, is_location=item.is_location)].append(item)
    groups: list[tuple[str, list[SitePage]]] = []
    for root, members in sites.items():
        if not root.endswith("/*"):
            groups.append((root, members))
            continue
        groups.extend((_plain_url(tied[0].url), tied) for tied in _tie(members))
    return groups


def find_root(url: str, *, is_location: bool) -> str:
    """What a page's site is known by: the page itself, if a chain lists it as one of its locations."""
    return _plain_url(url) if is_location else find_site_root(url)


def find_site_root(url: str) -> str:
    """The root of an address's site: its host, or host and folder where many share it; `…/*` right at such a root."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().removeprefix("www.")
    if not is_shared_host(host):
        return host
    place = parts.netloc.lower().removeprefix("www.")
    folders = [folder for folder in parts.path.split("/")[:-1] if folder]
    return f"{place}/{folders[0]}" if folders else f"{place}/*"


def _plain_url(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path}"


def _tie(members: list[SitePage]) -> list[list[SitePage]]:
    """Groups of pages that share a phone, e-mail, street or practice name."""
    groups: list[tuple[set[str], list[SitePage]]] = []
    for item in members:
        marks = _find_marks(item.page)
        touching = [group for group in groups if group[0] & marks]
        merged_marks = marks.union(*(group[0] for group in touching))
        merged_pages = [page for group in touching for page in group[1]] + [item]
        groups = [group for group in groups if not any(group is other for other in touching)]
        groups.append((merged_marks, merged_pages))
    return sorted((sorted(pages, key=lambda page: page.url) for _, pages in groups), key=lambda pages: pages[0].url)


def _find_marks(page: ExtractedPage) -> set[str]:
    marks = {f"phone {fold_phone(phone)}" for phone in page.phones[:1] if fold_phone(phone)}
    marks |= {f"email {email.lower()}" for email in page.emails}
    for location in page.locations:
        number, street = split_street(location.street or "")
        if number and street:
            marks.add(f"street {number} {street} {fold(location.city or '')}")
    if page.name:
        marks.add(f"name {re.sub(r'[^a-z0-9]', '', fold(page.name))}")
    if page.website:
        host = (urlsplit(page.website).hostname or "").removeprefix("www.")
        if host and not is_shared_host(host):
            marks.add(f"site {host}")
    return marks
