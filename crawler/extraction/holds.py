"""Reasons to hold a page back until a person has looked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from crawler.extraction.abroad import find_abroad
from crawler.extraction.cues import Cues, Gated, loose, stems
from crawler.extraction.document import OTHERS_WORDS, Document, Section
from crawler.extraction.evidence import Evidence

_FICTION_WORDS = loose(
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
_FICTION = Gated(
    _FICTION_WORDS, "fictio", "fictit", "fictif", "ficticio", "real ", "actual ", "any real", "any actual", "demo",
    "themeforest", "buy this ", "portfolio", "sample", "mock", "concept ", "spec ", "speculative ", "template",
)  # fmt: skip
_STUDENT = Gated(
    _STUDENT_WORDS, "educational", "cs50", "cs 50", "odin project", "freecodecamp", "scrimba", "codecademy",
    "frontend mentor", "capstone", "intro to ", "introduction to ", "project", "assignment", "exercise", "travail",
    "projet", "proyecto", "this web", "this site", "this page",
    *(f"{learning} {why}" for learning in ("learning", "practice", "training") for why in ("purpose", "use")),
    *(f"{kind} {page}" for kind in ("practice", "student", "school", "dummy", "mock", "sample", "test")
    for page in ("web", "site", "page")),
    *(f"{made} {why}" for made in ("created", "made", "built", "designed", "developed") for why in ("as", "for")),
)  # fmt: skip
_SEXUAL_WORDS = loose(
    r"\bnuru\b|happy ending|erotic|sensual (?:massage|touch|body)|body[- ]?(?:to|2)[- ]?body|\bb2b massage|"
    r"\bescorts?\b|"
    r"tantr(?:a|ic) massage|massages? tantri(?:que|c)s?\b|masajes? t[áa]ntri[ck]os?\b|adult content\b|"
    r"\blingam\b|\byoni\b|prostate massage|"
    r"\bGFE\b|adult massage|full[- ]service (?:massage|girls?)|naked massage|nude massage|all[- ]night massage|"
    r"masaje er[óo]tico|massage [ée]rotique|\b(?:backpage|bedpage|rubmaps)\b|"
    r"\b(?:sexy|hot|gorgeous|beautiful young) (?:asian )?(?:girls?|masseuses?|ladies)|soapy massage|four[- ]hands? "
    r"(?:sensual|erotic)|\brub ?(?:and|&|n) ?tug"
)
_SEXUAL = Gated(
    _SEXUAL_WORDS, "nuru", "ending", "erotic", "erótic", "erotique", "érotique", "sensual", "to-body", "to body",
    "tobody", "2-body", "2 body", "2body", "b2b", "escort", "tantr", "tántr", "lingam", "yoni", "prostate", "gfe",
    "adult",
    "full service", "full-service", "naked", "nude", "night", "sexy", "girl", "masseuse", "ladies", "lady", "soapy",
    "backpage", "bedpage", "rubmaps",
    "four hand", "four-hand", "rub",
)  # fmt: skip
_REFUSES = loose(
    r"(?:\bnot?\b|\bnever\b|\bnon-?|\bzero tolerance|\bdo(?:es)? not|\bwill not|\bstrictly|prohibit|inappropriate|"
    r"refus|terminat|won['’]t|immediately|illicit|\bneither|\bis not|\bno\b)"
)
_LATIN = (
    "lorem ipsum", "dolor sit amet", "consectetur adipis", "duis aute", "irure dolor", "sed do eiusmod",
    "ut enim ad minim", "quis nostrud", "vivamus", "maecenas", "pellentesque", "suspendisse", "curabitur", "phasellus",
)  # fmt: skip
_LOREM = Gated(loose(rf"{'|'.join(_LATIN[:8])}|\b(?:{'|'.join(_LATIN[8:])})\b"), *_LATIN)
_PLACEHOLDER_WORDS = loose(
    r"\byour (?:business|company|practice|clinic|spa|studio|massage|name|city|street|address|phone|email|tagline|"
    r"slogan|logo)(?: (?:name|here|address|number|title))(?: here)?\b|"
    r"\[(?:your|business|company|name|phone|city|address|insert)[^\]\n]{0,30}\]|\{\{\s?\w+|\b(?:123|1234) (?:main|"
    r"anywhere|any|fake|example|your|massage|wellness|healing|relax\w*|serenity|spa|street)\b[^,\n]{0,12}(?:st|"
    r"street|ave|avenue|rd|road|way|lane|ln|dr|drive|blvd|city)?\b|"
    r"anytown|\bany ?city\b|\b(?:example|youremail|your-email)@\w|"
    r"\(?\bxxx\)?[ .-]{0,2}xxx[ .-]xxxx\b|\b(?:swap|replace|change|edit) (?:the |this |these |your )?placeholder|"
    r"john@?doe|yourname@|insert (?:text|name|address) here|\(?(?:123|000|111)\)?[ .-]456[ "
    r".-]7890|template by|this is (?:a )?(?:placeholder|sample text|dummy)|"
    r"\bthis (?:is|would be) (?:the |some |your )(?:intro )?text\b|\b(?:some )?text goes here|\bblock \d text\b|"
    r"\byour site (?:title|name|tagline|brief tagline|description|logo)\b|\badd your own (?:text|content)\b|"
    r"\b(?:city|ciudad|ville), ?(?:state|estado|province|[ée]tat),? (?:zip|\d{5})\b|"
    r"\bdescription (?:of|for) service \d|"
    r"@(?:mysite|yoursite|yourdomain|yourwebsite|yourcompany|domain)\.(?:com|net|org)\b|\bmymail@mail\."
)
_PLACEHOLDER = Gated(
    _PLACEHOLDER_WORDS,
    *(f"your {word}" for word in (
        "bus", "comp", "pract", "clinic", "spa", "studio", "massage", "name", "city", "street", "address", "phone",
        "email", "tag", "slogan", "logo",
    )),
    "[", "{{", "123 ", "1234 ", "456", "anytown", "any city", "anycity", "johndoe", "john@doe", "insert ", "example@",
    "youremail@", "your-email@", "template by", "placeholder", "sample text", "dummy", "the text", "some text",
    "xxx-xxxx", "xxx xxxx", "xxx.xxxx", "your text", "intro text", "text goes ", "block ", "yourname@",
    "your site ", "add your own ", "city,", "ciudad,", "ville,", "description of service",
    "description for service", "@mysite", "@yoursite",
    "@yourdomain", "@yourwebsite", "@yourcompany", "@domain", "mymail@",
)  # fmt: skip
_SHOP = (
    Gated(loose(r"add to (?:cart|bag|basket)|order now|buy now|shop now"), "add to ", "r now", "y now", "p now"),
    Gated(loose(r"verified buyer|free shipping|money[- ]back guarantee|ships? (?:free|worldwide)"),
        "verified buyer", "free shipping", "back guarantee", "ship free", "ships free", "worldwide"),
    Gated(loose(r"\bmassagers?\b|massage (?:chairs?|guns?) for sale"), "massager", "for sale"),
)  # fmt: skip
_SESSIONS = re.compile(r"appointment|\bsessions?\b|therapist|\bbook (?:now|online|a|your)\b", re.IGNORECASE)
_FAKE_EMAIL = re.compile(r"fake|not-?a?-?real|dummy|placeholder", re.IGNORECASE)
_UNIVERSITY = re.compile(r"https?://[\w.-]+\.(?:edu|ac\.\w\w)/~", re.IGNORECASE)
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
# Numbers reserved for examples are at home on hosts reserved for examples (RFC 2606, loopback).
_RESERVED_HOST = re.compile(
    r"(?:^|\.)(?:example|test|localhost|invalid)$|(?:^|\.)example\.(?:com|net|org)$|^127\.|^\[?::1"
)

_FOR_ANIMALS = re.compile(
    r"\b(?:animal|equine|canine|feline|equestrian|horse|dog|pet)s?['’]?s?\b[^.]{0,20}\b(?:massage|bodywork|therap)",
    re.IGNORECASE,
)
_FOR_PEOPLE = stems("human humans people adult adults prenatal pregnancy couples women men swedish")

MIN_TEXT = 25
SPAM_PARTS = 30  # a menu of techniques is shorter
_CONFESSIONS = (
    (_FICTION, "demo: the page says it is fictional or a demonstration"),
    (_STUDENT, "student work: the page says it was made for study"),
    (_LOREM, "template: filler text was left in"),
)
_MASSAGE_STEMS = stems("massage massages massotherapy massothérapie masaje masajes masajista")

Hold = Callable[[str, str, str], None]


def find_hold_reasons(
    document: Document,
    cues: Cues,
    *,
    phones: Sequence[str],
    countries: Sequence[str],
    host: str,
    emails: Sequence[str],
    language: str | None,
    notes: Evidence,
) -> list[str]:
    """Why the page may not be published, in plain words; empty where nothing speaks against it.

    `countries` are those its addresses state.
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
    for confession, reason in _CONFESSIONS:
        said = next(cues.matches(confession), None)
        if said:
            hold(reason, said[0].text, said[0].where)
    _check_school(cues, hold)
    _check_sexual(cues, document.meta.get("keywords", ""), hold)
    _check_placeholders(cues, phones, host, hold)
    for email in emails:
        if _FAKE_EMAIL.search(email):
            hold("fake identity: an e-mail address that says so", email, "email")
    abroad = find_abroad(cues, text, phones=phones, countries=countries, host=host, emails=emails, language=language)
    if abroad:
        hold(f"out of region: {abroad[0]}", *abroad[1:])
    _check_trade(document, cues, text, host, hold)
    return reasons


