"""What the letterhead's logo says: the text beside or inside it, which is the name that the practice chose to show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from crawler.extraction.document import Document, clean

_LOGO = re.compile(
    r"\b(?:(?:the|our|site|company|business|main|white|black)\s)?logo(?:tipo)?(?:\s(?:de|of|for|image))?\b",
    re.IGNORECASE,
)
# The classes by which themes mark the name at the head of a page.
_MARKED = etree.XPath(
    "//*[contains(@class, 'brand') or contains(@class, 'site-title') or contains(@class, 'site-name')"
    " or contains(@class, 'logo')]"
)
_BRAND = re.compile(
    r"(?:^|\s)(?:[\w-]*navbar-brand|(?:site|nav|header)[-_](?:title|name|logo|brand)|brand(?:[-_]name)?|"
    r"logo(?:[-_](?:text|name))?)(?=\s|$)"
)
_LONGEST = 60


def find_picture(document: Document) -> tuple[str, bool] | None:
    """The text of the page's first picture of a logo, and whether that text itself calls it one."""
    if document.root is None:
        return None
    for image in document.root.iter("img"):
        text = image.get("alt") or ""
        if 4 <= len(text) <= _LONGEST and ("logo" in text.lower() or "logo" in (image.get("src") or "").lower()[-80:]):
            return _LOGO.sub(" ", text).strip(), "logo" in text.lower()
    return None


def find_brand(document: Document) -> str | None:
    """The words of the first element that its class marks as the brand at the head of the page."""
    if document.root is None:
        return None
    for element in _find_marked(document.root):
        text = next((clean(str(part)) for part in element.itertext() if part.strip()), "")
        if 3 <= len(text) <= _LONGEST:
            return text
    return None


def _find_marked(root: etree._Element) -> Iterator[etree._Element]:
    marked = _MARKED(root)
    for element in marked[:8] if isinstance(marked, list) else ():
        if isinstance(element, etree._Element) and _BRAND.search(element.get("class") or ""):
            yield element
