"""The people who practise, as the page names them, and the credentials that stand beside their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from crawler.extraction.cues import Cues
from crawler.extraction.document import Document, Line, Section
from crawler.extraction.evidence import Evidence
from crawler.extraction.regions import fold_city, load_cities
from crawler.extraction.words import NOT_NAMES
from directory.models import PageCredential
from directory.names.fold import fold
from directory.names.tables import load_family, load_given

_WORD = r"(?:(?:Mc|Mac|O['’]|De|La|Le|Van|D['’])?[A-ZÀ-Ý][a-zà-ÿ]+(?:[-'’][A-ZÀ-Ý][a-zà-ÿ]+)?|[A-Z]\.(?:\s?[A-Z]\.)?)"
_PARTICLE = r"(?:(?:van|von|de|del|de la|la|le|du|di|da|dos|der|den|st\.)\s)?"
_NICK = r"(?:[\"“'‘(][A-ZÀ-Ý][a-zà-ÿ]+[\"”'’)]\s)?"
_FULL = rf"{_WORD}\s{_NICK}(?:{_WORD}\s)?{_PARTICLE}{_WORD}(?:,?\s(?:Jr|Sr|II|III)\b\.?)?"
_ONE = r"[A-ZÀ-Ý][a-zà-ÿ]{1,14}(?:[- ](?:Ann|Anne|Mae|May|Lee|Lynn|Jo|Beth|Marie|Rose|Sue|Jean|Lou|Grace|Kay)\b)?"
_LETTERS = (
    r"(?:LMT|LMBT|RMT|LMP|CMT|CMP|BCTMB|NCTMB|NCBTMB|MMP|CMMP|LMTI?|MTI|RMP|CLT|NMT|CNMT|CR|CAMTC|R\.?M\.?T|"
    r"L\.M\.T|L\.?M\.?B\.?T)"
)
_DEGREE = r"(?:[A-Z]{2,5}|[BM]\.?[AS]\.?|[A-Z][a-z]?[A-Z]{1,4}|Owner|Founder)(?:(?<!\.)\s[A-Z][a-z]+){0,2}"

_WITH_LETTERS = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}|{_ONE})\s?(?:\((?:she|he|they)[^)]{{0,14}}\))?\s?[,(|"
    rf"–—-]?\s{{0,2}}(?:{_DEGREE}[,/]\s?){{0,4}}{_LETTERS}\b"
)
_WITH_TITLE = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL})\s?[,|–—(-]\s?(?:(?:the|an?|your|our)\s)?(?:[A-Za-z]+\s){{0,2}}?"
    r"(?i:licensed|registered|certified|massage therapist|massoth[ée]rapeute|terapeuta|masajista|owner|founder|"
    r"rolfer|bodyworker)\b"
)
_SHOUTED = re.compile(
    rf"(?<![\w’'])(?P<name>[A-Z]{{2,12}}(?:\s[A-Z]\.?)?\s[A-Z][A-Z’'-]{{1,15}})\s?[,|–—-]\s?{_LETTERS}\b"
)
_FIRST_PERSON = re.compile(
    rf"(?:\b(?:[Mm]y name is|[Ii]['’]?m called|[Cc]all me|[Jj]e m['’]appelle|[Mm]e llamo|[Mm]i nombre es|[Mm]on "
    rf"nom est|[Jj]e suis|[Ss]oy|I am|I['’]m|[Tt]his is|[Ii]t['’]?s)|[Hh]i!?,? I['’]?m|[Hh]ello,? I['’]?m)"
    rf",?\s(?P<name>{_FULL}|{_ONE})(?![\w’']|\s(?:Massage|Therapy|Certified|Licensed|Registered))"
)
_MEET = re.compile(
    rf"^(?:(?:[Mm]eet|MEET|[Aa]bout|ABOUT)(?:\s(?:[Yy]our [Tt]herapist|[Tt]he [Oo]wner|[Tt]he [Tt]herapist|[Oo]ur "
    rf"[Oo]wner|[Tt]herapist|[Oo]wner))?[:,–-]?\s|[Àà] propos de |[Rr]encontrez |[Cc]onoce a |[Ss]obre "
    rf")(?P<name>{_FULL}|{_ONE})\W*$"
)
_IS_THERAPIST = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}|{_ONE})(?:,[^.,]{{2,40}},)?\s(?:is|has been|was|est|es)\s(?:(?:an?|the|our|your|"
    rf"also|une?|both|currently|fully)\s)?"
    rf"(?:[\w,&’'/-]+\s){{0,6}}?(?i:massage\s(?:therapist|practitioner)|therapist|bodyworker|rolfer|LMT|RMT|LMBT|"
    rf"owner|founder|massoth[ée]rapeute|masajista|terapeuta)"
)
_ROLE_BEFORE = re.compile(
    rf"(?:(?:[Mm]assage|MASSAGE) [Tt]herapist|[Tt]herapist|[Pp]ractitioner|[Oo]wner(?:/\w+| and \w+| & \w+)?|"
    rf"[Ff]ounder|[Ff]ounded by|[Oo]wned(?: and operated)? by|LMT|RMT|[Oo]perated by|[Tt]herapeutic massage by|"
    rf"[Mm]assage (?:therapy )?(?:by|with)|[Mm]assoth[ée]rapeute|[Tt]erapeuta|[Mm]asajista|[Ii]nstructor|"
    rf"[Pp]roprietor)\s?[:,–-]?\s(?P<name>{_FULL})(?![\w’'])"
)
_SECOND = re.compile(
    rf"(?:[Tt]herapists|[Pp]ractitioners|[Oo]wners|RMTs|LMTs|[Mm]assoth[ée]rapeutes|[Tt]erapeutas)\s?[:,–-]?\s"
    rf"(?:are\s)?(?P<name>{_FULL})(?=,?\s(?:and|et|y|&)\s)"
)
_THIRD = re.compile(
    rf"(?:[Tt]herapists|[Pp]ractitioners|[Oo]wners|RMTs|LMTs|[Mm]assoth[ée]rapeutes|[Tt]erapeutas)\s?[:,–-]?\s"
    rf"(?:are\s)?{_FULL},?\s(?:and|et|y|&)\s(?P<name>{_FULL})"
)
_GIVEN_ROLE = re.compile(
    rf"(?:[Mm]assage (?:therapist|by|with)|therapist,?|owner,?)\s(?P<name>{_ONE})(?=[\s,.!]|$)(?!\s[A-Z])"
)
_FOUNDED = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}),?\s(?:[A-Z]{{2,6}},?\s){{0,3}}(?:founded|opened|started|established|has been "
    rf"(?:practicing|a massage)|graduated|received (?:her|his|their)|specializes|offers|provides|brings)"
)
_APPOSITION = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}),?\s(?:an?|is an?|your|our|une?)\s(?:[\w-]+[\s,]+){{0,4}}?(?:licensed|"
    rf"registered|certified|massage|massoth)",
)
_CALL = re.compile(
    rf"\b(?:[Cc]all|[Tt]ext|[Ee]mail|[Cc]ontact|[Aa]sk for)\s(?P<name>{_ONE}|{_FULL})\s(?:at|on|today|now|directly|"
    rf"to)\b"
)
_NAMED = re.compile(r"my name is|je m['’]appelle|me llamo|mi nombre es|mon nom est", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|[.!?]\s|\n)(?=[A-ZÀ-Ý])")
_ANY_NAME = re.compile(rf"{_FULL}|{_ONE}")
_NAME_LINE = re.compile(rf"^(?:\W{{0,3}}){_FULL}(?:\W{{0,2}})$")
_ONE_LINE = re.compile(rf"^{_ONE}$")
_ROLE_LINE = re.compile(
    rf"^(?:.{{0,40}}\b)?(?:{_LETTERS}\b|(?i:massage therapist|massage practitioner|bodyworker|\btherapist\b|"
    rf"massoth[ée]rapeute|masajista|terapeuta|owner|founder|esthetician|rolfer))"
)
_LICENCE_LINE = re.compile(r"licen[sc]e|^\W*by\W*$", re.IGNORECASE)
_FIRST_LINE = re.compile(r"^(?:I am|I['’]m|I have been|As an?|My)\b")
_TEAM = re.compile(
    r"\bteam\b|therapists|practitioners|\bstaff\b|about (?:me|us)|our people|meet|[ée]quipe|th[ée]rapeutes|equipo|"
    r"terapeutas",
    re.IGNORECASE,
)
_ROLES = ("therapist", "practitioner", "bodyworker", "rolfer", "massoth", "masaj", "terapeuta", "owner", "founder")
_LICENSED = ("licensed", "registered", "certified")
# Each pattern, whether it may name someone whose given name is on no list, and the words one of which its line holds.
_SENTENCES = (
    (
        _WITH_LETTERS,
        True,
        (
            "lmt",
            "rmt",
            "lmbt",
            "lmp",
            "cmt",
            "cmp",
            "ctmb",
            "mmp",
            "mti",
            "rmp",
            "clt",
            "nmt",
            "camtc",
            "l.m",
            "r.m",
            ", cr",
        ),
    ),
    (_WITH_TITLE, True, (*_ROLES, *_LICENSED)),
    (_SHOUTED, False, ("lmt", "rmt", "cmt", "lmbt")),
    (
        _FIRST_PERSON,
        False,
        ("name is", "i'm", "i’m", "i am", "call", "appelle", "llamo", "nombre", "nom est", "suis", "soy", "im "),
    ),
    (
        _ROLE_BEFORE,
        False,
        (
            *_ROLES,
            "massage by",
            "therapy by",
            "owned by",
            "operated by",
            "massage with",
            "lmt",
            "rmt",
            "instructor",
            "proprietor",
            "therapy with",
        ),
    ),
    (_SECOND, False, ("therapists", "practitioners", "owners", "rmts", "lmts", "rapeutes", "terapeutas")),
    (_THIRD, False, ("therapists", "practitioners", "owners", "rmts", "lmts", "rapeutes", "terapeutas")),
    (_GIVEN_ROLE, False, ("therapist", "massage by", "massage with", "owner")),
    (
        _FOUNDED,
        False,
        (
            "found",
            "open",
            "start",
            "establish",
            "graduated",
            "received",
            "speciali",
            "offers",
            "provides",
            "brings",
            "has been",
        ),
    ),
    (_APPOSITION, True, (*_LICENSED, "massoth")),
    (_CALL, False, ("call", "text", "email", "contact", "ask for")),
    (_IS_THERAPIST, False, (*_ROLES, "lmt", "rmt", "lmbt")),
)


_LEADING = frozenset(
    [
        "meet",
        "about",
        "with",
        "by",
        "and",
        "hi",
        "contact",
        "call",
        "text",
        "book",
        "therapist",
        "owner",
        "founder",
        "practitioner",
        "hello",
        "i'm",
        "i’m",
        "director",
        "à",
        "à",
        "propos",
        "de",
    ]
)


@dataclass(slots=True)
class Person:
    name: str
    line: int = -1
    credentials: list[PageCredential] = field(default_factory=list)
    strong: bool = True


@lru_cache(maxsize=4096)
def check_name(text: str, known_given: bool) -> str | None:
    """The name in its usual writing where it can be a person's; `known_given` asks for a given name in use."""
    name = re.sub(r"\s+", " ", text).strip(" ,.|–—-·•:")
    name = re.sub(r"[“”]", '"', name)
    name = re.sub(r"^(?:Dr|Mr|Mrs|Ms|Miss)\.?\s", "", name)
    words = name.split()
    while words and words[0].strip(",:").lower() in _LEADING:
        words.pop(0)
    name = " ".join(words)
    if not words or len(words) > 5:
        return None
    given = fold(words[0].strip(".,\"'"))
    names, families = load_given(), load_family()
    for place, word in enumerate(words):
        bare = word.strip(".,\"'()").lower()
        surname = place > 0 and given in names and families.get(bare, 0) >= 50
        if (bare in NOT_NAMES and not surname) or bare.endswith(("'s", "’s")):
            return None
    if known_given and given not in names and given.split("-")[0] not in names:
        return None
    if len(words) > 1 and fold_city(" ".join(words)) in load_cities() and known_given and given not in names:
        return None
    if len(words) == 1 and (len(given) < 3 or (known_given and given not in names)):
        return None
    return name


