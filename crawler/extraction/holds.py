"""Reasons to hold a page back until a person has looked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from crawler.extraction.contacts import NATIONAL
from crawler.extraction.cues import Cues, Gated, loose, stems
from crawler.extraction.document import OTHERS_WORDS, Document, Section
from crawler.extraction.evidence import Evidence
from crawler.extraction.regions import FOREIGN_NAMES

_FICTION = loose(
    r"fictional|fictitious|\b(?:not? an?|no) (?:real|actual) (?:\w+ )?(?:business|clinic|company|spa|practice|studio|"
    r"person)|not affiliated with any (?:real|actual)|\b(?:theme|template|wordpress|html5?) demo\b|themeforest|"
    r"buy this (?:theme|template)|"
    r"\bdemo(?:nstration)? (?:site|website|page|only|purposes?|by|business|template)|"
    r"for demo(?:nstration)? purposes|(?:for|as) (?:a |my |our |an? )?(?:\w+ )?portfolio (?:purposes?|project|"
    r"piece|use|only|site)|sample (?:website|site|business)|mock(?:ed)?[- ]?up (?:site|website)|"
    r"concept (?:website|site|project|design)|site fictif|sitio (?:ficticio|de demostraci[óo]n)|spec(?:ulative)? "
    r"(?:site|website|work)|this is (?:just )?a (?:template|demo|sample|mock)"
)
_STUDENT_WORDS = loose(
    r"\b(?=[swpacd])(?<!on this )(?<!on our )(?<!on the )(?<!of this )(?<!in this )\b(?:site|website|page|project|app|"
    r"clone|design)s? (?:is|was|are|were)\b[^.;]{0,40}\b"
    r"educational (?:purposes?|use)|"
    r"\b(?:created|made|built|designed|developed|coded)\b[^.;]{0,30}\bfor (?:\w+ )?(?:educational|learning|practice|"
    r"training) (?:purposes?|use)|^\W*(?:for )?educational (?:purposes?|use) only\W*$|\bcs ?50\b|"
    r"odin project|freecodecamp|scrimba|codecademy|frontend mentor|"
    r"\bis (?:just )?an? (?:practice|student|school|dummy|mock|sample|test) (?:web ?)?(?:site|page)\b|"
    r"\bcapstone (?:20\d\d|course|team|class)|\bintro(?:duction)? to (?:web|html|computer|programming|front)|"
    r"(?:school|class|student|college|university|course|bootcamp|"
    r"coding|capstone|practice|final|assignment|web ?dev\w*|homework|freecodecamp|"
    r"front-?end)[\s-]+(?:\w+[\s-]+)?(?:project|assignment|exercise)\b|"
    r"(?:created|made|built|designed|developed) (?:as (?:part of|a)|for) (?:a |an |my |the |our "
    r")?(?:\w+[\s,-]+){0,4}(?:class|course|assignment|school|bootcamp|college project|project for)|"
    r"travail (?:scolaire|d['’][ée]tudiant)|projet (?:scolaire|[ée]tudiant)|proyecto (?:escolar|estudiantil)|"
    r"\bthis (?:web ?site|site|page) is (?:a |an )?(?:\w+ )?(?:student|school|class|practice) "
)
_STUDENT = Gated(
    _STUDENT_WORDS, "educational", "purpose", " use", "cs50", "cs 50", "project", "freecodecamp", "scrimba",
    "codecademy", "frontend mentor", "site", "page", "capstone", "intro to ", "introduction to ", "assignment",
    "exercise", *(f"{made} {why}" for made in ("created", "made", "built", "designed", "developed")
    for why in ("as", "for")), "travail", "projet", "proyecto")  # fmt: skip
_STUDENT_MASSAGE = re.compile(
    r"student (?:clinic|massage|therapist|practitioner|intern)|clinical internship", re.IGNORECASE
)
_SEXUAL = loose(
    r"\bnuru\b|happy ending|erotic|sensual (?:massage|touch|body)|body[- ]?(?:to|2)[- ]?body|\bb2b massage|"
    r"\bescorts?\b|tantric massage|\blingam\b|\byoni\b|prostate massage|"
    r"\bGFE\b|adult massage|full[- ]service (?:massage|girls?)|naked massage|nude massage|all[- ]night massage|"
    r"masaje er[óo]tico|massage [ée]rotique|"
    r"\b(?:sexy|hot|gorgeous|beautiful young) (?:asian )?(?:girls?|masseuses?|ladies)|soapy massage|four[- ]hands? "
    r"(?:sensual|erotic)|\brub ?(?:and|&|n) ?tug"
)
_REFUSES = loose(
    r"(?:\bnot?\b|\bnever\b|\bnon-?|\bzero tolerance|\bdo(?:es)? not|\bwill not|\bstrictly|prohibit|inappropriate|"
    r"refus|terminat|won['’]t|immediately|illicit|\bneither|\bis not|\bno\b)"
)
_LOREM = loose(
    r"lorem ipsum|dolor sit amet|consectetur adipis|duis aute|irure dolor|sed do eiusmod|ut enim ad minim|quis nostrud|"
    r"\b(?:vivamus|maecenas|pellentesque|suspendisse|curabitur|phasellus)\b"
)
_PLACEHOLDER = loose(
    r"\byour (?:business|company|practice|clinic|spa|studio|massage|name|city|street|address|phone|email|tagline|"
    r"slogan|logo)(?: (?:name|here|address|number|title))(?: here)?\b|"
    r"\[(?:your|business|company|name|phone|city|address|insert)[^\]\n]{0,30}\]|\{\{\s?\w+|\b(?:123|1234) (?:main|"
    r"anywhere|any|fake|example|your|massage|wellness|healing|relax\w*|serenity|spa|street)\b[^,\n]{0,12}(?:st|"
    r"street|ave|avenue|rd|road|way|lane|ln|dr|drive|blvd|city)?\b|"
    r"anytown|\bany ?city\b|\b(?:example|youremail|your-email)@\w|"
    r"john@?doe|yourname@|insert (?:text|name|address) here|\(?(?:123|000|111)\)?[ .-]456[ "
    r".-]7890|template by|this is (?:a )?(?:placeholder|sample text|dummy)|"
    r"\bthis (?:is|would be) (?:the |some |your )(?:intro )?text\b|\b(?:some )?text goes here|\bblock \d text\b"
)
_SHOP = (
    Gated(loose(r"add to (?:cart|bag|basket)|order now|buy now|shop now"), "add to ", "r now", "y now", "p now"),
    Gated(loose(r"verified buyer|free shipping|money[- ]back guarantee|ships? (?:free|worldwide)"),
        "verified buyer", "free shipping", "back guarantee", "ship free", "ships free", "worldwide"),
    Gated(loose(r"\bmassagers?\b|massage (?:chairs?|guns?) for sale"), "massager", "for sale"),
)  # fmt: skip
_SESSIONS = re.compile(r"appointment|\bsessions?\b|therapist|\bbook (?:now|online|a|your)\b", re.IGNORECASE)
_FAKE_EMAIL = re.compile(r"fake|not-?a?-?real|dummy|placeholder", re.IGNORECASE)
_PARKED = re.compile(
    r"domain (?:is )?for sale|buy this domain|this domain|coming soon|under construction|page not found|404 not "
    r"found|\b404\b|account suspended|site is currently unavailable|enable javascript",
    re.IGNORECASE,
)
_FOR_SALE = re.compile(
    r"domain (?:name )?(?:is |may be )?(?:available )?for sale|buy this domain|"
    r"this domain (?:is|has) (?:parked|expired|available)|parked free|domain parking",
    re.IGNORECASE,
)
_MASSAGE = loose(
    r"massage|bodywork|rolf(?:ing|er)|massoth|masaje|masajista|reflexolog|shiatsu|structural integration|"
    r"craniosacral|myofascial|lymphatic drainage|neuromuscular therap|\bLMT\b|\bRMT\b|\bLMBT\b"
)
_NOT_TERRITORY_MONEY = re.compile(
    r"[£€₹₱₦₫₪₽₩¥]\s?\d|\bR\s?\d{3}\b|\d\s?(?:€|£|₹|zł|kr\b|AED|Rs\.?|(?:GBP|EUR|AUD|NZD|ZAR|IDR|CHF?|SEK|NOK|DKK|COP|CLP|ARS)\b)|(?:CHF|SEK|NOK|DKK|COP|CLP|ARS|R\$|BZ\$|S/\.?|Rs\.?|INR|AED|KSh|MXN|AUD|A\$|GBP|EUR|NZD|"
    r"ZAR|PHP|SGD|RM|฿|THB|IDR|Rp)\s?\d|\bMXN\b|\bAUD\b"
)
_AU = re.compile(
    r"\b(?:NSW|VIC|QLD|TAS|Victoria|Queensland|New South Wales)\b,?\s+\d{4}\b|\bABN\b:?\s?\d|"
    r"\b(?:NSW|QLD)\b",
    re.IGNORECASE,
)
_UK_POSTAL = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b")
_MX = re.compile(r"\bC\.?\s?P\.?:?\s?\d{5}\b|\bCol(?:onia|\.)\s|\bCDMX\b", re.IGNORECASE)
_IN_PIN = re.compile(
    r"\b(?:Mumbai|Delhi|Bangalore|Bengaluru|Chennai|Hyderabad|Kolkata|Pune|Goa|Kerala|Jaipur|Gurgaon|Noida|"
    r"Kochi)\b.{0,20}\b\d{3}\s?\d{3}\b|\b\d{6}\b,? India",
    re.IGNORECASE,
)
_FOREIGN_NAME = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted((re.escape(n) for n in FOREIGN_NAMES), key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)
_NOT_FROM_THERE = re.compile(
    r"new mexico|trained|training|studied|origin|ancient|tradition|inspired|travel|native of|born|grew up|retreat|"
    r"from \w+$|(?:new zealand|india|china|japan|bali|thailand|\w+) (?:massage|style)$",
    re.IGNORECASE,
)
_CITY_COMMA = re.compile(r"\b(?:in|at|of|from)\b[^.!?]{2,40},\s?$|^[^.!?]{2,60},\s?$", re.IGNORECASE)
_AT_HOME = re.compile(r"address|located|location|based in|visit", re.IGNORECASE)
_GERMAN = re.compile(
    r"\b[A-ZÄÖÜ][a-zäöüß-]+(?:str(?:a(?:ß|ss)e|\.)|platz|gasse|weg|allee)\s\d|\bstraat\s\d|\b(?:Via|"
    r"Calle)\s[A-Z]\w+,?\s\d"
)
_FRENCH_PHONE = re.compile(r"(?<![\d.])0[1-9](?:[ .]\d\d){4}(?![\d.])")
# In France massage is no health profession: "massothérapie" is Quebec's word, "massage bien-être" theirs.
_FRANCE = (
    Gated(re.compile(r"mentions l[ée]gales", re.IGNORECASE), "mentions l"),
    Gated(
        re.compile(
            r"massages? (?:de )?bien[- ][êe]tre|masseu(?:se|r)s?[- ]kin[ée]|masseuse [àa] domicile", re.IGNORECASE
        ),
        "bien",
        "masseu",
    ),
    Gated(
        re.compile(r"\bSIRET\b|\bRCS\b|auto-?entrepreneur|micro-?entreprise|TVA non applicable", re.IGNORECASE),
        "siret", "rcs", "entrepr", "tva",
    ),
)  # fmt: skip
_QUEBEC = re.compile(r"massoth[ée]rap|qu[ée]bec|\bQC\b|montr[ée]al|canada", re.IGNORECASE)
_NEW_ZEALAND = re.compile(
    r"\b(?:Auckland|Wellington|Christchurch|Dunedin|Tauranga),? (?:NZ\b|New Zealand|\d{4}\b)|\bNZ\$\s?\d"
)
_FOREIGN_HOST = re.compile(
    r"\.(?:com\.au|net\.au|org\.au|au|co\.uk|uk|ie|co\.nz|nz|in|co\.in|com\.mx|mx|es|de|fr|it|nl|be|ch|at|pl|se|no|"
    r"dk|fi|pt|com\.br|com\.ar|com\.co|com\.pe|com\.ve|com\.uy|com\.ec|com\.tr|com\.hk|com\.my|com\.ph|co\.id|co\.th|"
    r"co\.jp|co\.kr|co\.il|co\.ke|cl|ar|pe|uy|ec|cr|bz|lu|gr|hu|cz|sk|ro|bg|hr|si|lt|lv|ee|is|ru|ua|by|rs|co\.za|za|ng|ke|ph|com\.sg|sg|my|id|th|ae|jp|cn|hk)$",
    re.IGNORECASE,
)

# Numbers reserved for examples are at home on hosts reserved for examples (RFC 2606, loopback).
_RESERVED_HOST = re.compile(
    r"(?:^|\.)(?:example|test|localhost|invalid)$|(?:^|\.)example\.(?:com|net|org)$|^127\.|^\[?::1"
)

MIN_TEXT = 25
_CONFESSIONS = (
    (
        stems(
            "fictional fictitious real demo demonstration portfolio sample mock mockup concept template fictif "
            "ficticio demostración spec speculative actual affiliated theme themeforest buy wordpress html"
        ),
        _FICTION,
        "demo: the page says it is fictional or a demonstration",
    ),
    (
        stems(
            "educational project assignment exercise class course school bootcamp college university scolaire "
            "étudiant escolar estudiantil student practice learning training cs capstone introduction intro "
            "odin freecodecamp scrimba codecademy frontend dummy mock sample test"
        ),
        _STUDENT,
        "student work: the page says it was made for study",
    ),
    (
        stems(
            "lorem dolor consectetur duis eiusmod minim nostrud vivamus maecenas pellentesque suspendisse curabitur "
            "phasellus"
        ),
        _LOREM,
        "template: filler text was left in",
    ),
)
_SEXUAL_SIGNS = (
    "nuru",
    "ending",
    "erotic",
    "erótico",
    "érotique",
    "sensual",
    "to-body",
    "to body",
    "2 body",
    "2body",
    "b2b",
    "escort",
    "tantric",
    "lingam",
    "yoni",
    "prostate",
    "gfe",
    "adult",
    "full service",
    "full-service",
    "naked",
    "nude",
    "night",
    "sexy",
    "girl",
    "masseuse",
    "ladies",
    "lady",
    "soapy",
    "rub",
)
_SEXUAL_STEMS = stems(
    "nuru happy erotic sensual body escort escorts tantric lingam yoni prostate gfe adult full naked nude night "
    "erótico érotique sexy hot "
    "gorgeous beautiful soapy four rub b"
)
_PLACEHOLDER_SIGNS = (
    *(f"your {word}" for word in (
        "bus", "comp", "pract", "clinic", "spa", "studio", "massage", "name", "city", "street", "address", "phone",
        "email", "tag", "slogan", "logo",
    )),
    "[", "{{", "123 ", "1234 ", "456", "anytown", "any city", "anycity", "johndoe", "john@doe", "insert ", "example@",
    "youremail@", "your-email@", "template by", "placeholder", "sample text", "dummy", "the text", "some text",
    "your text", "intro text", "text goes ", "block ", "yourname@",
)  # fmt: skip
_MASSAGE_STEMS = stems("massage massages massotherapy massothérapie masaje masajes masajista")
_FOREIGN_STEMS = stems(" ".join(FOREIGN_NAMES))

Hold = Callable[[str, str, str], None]


def find_hold_reasons(
    document: Document,
    cues: Cues,
    *,
    phones: Sequence[str],
    countries: Sequence[str],
    placed: bool,
    host: str,
    emails: Sequence[str],
    notes: Evidence,
) -> list[str]:
    """Why the page may not be published, in plain words; empty where nothing speaks against it.

    `countries` are those its addresses state; `placed` is whether an address lies in the territory.
    """
    reasons: list[str] = []

    def hold(reason: str, snippet: str, where: str) -> None:
        if reason not in reasons:
            reasons.append(reason)
            notes.add("hold", reason, snippet, where)

    text = "\n".join(line.text for line in cues.lines if line.section not in OTHERS_WORDS)[:80_000]
    if len(text.strip()) < MIN_TEXT:
        hold("unreadable: the page holds next to no text", text[:80] or "(nothing)", "page")
        return reasons
    robots = document.meta.get("robots", "") + document.meta.get("googlebot", "")
    if "noindex" in robots.lower():
        hold("noindex: the page asks not to be listed", robots, "meta robots")
    for words, pattern, reason in _CONFESSIONS:
        for line in cues.find(words):
            if pattern.search(line.low):
                hold(reason, line.text, line.where)
                break
    _check_sexual(cues, document.meta.get("keywords", ""), hold)
    _check_placeholders(cues, phones, host, hold)
    for email in emails:
        if _FAKE_EMAIL.search(email):
            hold("fake identity: an e-mail address that says so", email, "email")
    _check_place(
        cues, text, phones=phones, countries=countries, placed=placed, host=host, emails=emails,
        language=document.lang, hold=hold,
    )  # fmt: skip
    if len(text) < 1500 and (sold := _FOR_SALE.search(text)):
        hold("unreadable: the domain is for sale", sold[0], "body")
    low = text.lower()
    if sum(bool(sign.search(low)) for sign in _SHOP) >= 2 and not _SESSIONS.search(text):
        hold("not a massage practice", "a shop: " + text[:120], "body")
    elif not cues.has(_MASSAGE_STEMS) and not _MASSAGE.search(low) and not _MASSAGE.search(host):
        gone = _PARKED.search(text[:2000])
        reason = "unreadable: an error or empty page" if gone and len(text) < 2000 else "not a massage practice"
        hold(reason, text[:120], "body")
    return reasons


def _check_sexual(cues: Cues, keywords: str, hold: Hold) -> None:
    if _SEXUAL.search(keywords.lower()):
        hold("sexual services: in the page's keywords", keywords, "meta keywords")
    for line in cues.find(_SEXUAL_STEMS):
        found = _SEXUAL.search(line.low) if any(word in line.low for word in _SEXUAL_SIGNS) else None
        if found:
            sentence = line.low[max(0, found.start() - 120) : found.end() + 60]
            if not _REFUSES.search(sentence):
                hold("sexual services: " + found[0].lower(), line.text, line.where)
                return


def _check_placeholders(cues: Cues, phones: Sequence[str], host: str, hold: Hold) -> None:
    made_up = bool(_RESERVED_HOST.search(host))
    fake = [phone for phone in phones if is_fake_phone(phone) and not (made_up and "55501" in phone)]
    if fake and len(fake) == len(phones):
        hold("fake identity: a telephone number that nobody can have", fake[0], "phone")
        return
    for number in sorted(cues.holding(_PLACEHOLDER_SIGNS)):
        line = cues.lines[number]
        if line.section is not Section.FORM and _PLACEHOLDER.search(line.low):
            hold("template: placeholder text was left in", line.text, line.where)
            return


def is_fake_phone(number: str) -> bool:
    """Whether a North American number lies in the ranges that no one can have."""
    if not number.startswith("+1") or len(number) != 12:
        return False
    area, exchange, rest = number[2:5], number[5:8], number[8:]
    if area == "555" or (exchange == "555" and (rest.startswith("01") or rest in ("5555", "1234", "0000", "1212"))):
        return True
    return exchange[0] in "01" or len(set(number[2:])) <= 2 or number[2:] in ("2345678901", "1234567890")


def _check_place(
    cues: Cues,
    text: str,
    *,
    phones: Sequence[str],
    countries: Sequence[str],
    placed: bool,
    host: str,
    emails: Sequence[str],
    language: str | None,
    hold: Hold,
) -> None:
    if placed and "US" not in countries and "CA" not in countries:
        placed = False
    foreign = [country for country in countries if country not in ("US", "CA")]
    if foreign and not placed:
        hold(f"out of region: {foreign[0]}", foreign[0], "address")
        return
    if placed:
        return
    signs = []
    abroad = [phone for phone in phones if not phone.startswith("+1")]
    if abroad and len(abroad) == len(phones):
        signs += [abroad[0], abroad[0]]
    for pattern, weight in (
        (_AU, 2),
        (_UK_POSTAL, 2),
        (_MX, 2),
        (_IN_PIN, 2),
        (_GERMAN, 2),
        (_FRENCH_PHONE, 2),
        (_NEW_ZEALAND, 2),
        (_NOT_TERRITORY_MONEY, 1),
    ):
        found = pattern.search(text)
        if found:
            signs += [found[0]] * weight
    signs += _find_french(text, text.lower())
    trunk = NATIONAL.search(text)  # no number of the territory begins with a nought
    if trunk:
        signs += [trunk[0]] * (1 if any(phone.startswith("+1") for phone in phones) else 2)
    for domain in (host, *(email.rpartition("@")[2] for email in emails)):
        found = _FOREIGN_HOST.search(domain)
        if found:
            signs.append(found[0])
            break
    if language and language not in ("en", "fr", "es"):
        signs.append(f"language {language}")
    named = _find_foreign_name(cues)
    if named:
        signs.append(named)
    if len(signs) >= 2:
        hold("out of region: " + signs[0], "; ".join(dict.fromkeys(signs)), "body")


def _find_french(text: str, low: str) -> list[str]:
    """Words of the law and the trade in France, on a page without a word of Quebec's."""
    signs = [found[0] for sign in _FRANCE if (found := sign.search(text, low))]
    return [] if signs and _QUEBEC.search(text) else signs


def _find_foreign_name(cues: Cues) -> str | None:
    """A country named as the place of the practice, not as where a technique or a person comes from."""
    for line in cues.find(_FOREIGN_STEMS):
        found = _FOREIGN_NAME.search(line.text)
        if not found or _NOT_FROM_THERE.search(line.text[max(0, found.start() - 40) : found.end() + 8]):
            continue
        telling = line.section in (Section.FOOTER, Section.META, Section.HEADER) or line.level in (1, 2)
        if telling or _CITY_COMMA.search(line.text[: found.start()]) or _AT_HOME.search(line.text):
            return found[0]
    return None
