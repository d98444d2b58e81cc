"""The people who practise, as the page names them, and the credentials that stand beside their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from crawler.extraction.cues import Cues, sought
from crawler.extraction.document import FOOTER, MAIN, OTHERS_WORDS, Document, Line
from crawler.extraction.evidence import Evidence
from crawler.extraction.introductions import (
    ANY_NAME,
    ATTENDED,
    BIO,
    CALL,
    DOCTOR_AFTER,
    DOCTOR_BEFORE,
    FAMILY_AFTER,
    FIRST_LINE,
    FIRST_PERSON,
    IS_THERAPIST,
    JOINED_BEFORE,
    LETTERS_AFTER,
    LICENCE_LINE,
    LIST_OF,
    LIST_PARTS,
    MEET,
    MEET_SHOUTED,
    NAME_LINE,
    NAMED,
    NUMBER_LINE,
    ONE_LINE,
    ONLY_ROLE,
    OTHER_ROLE,
    ROLE_LINE,
    SENTENCE_START,
    SENTENCES,
    SHOUTED,
    SPLIT_NAME,
    TAUGHT_BY,
    TEAM,
    TRADE_LINE,
)
from crawler.extraction.regions import fold_city, load_cities
from crawler.extraction.words import NOT_NAMES
from directory.models import PageCredential
from directory.names.fold import fold
from directory.names.tables import load_family, load_given

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
        "soy",
        "hola",
        "bonjour",
    ]
)
_CAPITALISED = re.compile(r"[A-ZÀ-Ý][^\W\d_]*(?:[-'’][^\W\d_]+)*")
_JOINT = re.compile(r"[-'’]")
_MEETING = frozenset(["meet", "about", "à", "rencontrez", "conoce", "sobre"])  # what every MEET begins with
_LISTING = sought("therapist", "practitioner", "rmts", "lmts", "thérapeute", "terapeuta")
_LETTERED = frozenset(["lmt", "rmt", "lmbt", "cmt", "llc", "and", "&"])
_NO_NAMES_START = NOT_NAMES - _LEADING


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
    led = bool(words) and words[0].strip(",:").lower() in _LEADING
    while words and words[0].strip(",:").lower() in _LEADING:
        words.pop(0)
    name = " ".join(words)
    known_given = known_given or (led and len(words) == 1)  # "Book Langley RMT": a town is no one
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
    telling = _find_telling(cues)
    listing = cues.holding(_LISTING)
    for index, line in enumerate(lines):
        text = line.text
        if not text or line.section in OTHERS_WORDS or line.tag in ("option", "label"):
            continue
        short = len(text) <= 50
        if short and (line.level or line.section in (MAIN, FOOTER)):
            name = _read_name_line(lines, index)
            if name:
                _keep(people, Person(name, index), text, line.where, notes)
        named: list[str] = []
        if index in telling:
            sentences = SPLIT_NAME.sub("-", text[:1500]) if "- " in text else text[:1500]
            someone = _may_name(sentences)
            named = [
                name
                for pattern, loose in telling[index]
                if someone or loose or pattern is FIRST_PERSON or pattern is CALL
                for name in _read_sentence(sentences, pattern, loose, lines)
                if not _is_other_doctor(name, text)
            ]
        for name in [*named, *(find_listed(text) if index in listing else ())]:
            _keep(people, Person(name, index), text, line.where, notes)
    for person in people:
        if " " not in person.name:
            person.name = _find_full(person.name, lines) or person.name
    return people[:40]


def _may_name(text: str) -> bool:
    """Whether a given name in use stands in the text with a capital: without one few sentences can name anyone."""
    given = load_given()
    for whole in _CAPITALISED.findall(text):
        word = whole.removesuffix("'s").removesuffix("’s")
        if word.lower() not in NOT_NAMES and (fold(word) in given or fold(_JOINT.split(word)[0]) in given):
            return True
    return False


def _find_telling(cues: Cues) -> dict[int, list[tuple[re.Pattern[str], bool]]]:
    """By line number, the sentences worth trying there and whether they may name an unusual given name."""
    telling: dict[int, list[tuple[re.Pattern[str], bool]]] = {}
    for pattern, loose, words in SENTENCES:
        for number in cues.holding(words):
            telling.setdefault(number, []).append((pattern, loose))
    return telling


def find_listed(text: str) -> list[str]:
    """The names in a list that a role opens: "Cupping Therapists: Ann Reed, Bo Lane and Cy Dorn"."""
    names: list[str] = []
    for match in LIST_OF.finditer(text[:1500]):
        parts = [part.strip(" .") for part in LIST_PARTS.split(match["names"])]
        full = [part for part in parts if NAME_LINE.match(part)]
        several = len(full) >= 2
        names += [name for part in full if (name := check_name(part, known_given=not several))]
    return names


def _is_other_doctor(name: str, text: str) -> bool:
    """Whether the line calls the person a doctor of something else and claims no massage letters for them."""
    if "D" not in text:
        return False
    ends = list(_find_ends(name, text))
    titled = any(DOCTOR_BEFORE.search(text[: end - len(name)]) or DOCTOR_AFTER.match(text, end) for end in ends)
    return titled and not any(LETTERS_AFTER.match(text, end) for end in ends)


def _find_ends(piece: str, text: str) -> Iterator[int]:
    """Where each standing of a piece in a text ends."""
    at = text.find(piece)
    while at >= 0:
        yield at + len(piece)
        at = text.find(piece, at + 1)


def _find_full(given: str, lines: list[Line]) -> str | None:
    """The given name with a surname, where the page prints both together somewhere."""
    for line in lines:
        if given in line.text and line.section not in OTHERS_WORDS:
            for end in _find_ends(given, line.text):
                start = end - len(given)
                match = None if JOINED_BEFORE.search(line.text[:start]) else FAMILY_AFTER.match(line.text, end)
                name = line.text[start : match.end()] if match else ""
                if match and fold(match["family"]) in load_family() and check_name(name, known_given=False):
                    return name
    return None


def _read_name_line(lines: list[Line], index: int) -> str | None:
    """A name that has a line to itself, with a role, letters or an introduction right after it."""
    line = lines[index]
    first = line.low.partition(" ")[0]
    meet = MEET.match(line.text) if first.rstrip(":,–-") in _MEETING else None
    shouted = MEET_SHOUTED.match(line.text) if first in _MEETING and not meet else None
    if shouted:
        return check_name(shouted["name"].title(), known_given=True)
    if meet or first in _NO_NAMES_START:  # no name begins so, as `check_name` would say
        return check_name(meet["name"], known_given=True) if meet else None
    full, one = NAME_LINE.match(line.text), ONE_LINE.match(line.text)
    if not full and not one:
        return None
    heading = _read_group(lines, line)
    after = [other for other in lines[index + 1 : index + 4] if other.text][:2]
    role = any(len(other.text) < 70 and ROLE_LINE.match(other.text) for other in after)
    speaks = (
        bool(line.level)
        and bool(after)
        and (bool(FIRST_LINE.match(after[0].text)) or after[0].text.startswith(line.text.split()[0] + " "))
    )
    if role or speaks:
        sure = bool(full) or bool(line.level and after and ONLY_ROLE.match(after[0].text))
        return check_name(line.text, known_given=not (role and sure))
    earlier = lines[max(0, index - 3) : index]
    before = [other.text for other in earlier[-2:] if len(other.text) < 60]
    if any(NAME_LINE.match(other.text) for other in earlier) or (after and OTHER_ROLE.match(after[0].text)):
        before = []  # the role above belongs to the person named above it
    placed = any(ROLE_LINE.match(text) or LICENCE_LINE.search(text) for text in before)
    placed = placed or bool(line.level and TEAM.search(heading)) or _is_under_role(lines, index)
    placed = placed or (line.level == 1 and _is_in_title(line.text, lines[0]))
    if full and (placed or (after and _is_signed(line, after[0]))):
        return check_name(line.text, known_given=True)
    return None


def _is_under_role(lines: list[Line], index: int) -> bool:
    """Whether the line stands right under a heading that is a role."""
    above = lines[index - 1] if index else lines[index]
    return bool(above.level) and not lines[index].level and bool(ROLE_LINE.match(above.text))


def _is_in_title(name: str, head: Line) -> bool:
    """Whether the page's title names the practice after them ("Christina Healing Arts")."""
    given = name.split(maxsplit=1)[0]
    return head.tag == "title" and head.text.startswith(given + " ") and name not in head.text


