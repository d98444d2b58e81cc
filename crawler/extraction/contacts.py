"""Phones, e-mail addresses, the site's own address and the booking link, as the page prints them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

import phonenumbers

from crawler.extraction.cues import Cues, Gated, loose
from crawler.extraction.document import FOOTER, HEADER, MAIN, NAV, OTHERS_WORDS, Document, Line
from crawler.extraction.evidence import Evidence

# Numbers as North Americans print them, and anything that opens with a country code.
_PHONE = re.compile(
    r"(?<![\w/#$.:=-])(?:"
    r"(?P<plus>\+\s?\(?\d{1,3}[\s().-]{0,3}(?:\d[\s().-]{0,2}){6,12}\d)"
    r"|(?:1[\s.-]{0,2})?(?P<nanp>\(?[2-9]\d\d\)?[\s./·•–-]{0,3}\d{3}[\s.·•–-]{1,3}\d{4}|\([2-9]\d\d\)\s?\d{7}"
    r"|[2-9]\d\d[2-9]\d{6})"
    r")(?![\w-]?\d)"
)
_PHONE_SIGN = re.compile(r"\d\d\d[\s.·•–-]{0,3}\d{4}|\+")  # what all of these hold
_WORDED_PHONE = re.compile(r"(?<!\w)(?:1-)?\(?([2-9]\d\d)\)?[\s.-]{1,2}(\d{3})[\s.-]([A-Z]{4})(?!\w)")
_WORDED_SIGN = re.compile(r"\d[\s.-][A-Z]{4}")
_KEYS = {
    letter: str(n)
    for n, row in enumerate(["ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"], 2)
    for letter in row
}
_FAX = re.compile(r"(?:fax|facsimile|t[ée]l[ée]copieur)\W{0,6}$", re.IGNORECASE)
_FAX_ONLY = re.compile(r"^\W*(?:fax|facsimile|f)\b\W*$", re.IGNORECASE)
_NOT_PHONE = re.compile(
    r"(?:npi|licen[sc]e|lic\.?|ein|abn|cert\w*|permit|reg\w*)\s*(?:number|no\.?|#|:|\s)*$", re.IGNORECASE
)
_PHONE_CUE = re.compile(
    r"call|phone|tel\b|text|t[ée]l[ée]phone|ph\b|mobile|cell|contact|llam|appel|book|whatsapp", re.IGNORECASE
)
_OTHERS = Gated(
    loose(
        r"web ?sites? by|site by|(?:designed|developed|powered|hosted) by|crisis|hotline|suicide|emergency|poison|"
        r"police|web ?(?:site )?design|hosting|national .{0,20}line|"
        r"(?:my|other|previous|also (?:work|practice|available)) .{0,40}(?:clinic|spa|office|chiropract)|referr(?:ed|"
        r"al) to"
    ),
    " by", "crisis", "hotline", "suicide", "emergency", "poison", "police", "design", "hosting", "national",
    "clinic", "spa", "office", "chiropract", "referr",
)  # fmt: skip
_CALL_US = Gated(
    loose(r"\b(?:call|text|phone)\b[^.!?]{0,24}\b(?:book|schedule|reserve|appointment)"),
    "book", "schedule", "reserve", "appointment",
)  # fmt: skip
_EMAIL = re.compile(
    r"(?<![\w.+%/=-])[A-Za-z0-9](?:[\w.+%'-]{0,62}\w)?@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,18}(?![\w@])"
)
_HIDDEN_EMAIL = re.compile(
    r"(?<![\w.+-])([A-Za-z0-9][\w.+-]{0,63})\s{0,2}(?:\[\s?at\s?\]|\(\s?at\s?\)|\{\s?at\s?\}|\s(?:at|AT)\s)\s{0,2}"
    r"([A-Za-z0-9-]{2,63})\s{0,2}(?:\[\s?dot\s?\]|\(\s?dot\s?\)|\{\s?dot\s?\}|\s(?:dot|DOT)\s|"
    r"\.)\s{0,2}([A-Za-z]{2,10})(?![\w.])"
)
_NOT_EMAIL = re.compile(
    r"\.(?:png|jpe?g|gif|webp|svg|css|js|pdf)$|@(?:sentry|.*\.wixpress|.*sentry\.io|\dx\.|.*\.(?:local|invalid)$)|"
    r"^(?:you|your|youremail|your-?email|name|email|user|username|johndoe|jane\.?doe|john\.?doe|someone|test|example)@|"
    r"@(?:domain|yourdomain|yoursite|mysite|email|website|site|company|yourcompany)\.(?:com|org|net)$",
    re.IGNORECASE,
)
_BOOKING_HOSTS = re.compile(
    r"(?:^|\.)(?:vagaro\.com|schedulicity\.com|massagebook\.com|janeapp\.com|janeapp\.ca|jane\.app|"
    r"acuityscheduling\.com|"
    r"as\.me|squareup\.com|square\.site|booksy\.com|mindbodyonline\.com|mindbody\.io|setmore\.com|calendly\.com|"
    r"cal\.com|"
    r"styleseat\.com|genbook\.com|fresha\.com|noterro\.com|clinicsense\.com|fullslate\.com|simplybook\.(?:me|it)|"
    r"glossgenius\.com|gorendezvous\.com|cliniko\.com|schedulista\.com|appointy\.com|timely\.com|gettimely\.com|"
    r"picktime\.com|"
    r"booker\.com|zenoti\.com|mangomint\.com|soothe\.com|practicebetter\.io|intakeq\.com|simplepractice\.com|"
    r"bookwhen\.com|zocdoc\.com|massagebooking\.com|10to8\.com|youcanbook\.me|bodyworkonline\.com)$",
    re.IGNORECASE,
)
_BOOK_WORDS = re.compile(
    r"\b(?:book|schedule|reserve|appointment)\b|r[ée]serve[rz]?|rendez-vous|\breservar?\b|\bagendar?\b|\bcita\b",
    re.IGNORECASE,
)
_NO_SITE = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net)|localhost|yourdomain\.\w+|yoursite\.\w+|yourwebsite\.\w+|domain\.com|"
    r"mysite\.com|your-?site\.\w+|website\.com|your-?domain.*|your-?business.*|"
    r"placeholder.*|schema\.org|127\.0\.0\.1|facebook\.com|instagram\.com|yelp\.com|google\.com|linkedin\.com|"
    r"w3\.org|bootstrapmade\.com|themewagon\.com|colorlib\.com|html5up\.net|templatemo\.com|.*\.(?:local|test|"
    r"invalid))$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def to_e164(text: str, region: str = "US") -> str | None:
    """A printed number in E.164, or None where it is none.

    Ten North American digits count even if no such exchange exists: whether a number is real is judged elsewhere.
    """
    digits = re.sub(r"\D", "", re.split(r"(?:ext\.?|x)\s?\d", text, maxsplit=1, flags=re.IGNORECASE)[0])
    if not text.strip().startswith("+"):
        if len(digits) == 11 and digits[0] == "1":
            digits = digits[1:]
        if region in ("US", "CA") and len(digits) == 10 and digits[0] in "23456789":
            return None if len(set(digits)) == 1 and digits[0] != "5" else f"+1{digits}"
    elif digits.startswith("1"):
        return f"+{digits}" if len(digits) == 11 and digits[1] in "23456789" else None
    try:
        number = phonenumbers.parse(text[:40], region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None if written.startswith(("+10", "+11")) else written


def find_numbers(text: str) -> list[tuple[str, int]]:
    """E.164 numbers printed in `text` with their places; fax, licence and NPI numbers left out."""
    found: list[tuple[str, int]] = []
    for match in _PHONE.finditer(text) if _PHONE_SIGN.search(text) else ():
        before = text[max(0, match.start() - 24) : match.start()]
        if _FAX.search(before) or _NOT_PHONE.search(before):
            continue
        bare = match[0].isdigit()
        if bare and not _PHONE_CUE.search(text[max(0, match.start() - 60) : match.start()]) and len(text) > 24:
            continue
        number = to_e164(match[0])
        if number:
            found.append((number, match.start()))
    for match in _WORDED_PHONE.finditer(text) if _WORDED_SIGN.search(text) else ():
        number = to_e164(match[1] + match[2] + "".join(_KEYS[letter] for letter in match[3]))
        if number:
            found.append((number, match.start()))
    return found


NATIONAL = re.compile(r"(?<![\w/.,-])\(?0\d(?:[\s().-]{0,2}\d){7,10}(?![\w-])")


def find_abroad(text: str, country: str) -> list[tuple[str, int]]:
    """Numbers in another country's national writing (a leading zero)."""
    numbers = ((to_e164(match[0], country), match.start()) for match in NATIONAL.finditer(text))
    return [(number, at) for number, at in numbers if number]