def find_people(document: Document, cues: Cues, stated: Iterable[str], notes: Evidence) -> list[Person]:
    """Practitioners in the order they are named, one entry a person."""
    people: list[Person] = []
    for text in stated:
        name = check_name(text, known_given=False)
        if name:
            _keep(people, Person(name), text, "json-ld", notes)
    lines = document.lines
    telling: dict[int, list[tuple[re.Pattern[str], bool]]] = {}
    for pattern, loose, words in _SENTENCES:
        for number in cues.holding(words):
            telling.setdefault(number, []).append((pattern, loose))
    for index, line in enumerate(lines):
        text = line.text
        if not text or line.section in (Section.TESTIMONIAL, Section.BLOG) or line.tag in ("option", "label"):
            continue
        short = len(text) <= 50
        if short and (line.level or line.section in (Section.MAIN, Section.FOOTER)):
            name = _read_name_line(lines, index)
            if name:
                _keep(people, Person(name, index), text, line.where, notes)
        for pattern, loose in telling.get(index, ()):
            for name in _read_sentence(text[:1500], pattern, loose):
                _keep(people, Person(name, index), text, line.where, notes)
    for person in people:
        if " " not in person.name:
            person.name = _find_full(person.name, lines) or person.name
    return people[:40]


def _find_full(given: str, lines: list[Line]) -> str | None:
    """The given name with a surname, where the page prints both together somewhere."""
    pattern = re.compile(rf"(?<![\w’']){re.escape(given)}\s(?P<family>{_WORD})(?![\w’'])")
    for line in lines:
        if given in line.text and line.section not in (Section.TESTIMONIAL, Section.BLOG):
            for match in pattern.finditer(line.text):
                if fold(match["family"]) in load_family() and check_name(match[0], known_given=False):
                    return match[0]
    return None


