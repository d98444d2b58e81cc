"""What a check found, told in the visitor's language: the ledger keeps English sentences, known here one by one."""

from __future__ import annotations

import re
from functools import cache

from directory.regions import REGIONS
from web.language import Language

# What verification may say; `{…}` stands for a part. A test holds this list against the sentences in its code.
SENTENCES = (
    "A person will look at it.",
    "This is being checked.",
    "This has not been checked yet.",
    "No licence number is given.",
    "The listing claims no licence.",
    "This was given outside the US and Canada.",
    "This is claimed by the listing and no register can be asked: {why}.",
    "The listing states this without a name or a number, so no register can be asked.",
    "Neither the claim nor the listing says in which state or province it was given.",
    "The number cannot be looked up: {why}.",
    "We have not read the {place} register. Its board answers questions about a licence.",
    "Not found in the {place} register as of {day}.",
    "A register has a record under a like name.",
    "The {place} register has a record under a like name.",
    "A record under a like name has another number.",
    "A record under this name has another number.",
    "A number one keystroke away is under a like name.",
    "A number one keystroke away is under this name.",
    "The {place} register has more than one record with this number.",
    "The {place} register has this number, but the listing names no person to compare.",
    "The {place} register has this number under a name that agrees only in part.",
    "The {place} register has this number under a slightly different name, and no city agrees.",
    "In the {place} register this number belongs to somebody with another name.",
    "In the {place} register, {why}.",
    "Several people in the {place} register go by this name.",
    "Another person in the {place} register has exactly this name.",
    "Number and name agree; neither the city nor a middle name confirms that it is the same person.",
    "Listings with different phone numbers use this licence number.",
    "Only one of the two names says which generation (Jr, Sr, III).",
    "This licence has ended, and another under the same name is current.",
    "No other record of the {place} register and no other listing there goes by this name.",
    "The {place} register has this licence number under almost this name.",
    "The {place} register has this licence number under almost this name and city.",
    "The {place} register has this licence number under almost this name as a former one.",
    "The {place} register has this licence number under almost this name as a former one and city.",
    "The {place} register has this licence number under this name.",
    "The {place} register has this licence number under this name and city.",
    "The {place} register has this licence number under this name as a former one.",
    "The {place} register has this licence number under this name as a former one and city.",
    "The register was last read on {day}: it has to be asked again.",
    "It is valid until {day}, that day included.",
    "The register states no status: this is worked out from the expiry date.",
    "The {place} register shows a board action on this licence.",
    "The {place} register says no status; a person has to read that.",
    "The {place} register says {word}; a person has to read that.",
    "The {place} register row has {why}.",
    "The {place} register lists this licence as {word}.",
    "The {place} register says the licence begins on {day}.",
    "The {place} register says it has expired.",
    "The {place} register says it expired on {day}.",
    "The {place} register says it is {word}.",
    "The {place} register gives no expiry date; a person has to look.",
    "The establishment's number is unclear: {why}.",
    "The {place} register's rows for this establishment are unclear.",
    "We have not read {place}'s register of establishments.",
    "The {place} register has this number for a practice of another name or city.",
    "The {place} register has this establishment licence for the practice.",
    "It says nothing about the people who work there.",
    "A person compared the records and found that they are one.",
    "A person looked at this and found no record that is certainly this one.",
)
# What may stand for `{why}`.
REASONS = (
    "its issuer alone could confirm it",
    "no number is given",
    "its letters and digits do not make one licence number",
    "it is an NPI, which shows who somebody is and is no licence",
    "it is an NPI or its taxonomy, which shows who somebody is and is no licence",
    "it is a phone number",
    "it looks like a year",
    "more than one number stands in the claim",
    "the letters {word} stand before another profession's licences",
    "the letters {word} are another register's, not {code}'s",
    "the letters {word} do not stand before massage licences in {code}",
    "it is all zeros",
    "it has {word} digits; licences there have at most {most}",
    "it was given outside the United States and Canada",
    "a student or apprentice holds no licence of their own yet",
    "it belongs to another profession ({word})",
    "{word} is an entry exam, which is not a licence",
    "{word} is a membership, which is not a licence",
    "{word} is schooling, which is not a licence",
    "{word} is a certificate that only its issuer could confirm",
    "{word} may be a state or the letters of another board's numbers",
    "the register has two rows for this licence that differ",
    "an expiry ({day}) before its issue ({other})",
    "an issue date that cannot be ({day})",
    "an expiry date that cannot be ({day})",
)  # fmt: skip
# What may stand at the end of a citation.
CITATION_NOTES = ("(citation not yet confirmed)", "(secondary source)")
PART = re.compile(r"\{(\w+)\}")
REGION_CODES = {name: code for code, name in REGIONS.items()}


def retell(language: Language, explanation: str, *, region: str | None = None) -> str:
    """The explanation in this language; empty if a part of it is in words that nobody has translated."""
    text = explanation.strip()
    if language.code == "en" or not text:
        return language.rewrite_dates(text)
    law = language.say_law(text, region=region)
    if law != text:
        return law
    told = []
    while text:
        found = _match(text, SENTENCES, whole=False)
        if found is None:
            return ""
        sentence, parts, text = found
        told.append(_fill(language, sentence, parts))
    return "" if "" in told else language.rewrite_dates(" ".join(told))


def cite(language: Language, citation: str) -> str:
    """Where a rule stands: a law keeps its name, what is said about the source is said in this language."""
    text, notes = citation.strip(), list[str]()
    for note in CITATION_NOTES:
        if text.endswith(note):
            text = text.removesuffix(note).rstrip()
            notes.insert(0, language.facts.gettext(note))
    return language.rewrite_dates(" ".join([language.facts.gettext(text), *notes]) if text else "")


def _match(text: str, messages: tuple[str, ...], *, whole: bool) -> tuple[str, dict[str, str], str] | None:
    """The message that the text begins with (or is), its parts, and the text after it."""
    for message in _order(messages):
        found = _compile(message, whole).match(text)
        if found:
            return message, found.groupdict(), text[found.end() :].lstrip()
    return None


def _fill(language: Language, message: str, parts: dict[str, str]) -> str:
    """The message in this language; empty if its reason is not known."""
    text = language.facts.gettext(message)
    for name, value in parts.items():
        shown = value
        if name == "place":
            shown = (
                language.name_region(REGION_CODES[value]) if value in REGION_CODES else language.facts.gettext(value)
            )
        elif name == "why":
            reason = _match(value, REASONS, whole=True)
            shown = _fill(language, reason[0], reason[1]) if reason else ""
            if not shown:
                return ""
        text = text.replace(f"{{{name}}}", shown)
    return text


@cache
def _order(messages: tuple[str, ...]) -> tuple[str, ...]:
    """The messages, those that say most by themselves first: an open part fits anything."""
    return tuple(sorted(messages, key=lambda message: (-len(PART.sub("", message)), message)))


@cache
def _compile(message: str, whole: bool) -> re.Pattern[str]:
    """The message as a pattern; a part never reaches over the end of a sentence."""
    pieces = PART.split(message)
    pattern = "".join(
        re.escape(piece) if at % 2 == 0 else rf"(?P<{piece}>(?:(?!\. ).)+?)" for at, piece in enumerate(pieces)
    )
    return re.compile(pattern + (r"\Z" if whole else r"(?=\s|\Z)"), re.DOTALL)
