"""Signs that a page speaks of a place outside the territory: money, states, postal codes, numbers, names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import phonenumbers

from crawler.extraction.contacts import NATIONAL
from crawler.extraction.cues import Cues, Gated, sought, stems
from crawler.extraction.document import Section
from crawler.extraction.foreign import load_great_cities
from crawler.extraction.regions import FOREIGN_NAMES, fold_city

# The look-aheads name the letters a match begins with: most places are passed over by them alone.
_MONEY = re.compile(
    r"(?=[£€₹₱₦₫₪₽₩¥฿\dA-Z])(?:[£€₹₱₦₫₪₽₩¥]\s?\d|\bR\s?\d{3}\b|\d\s?(?:€|£|₹|zł|kr\b|AED|Rs\.?|"
    r"(?:GBP|EUR|AUD|NZD|ZAR|IDR|CHF?|SEK|NOK|DKK|COP|CLP|ARS)\b)|"
    r"(?:CHF|SEK|NOK|DKK|COP|CLP|ARS|R\$|BZ\$|S/\.?|Rs\.?|INR|AED|KSh|MXN|AUD|A\$|GBP|EUR|NZD|ZAR|PHP|SGD|RM|฿|"
    r"THB|IDR|Rp)\s?\d|\bMXN\b|\bAUD\b)"
)
_AUSTRALIA = re.compile(
    r"\b(?:NSW|VIC|QLD|TAS|Victoria|Queensland|New South Wales)\b,?\s+\d{4}\b|\bABN\b:?\s?\d|"
    r"\b(?:NSW|QLD)\b",
    re.IGNORECASE,
)
_UK_POSTAL = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b")
_MEXICO = re.compile(r"\bC\.?\s?P\.?:?\s?\d{5}\b|\bCol(?:onia|\.)\s|\bCDMX\b", re.IGNORECASE)
_INDIA = re.compile(
    r"\b(?:Mumbai|Delhi|Bangalore|Bengaluru|Chennai|Hyderabad|Kolkata|Pune|Goa|Kerala|Jaipur|Gurgaon|Noida|"
    r"Kochi)\b.{0,20}\b\d{3}\s?\d{3}\b|\b\d{6}\b,? India",
    re.IGNORECASE,
)
_GERMANY = re.compile(
    r"\b[A-ZÄÖÜ][a-zäöüß-]+(?:str(?:a(?:ß|ss)e|\.)|platz|gasse|weg|allee)\s\d|\bstraat\s\d|\b(?:Via|"
    r"Calle)\s[A-Z]\w+,?\s\d"
)
_FRENCH_PHONE = re.compile(r"0(?<![\d.]0)[1-9](?:[ .]\d\d){4}(?![\d.])")
_HEALTH_FUND = re.compile(r"\bHICAPS\b|\bhealth fund (?:rebate|member)|\bmedicare rebate", re.IGNORECASE)
_NEW_ZEALAND = re.compile(
    r"\b(?:Auckland|Wellington|Christchurch|Dunedin|Tauranga),? (?:NZ\b|New Zealand|\d{4}\b)|\bNZ\$\s?\d"
)
# Each pattern, how much it weighs, and words one of which the page has where it can match.
_SIGNS = (
    (_AUSTRALIA, 2, stems("nsw vic qld tas victoria queensland wales abn")),
    (_UK_POSTAL, 2, ()),
    (_MEXICO, 2, stems("c cp col colonia cdmx")),
    (
        _INDIA, 2, stems("mumbai delhi bangalore bengaluru chennai hyderabad kolkata pune goa kerala jaipur gurgaon "
        "noida kochi india"),
    ),
    (_GERMANY, 2, ()),
    (_FRENCH_PHONE, 2, ()),
    (_NEW_ZEALAND, 2, stems("auckland wellington christchurch dunedin tauranga nz")),
    (_HEALTH_FUND, 1, stems("health hicaps medicare")),
    (_MONEY, 1, ()),
)  # fmt: skip
# In France massage is no health profession: "massothérapie" is Quebec's word, "massage bien-être" theirs.
_FRANCE = (
    Gated(re.compile(r"mentions l[ée]gales", re.IGNORECASE), "mentions l"),
    Gated(
        re.compile(
            r"massages? (?:de )?bien[- ][êe]tre|masseu(?:se|r)s?[- ]kin[ée]|masseuse [àa] domicile", re.IGNORECASE
        ),
        "bien", "masseu",
    ),
    Gated(
        re.compile(r"\bSIRET\b|\bRCS\b|auto-?entrepreneur|micro-?entreprise|TVA non applicable", re.IGNORECASE),
        "siret", "rcs", "entrepr", "tva",
    ),
)  # fmt: skip
_QUEBEC = re.compile(r"massoth[ée]rap|qu[ée]bec|\bQC\b|montr[ée]al|canada", re.IGNORECASE)
_HOST = re.compile(
    r"\.(?:com\.au|net\.au|org\.au|au|co\.uk|uk|ie|co\.nz|nz|in|co\.in|com\.mx|mx|es|de|fr|it|nl|be|ch|at|pl|se|no|"
    r"dk|fi|pt|com\.br|com\.ar|com\.co|com\.pe|com\.ve|com\.uy|com\.ec|com\.tr|com\.hk|com\.my|com\.ph|co\.id|co\.th|"
    r"co\.jp|co\.kr|co\.il|co\.ke|cl|ar|pe|uy|ec|cr|bz|lu|gr|hu|cz|sk|ro|bg|hr|si|lt|lv|ee|is|ru|ua|by|rs|co\.za|za|"
    r"ng|ke|ph|com\.sg|sg|my|id|th|ae|jp|cn|hk)$",
    re.IGNORECASE,
)
_PLACES = {*FOREIGN_NAMES, "tasmania", "queensland", "new south wales", "western australia", "south australia"}
_NAMES = sought(*_PLACES)
_NAME = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted((re.escape(n) for n in _PLACES), key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)
_NOT_FROM_THERE = re.compile(
    r"new mexico|trained|training|studied|origin|ancient|tradition|inspired|travel|native of|born|grew up|retreat|"
    r"from \w+$|(?:new zealand|india|china|japan|bali|thailand|\w+) (?:massage|style)$",
    re.IGNORECASE,
)
_CITY_COMMA = re.compile(r"\b(?:in|at|of|from)\b[^.!?]{2,40},\s?$|^[^.!?]{2,60},\s?$", re.IGNORECASE)
_IN_CITY = re.compile(r"(?<!trained )(?<!studied )(?<!born )\bin ([A-ZÀ-Ý][\w'’-]+(?: [A-ZÀ-Ý][\w'’-]+){0,2})")
_BORROWED = re.compile(
    r"\.(?:in|it|is|be|at|sg|my|ae|id|ee|ph|no|es|ch|me|bz)$", re.IGNORECASE
)  # taken for their letters
_AT_HOME = re.compile(r"address|located|location|based in|visit", re.IGNORECASE)


def find_abroad(
    cues: Cues,
    text: str,
    *,
    phones: Sequence[str],
    countries: Sequence[str],
    host: str,
    emails: Sequence[str],
    language: str | None,
) -> tuple[str, str, str] | None:
    """What says that the practice lies abroad, the words that say it and where they stand.

    An address abroad says it alone; without any address, signs of two kinds or one that weighs as much.
    """
    if "US" in countries or "CA" in countries:
        return None
    if countries:
        return countries[0], countries[0], "address"
    at_home = any(phone.startswith("+1") for phone in phones)
    signs = list(_find_signs(cues, text, phones))
    if not at_home and "$" not in text and len(_MONEY.findall(text)) >= 3:
        signs.append("prices in no dollars")
    city = None if at_home else _find_city(cues)
    if city:
        signs += [city] * 2
    for domain in (host, *(email.rpartition("@")[2] for email in emails)):
        found = _HOST.search(domain)
        if found:
            signs += [found[0]] * (2 if domain == host and not at_home and not _BORROWED.search(domain) else 1)
            break
    if language and language not in ("en", "fr", "es"):
        signs += [f"language {language}"] * (1 if at_home else 2)
    named = _find_name(cues)
    if named:
        signs.append(named)
    return (signs[0], "; ".join(dict.fromkeys(signs)), "body") if len(signs) >= 2 else None


def _find_signs(cues: Cues, text: str, phones: Sequence[str]) -> Iterator[str]:
    """What numbers and words say, each as often as it weighs."""
    abroad = [phone for phone in phones if not phone.startswith("+1")]
    if abroad and len(abroad) == len(phones):
        yield from (abroad[0], abroad[0])
    for pattern, weight, words in _SIGNS:
        found = pattern.search(text) if not words or cues.has(words) else None
        if found:
            yield from [found[0]] * weight
    french = _find_french(cues, text)
    # French law asks for "mentions légales"; alone they tell where neither a number nor a price is of here.
    at_home = "$" in text or any(phone.startswith("+1") for phone in phones)
    yield from french * (1 if at_home else 2)
    if phones and not abroad and not any(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in phones):
        yield f"{phones[0]} has no area code in use"
    # No number of the territory begins with a nought; a number stands on one line.
    trunk = next((found for found in NATIONAL.finditer(text) if "\n" not in found[0]), None)
    if trunk:
        yield from [trunk[0]] * (1 if any(phone.startswith("+1") for phone in phones) else 2)


def _find_french(cues: Cues, text: str) -> list[str]:
    """Words of the law and the trade in France, on a page without a word of Quebec's."""
    signs = [found[0] for sign in _FRANCE if cues.holding(sign.pieces) and (found := sign.pattern.search(text))]
    return [] if signs and _QUEBEC.search(text) else signs


def _find_city(cues: Cues) -> str | None:
    """A great city abroad in which title, heading or description put the practice ("Massage in Cape Town")."""
    for line in cues.lines:
        if (line.level in (1, 2) or line.section is Section.META) and " in " in line.text:
            for found in _IN_CITY.finditer(line.text):
                words = found[1].split()
                for size in range(len(words), 0, -1):
                    if fold_city(" ".join(words[:size])) in load_great_cities():
                        return found[0]
    return None


def _find_name(cues: Cues) -> str | None:
    """A country named as the place of the practice, not as where a technique or a person comes from."""
    for number in sorted(cues.holding(_NAMES)):
        line = cues.lines[number]
        found = _NAME.search(line.text)
        if not found or _NOT_FROM_THERE.search(line.text[max(0, found.start() - 40) : found.end() + 8]):
            continue
        telling = line.section in (Section.FOOTER, Section.META, Section.HEADER) or line.level in (1, 2)
        if telling or _CITY_COMMA.search(line.text[: found.start()]) or _AT_HOME.search(line.text):
            return found[0]
    return None