# Mobile numbers whose national writing no other country shares with so many digits.
_MOBILES = (
    ("GB", re.compile(r"(?<![\w+.-])07\d{3}[\s-]?\d{3}[\s-]?\d{3}(?![\w-])")),
    ("AU", re.compile(r"(?<![\w+.-])04\d\d[\s-]?\d{3}[\s-]?\d{3}(?![\w-])")),
    ("IE", re.compile(r"(?<![\w+.-])\(?08[35679]\)?[\s-]?\d{3}[\s-]?\d{4}(?![\w-])")),
)


def _guess_abroad(lines: Iterable[Line]) -> str | None:
    """The country whose national writing the first mobile number shows, on a page that states no country."""
    for line in lines:
        if "0" in line.text and line.section not in OTHERS_WORDS:
            for country, pattern in _MOBILES:
                if pattern.search(line.text):
                    return country
    return None


def find_phones(cues: Cues, stated: Iterable[str], countries: Sequence[str], notes: Evidence) -> list[str]:
    """The page's numbers, the practice's own main number first; abroad, in that country's own writing too."""
    abroad = next((country for country in countries if country not in ("US", "CA")), None)
    if not countries:
        abroad = _guess_abroad(cues.lines)
    weights: dict[str, float] = {}

    def count(number: str | None, weight: float, snippet: str, where: str) -> None:
        if number:
            weights[number] = weights.get(number, 0.0) + weight
            notes.add("phone", number, snippet, where)

    for text in stated:
        count(to_e164(text, abroad or "US"), 6.0, text, "json-ld")
    previous = ""
    others, invites = cues.holding(_OTHERS.pieces), cues.holding(_CALL_US.pieces)
    for index, line in enumerate(cues.lines):
        above, previous = previous, line.text
        if not (line.links or line.has_digit) or line.section in OTHERS_WORDS or _FAX_ONLY.match(above):
            continue
        weight = 1.0 if line.section is MAIN else 1.6
        if index in others and _OTHERS.pattern.search(line.low):
            weight = 0.1
        elif index in invites and line.section is MAIN and _CALL_US.pattern.search(line.low):
            weight = 1.8
        linked = dict(_linked_phones(line))
        for number, extra in linked.items():
            count(number, weight + extra, line.text or number, line.where)
        for number, _at in find_numbers(line.text) or (find_abroad(line.text, abroad) if abroad else ()):
            if number not in linked:
                count(number, weight, line.text, line.where)
    return sorted(weights, key=lambda number: -weights[number])[:8]


