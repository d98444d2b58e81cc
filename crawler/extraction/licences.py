"""Credentials as pages word them: titles, and numbers with the place and kind they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.extraction.cues import holds_any, stems
from crawler.extraction.regions import CODES, NAMES, find_region, fits_zip

# Letters after a name that speak of massage; those that are also states or words need company.
LETTERS = (
    r"LMT|LMBT|LMTs|L\.M\.T\.?|R\.M\.T\.?|L\.M\.B\.T\.?|RMT|LMP|CMT|CMP|CAMTC|BCTMB|NCTMB|NCBTMB|MMP|CMMP|CMMT|"
    r"LMMT|MMT|MTI|LMTI|RMP|RMTs|CLT-LANA|CLT|LPMT|LMT/NCTMB|"
    r"NMT|CNMT|CMTP|CPMT|LMTA?|NCMT|MsT|CAMT|COMT|LCMT|RCMT"
)
_WORDS = (
    r"(?:(?:licen[sc]ed|certified|registered|certificated|accredited|qualified)(?:\s(?:and|&|/)\s(?:licen[sc]ed|"
    r"certified|registered|insured))?)"
    r"\s(?:(?:clinical|medical|professional|therapeutic|orthopedic|sports|remedial|advanced|neuromuscular|"
    r"lymphatic|prenatal|oncology)\s){0,2}"
    r"(?:massage(?:\s(?:and|&)\sbodywork)?\s(?:therapists?|practitioners?|technicians?)|bodyworkers?|"
    r"massotherapists?|massage professionals?)"
)
_OTHERS = (
    r"certified (?:advanced )?rolfer|massoth[ée]rapeutes?(?:\s(?:agr[ée]{2}e?s?|certifi[ée]e?s?))?|registered "
    r"athletic therapist|certified athletic therapist|"
    r"(?:licen[sc]ed |certified |master |medical )?(?:a?esthetician|aesthetician|cosmetologist)|physical "
    r"therap(?:ist|y) assistant|"
    r"reiki master(?: teacher)?|certified lymph(?:atic|edema) therapist|equine massage therapist|board certified "
    r"in therapeutic massage(?: and bodywork)?|"
    r"terapeuta de masajes? (?:certificad[oa]|licenciad[oa])|masajista (?:certificad[oa]|licenciad[oa])|remedial "
    r"massage therapist|"
    r"(?:member of (?:the )?|proud )?(?:AMTA|ABMP)(?: (?:professional )?member)?"
)
_LETTERED = rf"(?P<letters>{LETTERS})(?![\w’'])"
TITLE = re.compile(rf"(?<![\w-])(?:{_LETTERED}|(?P<words>(?i:{_WORDS}))\b|(?P<other>(?i:{_OTHERS}))\b)")
_LETTERS_ONLY = re.compile(rf"(?<![\w-])(?=[LRMCNB]){_LETTERED}")  # the same where no title in words can be

# Every title holds one of the letters, or one of the words; where the words are of massage, one of the grades too.
_TITLE_LETTERS = ("MT", "MP", "MBT", "M.T", "M.B", "CLT", "MsT", "TMB")
_TITLE_WORDS = (
    "massoth", "rolfer", "athletic", "esthetician", "cosmetolog", "assistant", "reiki", "certified lymph", "equine",
    "masaje", "masajista", "remedial", "amta", "abmp",
)  # fmt: skip
_GRADED_WORDS = ("massage", "bodyworker", "massotherap")
_GRADES = ("licens", "licenc", "certifi", "registered", "accredited", "qualified")

_PREFIX = r"(?:[A-Z]{1,4}[-. #]{0,2})?"
_DIGITS = rf"(?P<number>{_PREFIX}\d[\d.-]{{1,12}}\d(?:-(?:MT|LMT|MA|TX)\b)?(?![\w%]))"
_SIGN = (
    r"(?:(?:[Ll]icen[sc]e|LICEN[SC]E|[Ll]ic|LIC|[Cc]ert(?:ificat(?:e|ion))?|CERT|[Rr]eg(?:istration)?|REG|"
    r"[Pp]ermit|[Ii][Dd])\b\.?\s{0,2})?(?:#\s?:?|[Nn]o\.?:?|NO\.?|[Nn]umber:?|[Nn]um\.?|№|[Nn]º|:)?"
)
_AFTER_TITLE = re.compile(
    rf"\s{{0,2}}[,:()|"
    rf"–—-]?\s{{0,2}}(?P<place>(?!M[AT]\b)(?:{CODES})\b)?\s{{0,2}}[,:(–-]?\s{{0,2}}(?P<sign>{_SIGN})\s{{0,2}}{_DIGITS}"
)
_LICENCE = re.compile(
    rf"(?<!\w)(?P<kind>(?:[A-Za-z][\w.&/’'-]{{0,24}}\s){{0,6}}?)(?P<word>(?i:licen[sc]ed?|lic\b\.?|certificat(?:e|"
    rf"ion)|registration|permit|establishment))"
    rf"\s{{0,2}}(?:(?P<sign>(?:(?i:no\b\.?|numbers?|num\b\.?)|[#№]|[Nn]º)|"
    rf"(?=[:A-Z]))\s{{0,2}}(?:[A-Z]{{2}}\s)?[:#]?\s{{0,2}}|(?=\d{{5}}|\d{{2,3}}[-.]\d{{4,6}}(?!\d)|\d{{4}}\b(?<!19\d\d)(?<!20\d\d)))"
    rf"{_DIGITS}"
)
_PREFIXED = re.compile(
    rf"(?<![\w-])(?:(?P<place>{CODES})\s{{1,2}})?(?P<number>(?P<prefix>MT|MA|MAT|MM|MSG|RMT|LMT|AEE|MTG|MTE|ME|"
    rf"CMT|KYMT)\s?[-#.]?\s?\d{{4,8}}|AEE(?:-\d{{2,6}}){{1,3}})(?![\w-]|\s?(?:sq|hours))"
)
_ISSUED = re.compile(
    r"(?<!\w)(?P<issuer>CAMTC|CMTO|CCHPBC|CMTBC|CMTNL|CMTNB|CMTPEI|NCBTMB|FQM|MTAA|NHPC|CRMTA|"
    r"RMTAO)\b(?:\s(?:[Mm]ember|[Rr]egist\w+|[Cc]ert\w+|[Ll]ic\w*))?\.?"
    rf"\s{{0,2}}(?:#|[Nn]o\.?|[Nn]umber|:)\s{{0,2}}[:#]?\s{{0,2}}{_DIGITS}"
)
_NEVADA = re.compile(r"(?<!\w)(?P<number>NVMT[.\s-]{0,2}\d{3,6})(?!\w)")
# Ten digits are a number to call only where area and exchange can be: 7501009173 and 0019011111 are licences.
_PHONE_LIKE = re.compile(r"\(?\d{3}\)?([-. ])\d{3}\1\d{4}$|\(\d{3}\)|(?!20)[2-9]\d\d[2-9]\d{6}$|\d{3}[-.]\d{4}$")
_NEW_JERSEY = re.compile(r"(?<![\w-])(?P<number>18KT\d{8})(?!\w)")
_PREFIX_PLACES = {"MAT": "HI", "KYMT": "KY", "MSG": "PA"}
_STREET_AFTER = re.compile(r",?\s+(?:[NSEW]{1,2}\.?\s)?[A-Z][a-z]+\s(?:[A-Z]|St|Ave|Rd|Dr|Blvd)")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_ESTABLISHMENT = re.compile(
    r"establishment|facility|shop|\bMM\s?[-#]?\d|salon licen|spa licen|\bME\s?[-#]\d", re.IGNORECASE
)
_ESTHETICS = re.compile(r"esthetic|aesthetic|cosmetolog|\bAEE\b|\bLE\b|nail tech|barber", re.IGNORECASE)
_NOT_LICENCE = re.compile(
    r"\bNPI\b|\bbusiness\b|\bgift\b|\bEIN\b|\btax\b|approved provider|continuing education|\bCE\b|\bCEU|"
    r"provider\s(?:number|no|#)|phone|\btel\b|\bfax\b|"
    r"school|\bhours?\b|suite|\bste\b|\bunit\b|member(?:ship)?\s(?:number|no|#|id)|driver|vehicle|invoice|order|"
    r"insurance policy|policy\s(?:number|no|#)",
    re.IGNORECASE,
)
_MEMBERSHIP = re.compile(r"\b(?:AMTA|ABMP)\b", re.IGNORECASE)  # a number after these is a member's
_PLACE = re.compile(rf"(?<![\w])(?:(?P<code>{CODES})|(?P<name>(?i:{NAMES})))(?![\w'’])")
_ISSUERS = {
    "CAMTC": "CA", "CMTO": "ON", "CCHPBC": "BC", "CMTBC": "BC", "CMTNL": "NL", "CMTNB": "NB", "CMTPEI": "PE",
    "TDLR": "TX", "NYSED": "NY", "NCBMBT": "NC", "OBMT": "OR", "DOPL": "UT",
}  # fmt: skip
_ISSUER = re.compile(rf"(?<!\w)(?:{'|'.join(_ISSUERS)})(?!\w)")
GATE = re.compile(r"\d\d\d")  # a repeated class is searched for at half the speed
# A line with a credential holds a word that begins like one of these.
CLAIM_CUES = stems(
    "LMT LMTs LMBT RMT RMTs LMP CMT CMP CAMTC BCTMB NCTMB NCBTMB MMP CMMP CMMT LMMT MMT MTI LMTI RMP CLT LPMT NMT "
    "CNMT CMTP CPMT "
    "LMTA NCMT MsT CAMT COMT LCMT RCMT licensed licenced lic certified certificate registered registration "
    "accredited qualified permit "
    "establishment rolfer massothérapeute massotherapeute athletic esthetician aesthetician cosmetologist reiki "
    "lymphatic equine "
    "terapeuta masajista remedial AMTA ABMP MM MSG MAT KYMT AEE MTG MTE NVMT CMTO CCHPBC CMTBC CMTNL CMTNB CMTPEI "
    "FQM MTAA NHPC CRMTA RMTAO"
)
# These begin common words too: they count on lines with a number, or dots between the letters.
_ALONE = re.compile(r"^\W*(?P<number>(?P<prefix>MA|ME|MM)[\s#]{0,2}[1-9]\d{3,5})\W*$")  # all a line says
_FLORIDA = re.compile(r"MA\s?[1-9]\d{4,5}")  # postal codes after MA begin with a 0
RARER_CUES = stems("KT L R MT MA ME board physical assistant")


def _find_titles(text: str) -> Iterator[re.Match[str]]:
    """The titles in a line; the long pattern is tried only where its letters or words stand."""
    low = text.lower()
    if holds_any(low, _TITLE_WORDS) or (holds_any(low, _GRADES) and holds_any(low, _GRADED_WORDS)):
        yield from TITLE.finditer(text)
    elif holds_any(text, _TITLE_LETTERS):
        yield from _LETTERS_ONLY.finditer(text)


@dataclass(frozen=True, slots=True)
class Claim:
    """A credential standing in a line: its title, its number if printed, and where in the line."""

    title: str | None
    number: str | None
    jurisdiction: str | None
    text: str
    start: int
    end: int
    of_person: bool = True


def find_claims(text: str) -> list[Claim]:
    """The credentials in a line, numbered ones first, no two overlapping."""
    claims: list[Claim] = []
    if GATE.search(text):
        claims = _numbered(text)
    if alone := _ALONE.match(text):
        place = "TX" if alone["prefix"] == "ME" else "FL"
        title = None if alone["prefix"] == "MA" else "massage establishment"
        claims = [Claim(title, alone["number"], place, alone["number"], *alone.span("number"), title is None)]
    for match in _find_titles(text):
        if not any(claim.start <= match.start() < claim.end for claim in claims):
            claims.append(
                Claim(
                    match[0], None, _place_near(text, match.start(), match.end()), match[0], match.start(), match.end()
                )
            )
    return sorted(claims, key=lambda claim: claim.start)


def _numbered(text: str) -> list[Claim]:
    claims: list[Claim] = []

    def keep(title: str | None, number: str, place: str | None, start: int, end: int) -> None:
        if any(claim.start < end and start < claim.end for claim in claims):
            return
        plain = clean_number(number)
        digits = re.sub(r"\D", "", plain)
        context = text[max(0, start - 40) : end]
        if (
            not 3 <= len(digits) <= (12 if set("-.") & set(plain) else 10)
            or _PHONE_LIKE.match(plain)
            or _NOT_LICENCE.search(text[max(0, start - 25) : end])
        ):
            return
        if _YEAR.match(plain) and "#" not in text[start:end]:
            return
        words = text[start:end]
        of_person = True
        if _ESTABLISHMENT.search(words) or (_ESTABLISHMENT.search(context) and "establishment" in context.lower()):
            title, of_person = "massage establishment", False
        elif _ESTHETICS.search(words):
            title = "esthetics"
        jurisdiction = find_region(place) if place else _place_near(text, start, end)
        claims.append(Claim(title, plain, jurisdiction, words.strip(), start, end, of_person))

    for match in _find_titles(text):
        tail = None if _MEMBERSHIP.search(match[0]) else _AFTER_TITLE.match(text, match.end())
        if tail and (tail["sign"] or _prefixed(tail["number"]) or len(re.sub(r"\D", "", tail["number"])) >= 5):
            bare = not tail["sign"] and not _prefixed(tail["number"])
            if bare and (_STREET_AFTER.match(text, tail.end()) or fits_zip(tail["place"], tail["number"])):
                continue
            keep(match[0], tail["number"], tail["place"], match.start(), tail.end())
    for match in _LICENCE.finditer(text):
        title = _title_before(match["kind"] + match["word"])
        keep(title, match["number"], None, match.start(), match.end())
    for match in _ISSUED.finditer(text):
        keep(match["issuer"], match["number"], None, match.start(), match.end())
    for match in _NEVADA.finditer(text):
        keep(None, match["number"], "NV", match.start(), match.end())
    for match in _NEW_JERSEY.finditer(text):
        keep(None, match["number"], "NJ", match.start(), match.end())
    for match in _PREFIXED.finditer(text):
        number = match["number"]
        if (
            match["prefix"]
            and match["prefix"] in ("MT", "MA", "ME")
            and not (match["place"] or "#" in number or "-" in number or "." in number or number[2:].isdigit())
            and not _FLORIDA.fullmatch(number)
        ):
            continue
        place = match["place"] or _PREFIX_PLACES.get(match["prefix"] or "")
        keep(None, number, place, match.start(), match.end())
    return claims


def _prefixed(number: str) -> bool:
    return bool(re.match(r"[A-Z]{1,4}[-.]?\d", number))


def clean_number(number: str) -> str:
    """The number as printed, without the signs around it."""
    return re.sub(r"\s+", " ", number).strip(" .#:,-")


def _title_before(words: str) -> str | None:
    found = None
    for match in TITLE.finditer(words):
        found = match[0]
    if found is None and re.search(r"massage|bodywork|therap", words, re.IGNORECASE):
        found = "massage " + words.rsplit(maxsplit=1)[-1].lower().strip(".")
    return found


def _place_near(text: str, start: int, end: int) -> str | None:
    """The state, province or issuer that the words around a credential name."""
    issuer = _ISSUER.search(text, max(0, start - 30), end + 40)
    if issuer:
        return _ISSUERS[issuer[0]]
    for low, high in ((start, end), (max(0, start - 24), start), (end, min(len(text), end + 14))):
        for match in _PLACE.finditer(text, low, high):
            code = match["code"] or find_region(match["name"])
            if match["code"] in ("MA", "MT", "ME", "OR", "IN", "ID", "OK", "PA", "DE", "LA", "HI", "OH") and (
                re.match(r"\s?[-#]?\s?\d", text[match.end() :]) or not re.search(r"[,(]\s{0,2}$", text[: match.start()])
            ):
                continue  # a prefix or a word, not a state
            return code
    return None
