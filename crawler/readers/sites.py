"""Which pages of a practice's site matter, and what a page says about being indexed or copied."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from parsel import Selector
from scrapy.http import Response, TextResponse
from w3lib.url import canonicalize_url, url_query_cleaner

_TRACKING = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "fbclid", "msclkid", "ref")
_FILES = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|ico|css|js|mp[34]|mov|avi|zip|docx?|xlsx?|pptx?|ics|vcf|xml|json|rss|md|tsv|csv|py|txt)$",
    re.IGNORECASE,
)
# What a page is for, by words of its address or of the link that leads there: English, French, Spanish.
_WANTED: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (rank, re.compile(rf"(?<![a-z])(?:{words})", re.IGNORECASE))
    for rank, words in (
        (9, "contact|location|find[-_ ]us|hours|direction|nous[-_ ]joindre|joindre|coordonn|contacto|ubicaci"),
        (8, "about|our[-_ ]story|bio|meet|apropos|a[-_ ]propos|à[-_ ]propos|qui[-_ ]sommes|acerca|sobre|nosotros"),
        (8, "team|staff|therapist|practitioner|massage[-_ ]therapists|equipe|équipe|th[eé]rapeute|equipo|terapeuta"),
        (
            7,
            "service|treatment|massage|therap|modalit|technique|what[-_ ]we|soin|traitement|servicio|tratam|masaje",
        ),
        (6, "rate|price|pricing|fees|cost|tarif|prix|precio|tarifa"),
        (5, "condition|insurance|benefit|direct[-_ ]billing|referral|physician|injur|assurance|seguro|faq|credential"),
        (4, "clinic|clinique|clinica|policy|policies|new[-_ ]patient|first[-_ ]visit"),
    )
)
_UNWANTED = re.compile(
    r"blog|news|/post|/tag/|/category/|/author/|calendar|event|cart|checkout|account|login|sign[-_]?in|register|wp-json|"
    r"feed|gift|shop|product|privacy|terms|cookie|gallery|archive|/page/\d|\d{4}/\d\d|replytocom|print=",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageRules:
    """What the page asks of those who read it by machine."""

    index: bool = True
    archive: bool = True
    follow: bool = True


class Page:
    """A page as links and rules are read from it: parsed once, whatever its bytes, and gone through once.

    `robots` are the values of its X-Robots-Tag headers.
    """

    def __init__(self, url: str, text: str, robots: Iterable[str] = ()) -> None:
        self.url = url
        self.robots = list(robots)
        self.selector = Selector(text=text or "<html/>", type="html", base_url="")
        self.anchors: list[Any] = []
        self.title = self.base = ""
        self.canonicals: list[str] = []
        for element in self.selector.root.iter("a", "base", "link", "meta", "title"):
            self._note(element)

    @classmethod
    def of(cls, response: TextResponse) -> Page:
        """The page of an answer."""
        return cls(response.url, response.text, list_robots(response))

    def _note(self, element: Any) -> None:
        if element.tag == "a":
            self.anchors.append(element)
        elif element.tag == "title":
            self.title = self.title or (element.text or "").strip()
        elif element.tag == "base":
            self.base = self.base or (element.get("href") or "").strip()
        elif element.tag == "link":
            if element.get("rel") == "canonical":
                self.canonicals.append(element.get("href") or "")
        elif element.get("property") == "og:url":
            self.canonicals.append(element.get("content") or "")
        elif (element.get("name") or "").casefold() in {"robots", "palpatebot"}:
            self.robots.append(element.get("content") or "")


def list_robots(response: Response) -> list[str]:
    """What an answer's X-Robots-Tag headers say."""
    return [value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag")]


@lru_cache(4096)
def normalise_url(url: str) -> str:
    """One writing for one page: without fragment and tracking, query sorted, no index file."""
    cleaned = canonicalize_url(url_query_cleaner(url, _TRACKING, remove=True))
    return re.sub(r"/index\.(?:html?|php|aspx?)$", "/", cleaned)


def find_site(url: str) -> str:
    """The site a page belongs to: its host and port without 'www.'."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    default = {"http": 80, "https": 443}.get(parts.scheme)
    try:
        port = parts.port
    except ValueError:
        port = None
    return host if port in {None, default} else f"{host}:{port}"


def is_never_host(host: str, never: tuple[str, ...]) -> bool:
    """Whether the host, or the site it is part of, must not be crawled."""
    return any(host == name or host.endswith(f".{name}") for name in never)


def rank_link(url: str, text: str) -> int:
    """How much a page of the site is worth reading, 0 if not at all."""
    path = unquote(urlsplit(url).path)
    query = urlsplit(url).query
    if _FILES.search(path) or _UNWANTED.search(f"{path}?{query}") or len(url) > 500 or path.count("/") > 6:
        return 0
    words = path.replace("-", " ").replace("_", " ")
    best = max((rank for rank, pattern in _WANTED if pattern.search(path) or pattern.search(words)), default=0)
    if len(text) <= 60:
        best = max(best, max((rank for rank, pattern in _WANTED if pattern.search(text)), default=0))
    return best


def find_links(page: Page, limit: int = 1000) -> list[tuple[int, str]]:
    """The links to pages of the same site that matter, best first."""
    site = find_site(page.url)
    base = find_base(page)
    ranked: dict[str, int] = {}
    for anchor in page.anchors[:limit]:
        try:
            url = urljoin(base, (anchor.get("href") or "#").strip())
            if url.startswith(("http:", "https:")) and find_site(url) == site:
                url = normalise_url(url)
                text = " ".join(" ".join(anchor.itertext()).split())
                ranked[url] = max(ranked.get(url, 0), rank_link(url, text))
        except ValueError:
            continue
    return sorted(
        ((rank, url) for url, rank in ranked.items() if rank), key=lambda item: (-item[0], len(item[1]), item[1])
    )


def find_base(page: Page) -> str:
    """What the page's links are relative to."""
    try:
        return urljoin(page.url, page.base)
    except ValueError:
        return page.url


def is_file_index(page: Page) -> bool:
    """Whether the page is a server's plain list of the files in a folder."""
    return page.title.startswith(("Directory listing for", "Index of /"))


def find_files(page: Page) -> list[str]:
    """The pages in a list of files."""
    urls = (urljoin(page.url, anchor.get("href") or "") for anchor in page.anchors)
    return [url for url in dict.fromkeys(urls) if re.search(r"\.x?html?$", urlsplit(url).path)]


def read_rules(page: Page) -> PageRules:
    """What robots meta elements and X-Robots-Tag headers ask."""
    words = {word.strip() for text in page.robots for word in re.split(r"[,:]", text.casefold())}
    none = "none" in words
    return PageRules(
        index=not (none or "noindex" in words),
        archive=not (none or {"noarchive", "nocache"} & words),
        follow=not (none or "nofollow" in words),
    )


def find_canonical(page: Page) -> str | None:
    """The address the page gives for itself, if it is a whole web address."""
    for href in page.canonicals:
        try:
            parts = urlsplit(href.strip())
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and "." in (parts.hostname or ""):
            return normalise_url(href.strip())
    return None