def _read_name_line(lines: list[Line], index: int) -> str | None:
    """A name that has a line to itself, with a role, letters or an introduction right after it."""
    line = lines[index]
    meet = _MEET.match(line.text)
    if meet:
        return check_name(meet["name"], known_given=True)
    full, one = _NAME_LINE.match(line.text), _ONE_LINE.match(line.text)
    if not full and not one:
        return None
    heading = lines[line.heading].text if line.heading >= 0 else ""
    after = [other for other in lines[index + 1 : index + 4] if other.text][:2]
    role = any(len(other.text) < 70 and _ROLE_LINE.match(other.text) for other in after)
    speaks = (
        bool(line.level)
        and bool(after)
        and (bool(_FIRST_LINE.match(after[0].text)) or after[0].text.startswith(line.text.split()[0] + " "))
    )
    if role or speaks:
        return check_name(line.text, known_given=not (role and full))
    before = [other.text for other in lines[max(0, index - 2) : index] if len(other.text) < 60]
    if full and any(_ROLE_LINE.match(text) or _LICENCE_LINE.search(text) for text in before):
        return check_name(line.text, known_given=True)
    if full and line.level and _TEAM.search(heading):
        return check_name(line.text, known_given=True)
    return None


def _read_sentence(text: str, pattern: re.Pattern[str], loose: bool) -> list[str]:
    names: list[str] = []
    if pattern is not _IS_THERAPIST:
        for match in pattern.finditer(text):
            text_name = match["name"].title() if pattern is _SHOUTED else match["name"]
            sworn = pattern is _FIRST_PERSON and _NAMED.match(match[0])
            name = check_name(text_name, known_given=not sworn and not (loose and " " in text_name.strip()))
            if name:
                names.append(name)
        return names
    for match in _SENTENCE_START.finditer(text):
        found = pattern.match(text, match.end())
        if found and found["name"][:1].isupper():
            words = _ANY_NAME.match(found["name"])
            name = check_name(words[0], known_given=True) if words and words.end() == len(found["name"]) else None
            if name:
                names.append(name)
    return names


def _tokens(name: str) -> list[str]:
    return [t for t in re.findall(r"[^\W\d_]+", name.lower()) if t not in ("jr", "sr", "ii", "iii")]


def _keep(people: list[Person], person: Person, snippet: str, where: str, notes: Evidence) -> None:
    """Add a person, or give a person already known the fuller name."""
    new = _tokens(person.name)
    for known in people:
        old = _tokens(known.name)
        small, large = sorted((old, new), key=len)
        same = (
            small == large
            or (small[0] in large[:-1] and (len(small) == 1 or small[-1] == large[-1]))
            or (len(small) == 1 and small[0] == large[0])
        )
        if same:
            if len(new) > len(old):
                known.name = person.name
                notes.add("practitioner", person.name, snippet, where)
            if known.line < 0:
                known.line = person.line
            return
    people.append(person)
    notes.add("practitioner", person.name, snippet, where)