def read_practice_name(practice: str) -> str | None:
    """The person a practice is named after, where the trade is all else that its name says ("Ann Reed Massage")."""
    words = practice.replace("|", " ").split()
    bare = [fold(word.strip(".,'’").removesuffix("'s").removesuffix("’s")) for word in words]
    if len(bare) < 2 or bare[0] not in load_given() or bare[0] in NOT_NAMES:
        return None
    owned = words[0].endswith(("'s", "’s", "s'", "s’"))
    size = 1 if owned else 2
    rest = bare[size:]
    if any(word not in NOT_NAMES and word not in _LETTERED for word in rest) or (owned and "massage" not in rest):
        return None
    if not owned and (bare[1] in NOT_NAMES or load_family().get(bare[1], 0) < 50):
        return None  # "Grace Day Spa"
    if not owned and fold_city(" ".join(words[:2])) in load_cities():
        return None
    name = " ".join(words[:size]).strip(".,")
    return check_name(name.removesuffix("'s").removesuffix("’s").strip("'’"), known_given=True)


def _is_signed(line: Line, after: Line) -> bool:
    """Whether a number of their own or, in the letterhead, the trade follows a full name."""
    trade = bool(line.level) and bool(after.level) and TRADE_LINE.match(after.text)
    return bool(trade) or (after.has_digit and bool(NUMBER_LINE.match(after.text)))


def _read_group(lines: list[Line], line: Line) -> str:
    """The heading above a run of names that are headings of one rank ("Our team", then one name after the other)."""
    above = line.heading
    while above >= 0 and line.level and lines[above].level == line.level and NAME_LINE.match(lines[above].text):
        above = lines[above].heading
    return lines[above].text if above >= 0 else ""


def _read_sentence(text: str, pattern: re.Pattern[str], loose: bool, lines: Sequence[Line] = ()) -> list[str]:
    """The names a sentence gives; a line of its own among `lines` confirms an unusual given name."""
    names: list[str] = []
    if pattern is not IS_THERAPIST:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 160) : match.start()]
            if TAUGHT_BY.search(before[-40:]) or (ATTENDED.search(before) if "ed " in before else None):
                continue  # a teacher
            text_name = match["name"].title() if pattern is SHOUTED else match["name"]
            sworn = pattern is BIO or (pattern is FIRST_PERSON and NAMED.match(match[0]))
            sworn = sworn or (pattern is FIRST_PERSON and any(line.text == text_name for line in lines))
            sworn = sworn or (pattern is CALL and " " in text_name and fold(text_name.split()[-1]) in load_family())
            name = check_name(text_name, known_given=not sworn and not (loose and " " in text_name.strip()))
            if name:
                names.append(name)
        return names
    for match in SENTENCE_START.finditer(text):
        found = pattern.match(text, match.end())
        if found and found["name"][:1].isupper():
            words = ANY_NAME.match(found["name"])
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
