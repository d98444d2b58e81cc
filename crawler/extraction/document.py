"""A page as a person sees it: lines of text, each with its tag, its section and its links.

Parsed once; every reader works on the same lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from lxml import etree

from crawler.extraction.decoding import decode
from crawler.extraction.headings import BLOG_HEADING, OTHER_TOPIC, STAFF, TESTIMONIAL_HEADING, is_quotation

MAX_CHARS = 1_500_000  # a practice page is ten thousand; beyond this it is a dump, not a page
MAX_LINES = 6_000
MAX_LINE_CHARS = 4_000
MAX_BLOCKS = 40  # JSON-LD blocks read

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS_TEXT = """
address article aside blockquote body button caption center dd details dialog div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hr html label legend li main nav ol option p pre section select summary table
tbody td textarea tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCKS_TEXT.split())
SKIPPED = frozenset(
    ["script", "style", "noscript", "svg", "template", "canvas", "title", "object", "audio", "video", "map", "math"]
)


class Section(StrEnum):
    """The part of the page a line stands in."""

    MAIN = "main"
    HEADER = "header"
    NAV = "nav"
    FOOTER = "footer"
    TESTIMONIAL = "testimonial"
    BLOG = "blog"
    FORM = "form"
    META = "meta"
    DATA = "json-ld"


# A member looked up in its class costs five times a name of the module: loops over lines use these.
MAIN, HEADER, NAV, FOOTER, TESTIMONIAL, BLOG, FORM, META, DATA = Section
OTHERS_WORDS = frozenset({TESTIMONIAL, BLOG})
_UNSEEN = frozenset({META, DATA})


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    text: str


@dataclass(slots=True)
class Line:
    """One line of text as laid out; `group` is shared by the lines of one block that only `<br>` parts."""

    text: str
    tag: str
    section: Section
    group: int
    links: tuple[Link, ...] = ()
    level: int = 0
    heading: int = -1  # index of the heading it stands under
    _low: str | None = None
    _has_digit: bool | None = None

    @property
    def low(self) -> str:
        """The text in lower case, letter for letter: patterns without case run several times faster on it."""
        if self._low is None:
            low = self.text.lower()
            self._low = low if len(low) == len(self.text) else "".join(c.lower()[:1] or c for c in self.text)
        return self._low

    @property
    def has_digit(self) -> bool:
        """Whether a digit stands in it: what phones, addresses and numbers are read from."""
        if self._has_digit is None:
            self._has_digit = _DIGIT.search(self.text) is not None
        return self._has_digit

    @property
    def where(self) -> str:
        if self.level:
            return self.tag
        return self.section.value if self.section is not MAIN else self.tag


@dataclass(slots=True)
class Document:
    """What one page holds before anything is understood."""

    lines: list[Line] = field(default_factory=list)
    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    canonical: str | None = None
    base: str | None = None
    lang: str | None = None
    json_ld: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    root: etree._Element | None = None
    has_items: bool = False  # microdata or RDFa somewhere
    truncated: bool = False

    def visible(self) -> Iterator[Line]:
        """Lines that stand in the page itself, not in its head or its data."""
        return (line for line in self.lines if line.section not in _UNSEEN)


_DIGIT = re.compile(r"\d")
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_NOT_CHARACTERS = re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])")  # U+FDD0-FDEF, U+FFFE and FFFF in UTF-8
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CLASS = re.compile(
    r"(?P<testimonial>testimon|(?<![a-z])reviews?(?![a-z])|temoign|t[ée]moignage|resena|quote-|client-say|feedback)"
    r"|(?P<blog>\bblog|\bpost-(?:card|teaser|list|preview|excerpt)|latest-(?:post|news)|related-|\bcomments?\b|"
    r"comment-)"
    r"|(?P<footer>\bfooter|site-footer|page-footer|\bcolophon)"
    r"|(?P<nav>\bnav\b|navbar|nav-|navigation|main-menu|mobile-menu|\bmenu-item|breadcrumb|skip-link)"
    r"|(?P<header>\bsite-header|page-header\b|\btopbar|top-bar|masthead)",
    re.IGNORECASE,
)
_TAG_SECTION = {
    "nav": NAV,
    "footer": FOOTER,
    "header": HEADER,
    "form": FORM,
    "blockquote": TESTIMONIAL,
    "select": FORM,
}


