"""Small plain functions that make stored values fit to show: addresses, phones, links, distances."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup

from search.interface import DocumentCredential, DocumentLocation, TherapistDocument

LONGEST_TEXT = 600
HIDDEN_MARKS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to call and how it is written."""

    number: str
    label: str


def clean(text: str | None, longest: int = LONGEST_TEXT) -> str:
    """The text on one line, without marks that reorder or hide it, cut to a length a page can bear."""
    shown = text or ""
    if not shown.isascii():  # no hidden mark is
        shown = shown.translate(HIDDEN_MARKS)
    plain = " ".join(shown.split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def find_safe_url(url: str | None) -> str | None:
    """The address if it is a plain web address, else None: nothing else is ever made a link."""
    if not url or len(url) > 2000 or any(ord(character) < 33 for character in url.strip()):
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and host and "@" not in parts.netloc else None


def find_phone(number: str | None) -> Phone | None:
    """A phone to call, or None if it isn't one."""
    digits = "".join(character for character in number or "" if character in "0123456789")
    if not 7 <= len(digits) <= 15 or set(number or "") - set("+0123456789 ().-"):
        return None
    if len(digits) == 10:
        digits = "1" + digits
    if len(digits) == 11 and digits.startswith("1"):
        return Phone(f"+{digits}", f"{digits[1:4]}-{digits[4:7]}-{digits[7:]}")
    return Phone(f"+{digits}", f"+{digits}")


def name_town(location: DocumentLocation | None) -> str:
    """'Stony Plain, AB', or what is known of it."""
    if location is None:
        return ""
    return ", ".join(clean(part, 80) for part in (location.city, location.region) if part)


def list_address(location: DocumentLocation) -> tuple[str, ...]:
    """The address as lines."""
    town = " ".join(part for part in (name_town(location), clean(location.postal_code, 20)) if part)
    return tuple(line for line in (clean(location.street, 160), town) if line)


def make_directions_url(location: DocumentLocation) -> str | None:
    """Where a map site shows the way; only for a place known to the street."""
    if location.street and location.city:
        words = ", ".join((*list_address(location), location.country or ""))
        return "https://www.openstreetmap.org/search?" + urlencode({"query": words})
    return None


def list_letters(credentials: tuple[DocumentCredential, ...]) -> str:
    """The letters after the name, each once, licences first."""
    wanted = ("licence", "registration", "certification", "association-title", "certificate")
    ordered = sorted((item for item in credentials if item.kind in wanted), key=lambda item: wanted.index(item.kind))
    return ", ".join(list(dict.fromkeys(clean(item.title, 24) for item in ordered if item.title))[:4])


def name_practice(document: TherapistDocument) -> str:
    """The practice's name, unless it is the therapist's own."""
    names = [clean(name, 120) for name in document.practice_names]
    return next((name for name in names if name and name != clean(document.name, 160)), "")


def embed_json(data: object) -> Markup:
    """JSON for a data block in a page, with nothing in it that could end the block."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(f'<script type="application/ld+json">{text}</script>')  # nosec B704  # noqa: S704 - escaped above