def _linked_phones(line: Line) -> Iterator[tuple[str, float]]:
    """Numbers that links dial, each with the weight a link adds."""
    for link in line.links:
        scheme, _, rest = link.href.partition(":")
        if scheme.lower() in ("tel", "callto", "sms"):
            if _FAX.search(line.text.split(link.text or "\0")[0]):
                continue
            number = to_e164(unquote(rest).split("?")[0].split(";")[0])
            shown = {shown for shown, _ in find_numbers(link.text)}
            if number:
                yield number, (-0.9 if shown and number not in shown else 1.0)  # what is printed is what is said
        elif "wa.me/" in link.href:
            number = to_e164("+" + re.sub(r"\D", "", link.href.split("wa.me/")[1][:16]))
            if number:
                yield number, 0.0


def find_emails(document: Document, stated: Iterable[str], notes: Evidence) -> list[str]:
    """The page's e-mail addresses, those of mail links and data first."""
    weights: dict[str, float] = {}

    def count(text: str, weight: float, snippet: str, where: str) -> None:
        found = _EMAIL.search(text.lower()[:200])
        address = found[0] if found else ""
        if address and not _NOT_EMAIL.search(address):
            if address not in weights:
                notes.add("email", address, snippet, where)
            weights[address] = weights.get(address, 0.0) + weight

    for text in stated:
        count(text.removeprefix("mailto:"), 3.0, text, "json-ld")
    for line in document.lines:
        if line.section in OTHERS_WORDS:
            continue
        for link in line.links:
            if link.href[:7].lower() == "mailto:":
                count(unquote(link.href[7:].split("?")[0]), 2.0, line.text or link.href, line.where)
            elif "/cdn-cgi/l/email-protection#" in link.href:
                count(_uncloak(link.href.split("#", 1)[1]), 2.0, "protected address", line.where)
        if "@" in line.text:
            for match in _EMAIL.finditer(line.text):
                weight = 0.2 if re.search(r"web ?(?:site|master|design)", line.text, re.IGNORECASE) else 1.0
                count(match[0], weight, line.text, line.where)
        elif "at" in line.low and any(
            sign in line.low for sign in ("[at", "(at", "{at", "[ at", "( at", " dot ", "[@")
        ):
            for match in _HIDDEN_EMAIL.finditer(line.text):
                count(f"{match[1]}@{match[2]}.{match[3]}", 1.0, line.text, line.where)
    return sorted(weights, key=lambda address: -weights[address])[:6]