def clean(text: str) -> str:
    """`text` on one line, without invisible characters."""
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def _section_of_class(words: str) -> Section | None:
    found = _CLASS.search(words)
    return Section[found.lastgroup.upper()] if found and found.lastgroup else None


def read_document(body: bytes | str, content_type: str | None = None) -> Document:
    """The page's lines and head; an empty document where there is nothing to read."""
    text = body if isinstance(body, str) else decode(body[: MAX_CHARS * 2], content_type)
    document = Document(truncated=len(text) > MAX_CHARS or len(body) > MAX_CHARS * 2)
    text = text[:MAX_CHARS]
    data = _NOT_CHARACTERS.sub(b"", text.encode("utf-8", "ignore").translate(None, _CONTROLS))
    if not text.strip():
        return document
    parser = etree.HTMLParser(encoding="utf-8", recover=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return document
    if root is None:
        return document
    document.root = root
    document.has_items = b"itemscope" in data or b"typeof=" in data
    _read_head(root, document)
    _Walk(document).run(root)
    _mark_sections(document.lines)
    return document


def _read_head(root: etree._Element, document: Document) -> None:
    lang = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    document.lang = lang.strip().lower()[:2] if lang else None
    for element in root.iter("title", "meta", "link", "base", "script", "iframe"):
        tag = element.tag
        if tag == "title" and not document.title:
            document.title = clean("".join(str(part) for part in element.itertext()))[:400]
        elif tag == "meta":
            key = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
            content = clean(element.get("content") or "")
            if key and content and key not in document.meta:
                document.meta[key] = content[:2000]
        elif tag == "link":
            if "canonical" in (element.get("rel") or "").lower() and element.get("href"):
                document.canonical = document.canonical or (element.get("href") or "").strip()
        elif tag == "base":
            document.base = document.base or element.get("href")
        elif tag == "iframe":
            source = element.get("src") or element.get("data-src")
            if source:
                document.frames.append(source[:2000])
        elif "ld+json" in (element.get("type") or "").lower() and len(document.json_ld) < MAX_BLOCKS:
            document.json_ld.append("".join(str(part) for part in element.itertext()))


class _Walk:
    """Lays the tree out into lines, without recursion, so that no nesting can exhaust the stack."""

    def __init__(self, document: Document) -> None:
        self.lines = document.lines
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.group = 0

    def run(self, root: etree._Element) -> None:
        # an entry is (element, its section, the block's tag, whether its end is meant)
        stack: list[tuple[etree._Element, Section, str, bool]] = [(root, MAIN, "body", False)]
        parts = self.parts
        while stack:
            element, section, block, ends = stack.pop()
            tag = element.tag
            if not ends and isinstance(tag, str) and tag not in SKIPPED:
                if len(self.lines) >= MAX_LINES:
                    return
                if tag in BLOCKS:
                    self.flush(section, block)
                    self.group += 1
                    block = tag if tag in HEADINGS or block not in HEADINGS else block
                    section = self._section(element, tag, section)
                elif tag == "br":
                    self.flush(section, block)
                elif tag == "a":
                    self._open_link(element)
                text = element.text
                if text:
                    parts.append(text)
                if len(element):
                    stack.append((element, section, block, True))
                    stack.extend([(child, section, block, False) for child in reversed(element)])
                    continue
                ends = True
            if ends and tag in BLOCKS:
                self.flush(section, block)
                self.group += 1
            tail = element.tail
            if tail:
                parts.append(tail)
            elif parts and len(parts[-1]) > 1:
                parts.append(" ")  # two inline elements side by side are two words
        self.flush(MAIN, "body")

    def _open_link(self, element: etree._Element) -> None:
        href = (element.get("href") or "").strip()
        if href and not href.startswith("#"):
            label = clean("".join(str(part) for part in element.itertext()))
            self.links.append(
                Link(href[:2000], (label or element.get("aria-label") or element.get("title") or "")[:200])
            )

    @staticmethod
    def _section(element: etree._Element, tag: str, section: Section) -> Section:
        if section in OTHERS_WORDS:
            return section
        own = _TAG_SECTION.get(tag)
        if own is HEADER and section is not MAIN:
            own = None
        if tag not in ("body", "html", "main"):
            words = f"{element.get('class') or ''} {element.get('id') or ''}"
            if len(words) > 1:
                by_class = _section_of_class(words[:300])
                if by_class is not None and (own is None or by_class in OTHERS_WORDS):
                    own = by_class
        if own is None or (section in (FOOTER, NAV) and own not in OTHERS_WORDS):
            return section
        return own

    def flush(self, section: Section, block: str) -> None:
        """End the line that is being gathered."""
        if not self.parts:
            return
        text = "".join(self.parts)
        self.parts.clear()
        if not self.links and text.isspace():
            return
        text = clean(text)
        if text or self.links:
            level = HEADINGS.get(block, 0)
            line = Line(text[:MAX_LINE_CHARS], block, section, self.group, tuple(self.links), level)
            if len(self.links) >= 3 and sum(len(link.text) for link in self.links) >= 0.8 * len(text):
                line.section = NAV if section is MAIN else section
            self.lines.append(line)
            self.links.clear()


def _mark_sections(lines: list[Line]) -> None:
    """Give every line its heading, and what stands under 'Testimonials' or 'Blog' that section."""
    _free_other_topics(lines)
    _free_lone_post(lines)
    heading, under, level = -1, None, 0
    for index, line in enumerate(lines):
        line.heading = heading
        if line.level and line.text:
            if under is not None and (line.level <= level or _is_contact(lines, index)):
                under = None
                _free_kicker(lines, index, heading)
            opened = _section_under(line)
            if opened is not None:
                under, level = opened, line.level
            heading = index
        if line.section is FOOTER:
            under = None
        if under is not None and line.section is not NAV:
            line.section = under
        elif line.section in (MAIN, HEADER) and is_quotation(line.text):
            line.section = TESTIMONIAL


def _free_other_topics(lines: list[Line]) -> None:
    """A box named after its reviews may hold other topics too: those are the page's own."""
    staff = sum(1 for line in lines if line.level and line.section is TESTIMONIAL and STAFF.match(line.text)) > 1
    freed = False
    for line in lines:
        if staff and line.section is TESTIMONIAL:
            line.section = MAIN
        if line.section is not TESTIMONIAL:
            freed = False
            continue
        if line.level:
            freed = not TESTIMONIAL_HEADING.search(line.text) and (freed or bool(OTHER_TOPIC.search(line.text)))
        if freed:
            line.section = MAIN


def _free_lone_post(lines: list[Line]) -> None:
    """A page that is all one post (as themes mark pages too) says there what it has to say."""
    posted, said = (sum(len(line.text) for line in lines if line.section is section) for section in (BLOG, MAIN))
    if posted > 2 * said:
        for line in lines:
            if line.section is BLOG:
                line.section = MAIN


def _section_under(heading: Line) -> Section | None:
    """The section that a heading opens, where it opens one of other people's words."""
    if len(heading.text) >= 60 or heading.section is NAV:
        return None
    if TESTIMONIAL_HEADING.search(heading.text):
        return TESTIMONIAL
    return BLOG if BLOG_HEADING.search(heading.text) else None


def _is_contact(lines: list[Line], heading: int) -> bool:
    """Whether a number to dial or an address to write to stands under this very heading: no client's words do."""
    for line in lines[heading + 1 : heading + 6]:
        if line.level:
            return False
        if any(link.href.startswith(("tel:", "mailto:")) for link in line.links):
            return True
    return False


def _free_kicker(lines: list[Line], index: int, heading: int) -> None:
    """The short line just above a heading belongs to it, not to the section before."""
    above = lines[index - 1]
    if index - 1 > heading and len(above.text) < 40 and above.tag in ("p", "div") and above.text[-1:].isalnum():
        above.section = MAIN
