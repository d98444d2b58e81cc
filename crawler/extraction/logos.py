"""What the letterhead's logo says: the text beside or inside it, which is the name that the practice chose to show."""

from __future__ import annotations

import re
from itertools import islice

from crawler.extraction.document import Document, clean

_LOGO = re.compile(
    r"\b(?:(?:the|our|site|company|business|main|white|black)\s)?logo(?:tipo)?(?:\s(?:de|of|for|image))?\b",
    re.IGNORECASE,
)
# The classes by which themes mark the name at the head of a page: on its link home, or right around that.
_BRAND = re.compile(
    r"(?:^|\s)(?:[\w-]*navbar-brand|(?:site|nav|header)[-_](?:title|name|logo|brand)|brand(?:[-_]name)?|"
    r"logo(?:[-_](?:text|name))?)(?=\s|$)"
)
_LONGEST = 60
_MOST_LINKS = 40  # the brand is among the first


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
    """The words of the first link that its class, or the class of what holds it, marks as the brand of the page."""
    if document.root is None:
        return None
    for link in islice(document.root.iter("a"), _MOST_LINKS):
        holder = link.getparent()
        marks = link.get("class") or (holder.get("class") if holder is not None else None)
        if marks and _BRAND.search(marks):
            text = next((clean(str(part)) for part in link.itertext() if part.strip()), "")
            if 3 <= len(text) <= _LONGEST:
                return text
    return None