def _uncloak(code: str) -> str:
    """The address behind Cloudflare's e-mail protection."""
    try:
        data = bytes.fromhex(code[:200])
    except ValueError:
        return ""
    return bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8", "replace") if data else ""


def is_own_site(address: str | None) -> bool:
    """Whether an address can be a practice's own: absolute, on a real host that is no placeholder or network."""
    if not address:
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host and not _NO_SITE.search(host)


def find_website(
    document: Document, stated: Iterable[str], url: str | None, notes: Evidence, name: str | None = None
) -> str | None:
    """The site's own address: the canonical link, data, Open Graph, the menu's links, an address printed.

    Where none is given, the page's own.
    """
    candidates = [
        (document.canonical, "canonical"),
        *((text, "json-ld") for text in stated),
        (document.meta.get("og:url"), "og:url"),
        (document.meta.get("twitter:url"), "twitter:url"),
    ]
    for address, where in candidates:
        if address and is_own_site(address.strip()):
            notes.add("website", address.strip(), address.strip(), where)
            return address.strip()
    told = _menu_site(document.lines) or _printed_site(document.lines, name)
    if told:
        notes.add("website", told[0], told[1].text or told[0], told[1].where)
        return told[0]
    if url and is_own_site(url):
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}/"
    return None


def _menu_site(lines: Iterable[Line]) -> tuple[str, Line] | None:
    """The site that three or more links of the menus lead to by its full address."""
    seen: dict[str, tuple[int, Line]] = {}
    for line in lines:
        if line.section not in (NAV, HEADER, FOOTER):
            continue
        for link in line.links:
            if link.href.startswith(("http://", "https://")) and is_own_site(link.href):
                parts = urlsplit(link.href)
                if not _BOOKING_HOSTS.search(parts.hostname or ""):
                    site = f"{parts.scheme}://{parts.netloc}/"
                    seen[site] = (seen[site][0] + 1 if site in seen else 1, line)
    site = max(seen, key=lambda site: seen[site][0], default="")
    return (site, seen[site][1]) if site and seen[site][0] >= 3 else None


_DOMAIN = Gated(
    re.compile(
        r"(?<![\w@.-])(?:https?://)?(?:www\.)?(?P<label>[a-z][a-z0-9-]{5,60})"
        r"\.(?:com|net|org|ca|us|biz|info|health|massage)(?![\w@-])"
    ),
    ".com", ".net", ".org", ".ca", ".us", ".biz", ".info", ".health", ".massage",
)  # fmt: skip


def _printed_site(lines: Iterable[Line], name: str | None) -> tuple[str, Line] | None:
    """An address printed on the page whose letters are those of the practice's name."""
    letters = re.sub(r"[^a-z0-9]", "", (name or "").lower())
    if len(letters) < 6:
        return None
    for line in lines:
        if "." not in line.text or line.section in OTHERS_WORDS:
            continue
        for found in _DOMAIN.finditer(line.low):
            label = found["label"].replace("-", "")
            if label in letters or letters in label:
                return found[0] if "//" in found[0] else "https://" + found[0], line
    return None


def find_booking(lines: Iterable[Line], base: str | None, notes: Evidence) -> str | None:
    """Where appointments are made: a known booking service, else a link that says so."""
    worded: tuple[str, Line] | None = None
    for line in lines:
        for link in line.links:
            try:
                address = urljoin(base or "", html.unescape(link.href))
                host = urlsplit(address).hostname or ""
            except ValueError:
                continue
            if not address.startswith(("http://", "https://")):
                continue
            if "gift" in address.lower() or "gift" in link.text.lower():
                continue
            if _BOOKING_HOSTS.search(host):
                notes.add("booking_url", address, link.text or line.text, line.where)
                return address
            if worded is None and _BOOK_WORDS.search(link.text) and not _NO_SITE.search(host):
                worded = (address, line)
    if worded:
        notes.add("booking_url", worded[0], worded[1].text, worded[1].where)
        return worded[0]
    return None