def _check_trade(document: Document, cues: Cues, text: str, host: str, hold: Hold) -> None:
    """Whether the page is a massage practice's, and for people to read."""
    spam = next((line for line in cues.lines if _is_spam(line.low)), None)
    if spam:
        hold("keyword spam: a list of searches", spam.text, spam.where)
    if len(text) < 1500 and (sold := _FOR_SALE.search(text)):
        hold("unreadable: the domain is for sale", sold[0], "body")
    if sum(any(cues.matches(sign)) for sign in _SHOP) >= 2 and not _SESSIONS.search(text):
        hold("not a massage practice", "a shop: " + text[:120], "body")
    elif _FOR_ANIMALS.search(document.title) and not cues.has(_FOR_PEOPLE):
        hold("not a massage practice for people", document.title, "title")
    elif not cues.has(_MASSAGE_STEMS) and not _MASSAGE.search(text.lower()) and not _MASSAGE.search(host):
        gone = _PARKED.search(text[:2000])
        reason = "unreadable: an error or empty page" if gone and len(text) < 2000 else "not a massage practice"
        hold(reason, text[:120], "body")


def _is_spam(low: str) -> bool:
    """Whether a line is one long list for search engines, most of whose entries repeat one word."""
    parts = low.split(",")
    if len(parts) < SPAM_PARTS:
        return False
    words = Counter(word for part in parts for word in set(part.split()) if len(word) > 3)
    return bool(words) and words.most_common(1)[0][1] >= 0.6 * len(parts)


def _check_school(cues: Cues, hold: Hold) -> None:
    """Pages whose own menu leads to somebody's account at a university are exercises."""
    links = [link.href for line in cues.lines for link in line.links if "/~" in link.href]
    own = [href for href in links if _UNIVERSITY.match(href)]
    if len(own) >= 2:
        hold("student work: its links lead to an account at a university", own[0], "links")


def _check_sexual(cues: Cues, keywords: str, hold: Hold) -> None:
    if _SEXUAL.search(keywords.lower()):
        hold("sexual services: in the page's keywords", keywords, "meta keywords")
    for line, found in cues.matches(_SEXUAL):
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
    for line, _ in cues.matches(_PLACEHOLDER):
        if line.section is not Section.FORM:
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
