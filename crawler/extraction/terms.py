"""Techniques a page offers and conditions it says it treats, as vocabulary terms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.cues import Cues, Gated, holds_any, loose, stems
from crawler.extraction.document import BLOG, FORM, META, NAV, TESTIMONIAL, Line
from crawler.extraction.evidence import Evidence
from directory.vocabularies import FoldedText, TermKind, TermMatch, Vocabulary

_TECHNIQUE, _CONDITION = TermKind.TECHNIQUE, TermKind.CONDITION  # looked up once: see `document`
MAX_CHARS = 60_000
ITEM_CHARS = 60  # a heading or list entry no longer than this names one thing
_SKIPPED = frozenset({TESTIMONIAL, BLOG})
_ITEM_TAGS = frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "dt", "dd", "a", "button", "summary", "caption", "span"]
)

_NEGATED = loose(
    r"(?:\bdo(?:es)? not|\bdon['’]t|\bdoesn['’]t|\bno longer|\bnot (?:a|an|currently|yet|offer\w*|provid\w*|"
    r"perform\w*|available)|"
    r"\bcannot|\bcan['’]t|\bunable to|\brather than|\binstead of|\bunlike|\bne (?:pratique|propose|offre)|"
    r"\bno (?:ofrece|ofrecemos|realiz)|\bsorry)[^.!?;]{0,60}$"
)
_CAUTION_STEMS = stems("contra contre précautions precautions disclose tell health when recommended who book inform")
_COMPARED = loose(r"\b(?:than|similar to|compared (?:to|with)|what|as opposed to|versus|vs\.?)\s(?:[\w,-]+\s){0,9}$")
_CAUTION = loose(
    r"contra-?indicat|consult (?:your|a|with your) (?:doctor|physician)|should not receive|not (?:a )?suitable|do "
    r"not (?:come|book)|"
    r"if you (?:are|have|had) (?:sick|ill|a fever|fever)|please (?:inform|notify|tell|let) |contagious|medical history|"
    r"prior to (?:your|the) (?:session|appointment)|avoid massage|(?:should|must|please) (?:i |you )?disclose|"
    r"contre-?indi|pr[ée]venir de|(?:me|nous) signaler|d[ée]conseill|ne (?:le|la|les) conseille pas|"
    r"avis (?:du|de votre) m[ée]decin|consult[ea] (?:a|con) (?:tu|su) m[ée]dico|contraindica"
)
_CAUTION_HEADING = Gated(
    loose(
        r"contra-?indica|contre-?indi|pr[ée]cautions?\b|must disclose|(?:should|do|must) i (?:disclose|tell)|"
        r"health conditions? (?:should|to)|when not to|when (?:you )?should(?: not|n['’]t)|not recommended|"
        r"who should not|do not book if|(?:tell|inform) us (?:about|of|if)"
    ),
    "indi", "caution", "disclose", " i tell", "health condition", "when not to", "should", "not recommended",
    "do not book if", "tell us", "inform us",
)  # fmt: skip
_OWN_STORY = loose(
    r"\b(?:I|he|she) (?:experienced|suffered|was (?:diagnosed|in a)|had (?:a|an|my|his|her|been)|struggled|"
    r"developed|battled|injured)|"
    r"\b(?:my|his|her) own (?:\w+ ){0,2}(?:pain|injur|journey|experience|recovery|struggle)|\bafter years of battling|"
    r"\b(?:healed|fixed|cured|relieved|helped|saved|eased) my\b|\bj['’]ai souffert|\bsufr[íi]"
)
_PAST_WORK = loose(
    r"\b(?:worked (?:as|at|in|for|with)|work experience|spent (?:\w+ ){0,3}(?:time|years)|previously|formerly|"
    r"graduat\w+|studied|(?:am|currently) studying|attended|"
    r"demand for|degree in|diploma in|bachelor|baccalaur|first introduced|employed|taught|"
    r"began (?:my|her|his) (?:career|studies))(?:(?!\bskills?\b|\bnow\b|speciali|\boffer)[^.!?]){0,100}$"
)
_STUDIES = loose(r"\b(?:studies|research(?:ers)?|scientific)\b[^.!?]{0,40}\b(?:indicate|show|suggest|found|has|have)")
_LISTING = loose(
    r"(?:includ(?:e|es|ing)|such as|speciali[sz]\w+ in|specialt(?:y|ies)|offer(?:s|ing)?(?: you)?|provid(?:e|es|"
    r"ing)|utili[sz]\w+|incorporat\w+|blending|skills in|trained in|certified in|techniques|"
    r"modalities|services|treat(?:s|ing|ment of|ments? for)?|relief (?:from|for)|help(?:s|ful)? (?:with|for)|"
    r"experience (?:with|in)|offrons|incluant|ofrecemos|incluye)"
    r"[:\s]+(?P<list>[^.!?:;]{3,300})"
)
_JOINED = loose(
    r"(?P<list>(?:[A-Za-z-]+(?: [A-Za-z-]+)?,\s){1,6}"
    r"(?:[A-Za-z-]+\s){0,2}(?:and|or|&)\s[A-Za-z-]+(?: [a-z-]+)?)\s(?:massage|bodywork|therapy)"
)
_JOINED_END = loose(r" (?:and|or|&) [a-z-]+(?: [a-z-]+)? (?:massage|bodywork|therapy)")  # what every such list ends in
_LISTS = (
    "includ", "such as", "speciali", "specialt", "offer", "offrons", "provid", "ofrecemos", "incl", "trained in",
    "certified in", "techniques", "modalities", "services", "treat", "relief", "help", "experience",
)  # fmt: skip
_PARTS = re.compile(r"\s*(?:[,;/•|·+]|\s(?:and|or|&|et|y|ou|o)\s)\s*")
_ENTRY_HEAD = re.compile(r"^(?P<head>[^:.!?–—]{3,45}?)\s?(?::|–|—|\s-\s)\s")

# Wordings that name a term only as an entry of their own: in running text they describe something else.
_ONLY_AS_ITEM = frozenset(
    [
        "wraps",
        "wrap",
        "lymphatic",
        "fascia",
        "fascias",
        "myofascial",
        "essential-oils",
        "hot-towel",
        "hot-towels",
        "relaxing-massage",
        "friction",
        "vibration",
        "improve-flexibility",
        "range-of-motion",
        "joint-mobility",
        "improved-mobility",
        "flexibility",
        "improve-mobility",
        "pressure-on-nerve",
        "massage-fascia",
        "travail-énergétique",
        "massage-de-relaxation",
        "energy-work",
        "relaxing-massages",
        "relaxation-massage",
        "gentle-massage",
        "soft-massage",
        "slow-massage",
        "calming-massage",
        "soothing-massage",
        "functional-movement",
        "movement-assessment",
        "structural-alignment",
        "trauma",
        "emotional-trauma",
        "strains",
        "stretches",
    ]
)
_CONDITIONS_HEADING = loose(
    r"conditions|\bwe (?:treat|help)|\bI (?:treat|help)|help(?:s)? with|can help|ailments|benefits? (?:for|"
    r"include)|what (?:we|i) treat|"
    r"affections|probl[èe]mes trait|motifs de consultation|padecimientos|condiciones"
)
_STROKE_OF_ILLNESS = loose(
    r"\b(?:after|post|had|suffered|survivors?|patients?|victims?|recover\w*|rehab\w*|people (?:with|who)|alzheimer|"
    r"parkinson|sclerosis|"
    r"dementia|brain|aneurysm|cardiac|diabetes)\b"
)
_STROKES = stems("stroke")
# "strokes" alone are hands moving; among illnesses they are the illness.
_ILLNESS_LIST = loose(
    r"(?:alzheimer\S*|parkinson\S*|cancer|sclerosis|dementia|heart disease|arthritis|diabetes),? (?:and |or |& "
    r")?strokes?\b|"
    r"\bstrokes?,? (?:and |or |& )?(?:parkinson|alzheimer|cancer|multiple sclerosis|dementia|brain injur|heart|ms\b)"
)
_OF_PREGNANCY = loose(
    r"(?:discomforts?|inconforts?|maux|molestias|dolores)[^.!?]{0,50}(?:pregnan|expect(?:ant|ing) m|grossesse|embaraz)|"
    r"pregnancy[- ](?:discomfort|pain|ache|symptom|related "
    r"(?:(?:pain|discomfort)s?\b(?! \w)|(?:issue|concern|complaint)s?))|conditions|we treat|"
    r"helps? with"
)
_SENIOR = re.compile(r"senior massage (?:therap|pract)")
_IN_BLOOD = re.compile(
    r"circulation (?:and |et |y |sanguine et )(?:enhanced |increased |improved )?$|\b(?:aids?|promot(?:es?|ing)) $"
)  # lymph that flows
_ADJECTIVES = frozenset(["relaxing", "relax", "wellness", "relaxant", "relajante"])  # in a list within a sentence
_CHANGED_AFTER = ("-fill", " filled", "-free", " free", "ful", "ed ", "ors")  # stress-filled, stressful, stressed
_NOT_WORD = re.compile(r"\W+")
_STOP = re.compile(r"[.!?]\s")
_DENIALS = {
    _NEGATED: stems("not don doesn no cannot can unable rather instead unlike ne sorry"),
    _COMPARED: stems("than similar compared what opposed versus vs"),
    _CAUTION: stems(
        "contraindicated contra consult should suitable come book sick ill fever inform notify tell let contagious "
        "history prior avoid disclose contre prévenir signaler déconseillé conseille avis consulte consulta"
    ),
    _OWN_STORY: stems(
        "experienced suffered diagnosed was had struggled developed battled battling injured own healed fixed "
        "cured relieved helped saved eased souffert sufrí"
    ),
    _PAST_WORK: stems(
        "worked work spent previously formerly graduated graduating studied studying attended demand "
        "degree diploma bachelor baccalauréat introduced taught "
        "employed began"
    ),
    _STUDIES: stems("studies research researchers scientific"),
}
_OFFERED = loose(r"\b(?:offer|provid|speciali[sz]|include|perform|available|choose|receive|book)\w*")


def find_terms(
    cues: Cues, vocabulary: Vocabulary, language: str | None, name: str | None, notes: Evidence
) -> tuple[list[str], list[str]]:
    """Ids of the techniques offered and the conditions treated, in the order the page names them."""
    techniques: dict[str, None] = {}
    conditions: dict[str, None] = {}
    guards = Guards(cues)
    own = name.lower() if name else ""
    room = MAX_CHARS
    seen: set[str] = set()
    for number, line in enumerate(cues.lines):
        if line.section in _SKIPPED or len(line.text) < 3 or line.text in seen:
            continue
        seen.add(line.text)
        words = FoldedText(line.text)
        if not vocabulary.may_name(words):
            continue
        room -= len(line.text)
        if room < 0:
            break
        for match, is_item in _read_line(line, words, vocabulary, language, guards.under_conditions(line)):
            if own and match.text.lower() in own and own in line.low and _is_empty_in_names(match):
                continue
            if match.term.kind is _TECHNIQUE:
                if match.term.id not in techniques and guards.is_offered(match, number, is_item):
                    techniques[match.term.id] = None
                    notes.add("technique", match.term.id, line.text, line.where)
            elif match.term.id not in conditions and guards.is_treated(match, number, is_item):
                conditions[match.term.id] = None
                notes.add("condition", match.term.id, line.text, line.where)
    if "stroke" not in conditions:
        for line in cues.find(_STROKES):
            if _ILLNESS_LIST.search(line.low):
                conditions["stroke"] = None
                notes.add("condition", "stroke", line.text, line.where)
                break
    return list(techniques), list(conditions)


def _is_empty_in_names(match: TermMatch) -> bool:
    """Whether a practice's name promises nothing by this word ("Healing Hands Massage", "Knots Away")."""
    return match.term.kind is _CONDITION or match.term.id in ("reflexology", "relaxation-massage")


def _read_line(
    line: Line, words: FoldedText, vocabulary: Vocabulary, language: str | None, under_conditions: bool
) -> Iterator[tuple[TermMatch, bool]]:
    """The terms of a line, each with whether it is an entry of its own there."""
    text = line.text
    short = len(text) <= ITEM_CHARS and (line.tag in _ITEM_TAGS or text.count(" ") < 5)
    if short and line.section is not NAV:
        if under_conditions:
            found = vocabulary.find_terms(words, language, loose=True)
            yield from ((match, True) for match in found if match.term.kind is _CONDITION)
            return
        found = vocabulary.find_item_terms(words, language)
        yield from ((match, len(match.text) >= 0.5 * len(text)) for match in found)
        if len(text) <= 20:
            return
    else:
        found = vocabulary.find_terms(words, language)
    entries = list(_find_entries(line))
    for match in found if len(text) > ITEM_CHARS or not short else ():
        yield match, any(a <= match.start < b and match.end - match.start >= 0.6 * (b - a) for a, b in entries)
    for start, end in entries:
        if any(start <= match.start < end for match in found):
            continue
        entry = FoldedText(text[start:end])
        if not vocabulary.may_name(entry):
            continue
        for match in vocabulary.find_item_terms(entry, language):
            if match.text.lower() in _ADJECTIVES:
                continue
            moved = TermMatch(match.term, start + match.start, start + match.end, match.text)
            yield moved, len(match.text) >= 0.6 * (end - start)


def _find_entries(line: Line) -> Iterator[tuple[int, int]]:
    """Spans that name one thing each: what stands before a colon or dash, and the members of a list."""
    text = line.text
    head = _ENTRY_HEAD.match(text) if line.section is not META else None
    if head:
        yield head.span("head")
    low = line.low
    patterns = []
    if "," in low or " and " in low:
        if holds_any(low, _LISTS):
            patterns.append(_LISTING)
        if "," in low and _JOINED_END.search(low):
            patterns.append(_JOINED)
    for pattern in patterns:
        for listed in pattern.finditer(low):
            if "," not in listed["list"] and " and " not in listed["list"]:
                continue
            at = listed.start("list")
            for separator in _PARTS.finditer(text, at, listed.end("list")):
                if 3 <= separator.start() - at <= 40:
                    yield at, separator.start()
                at = separator.end()
            if 3 <= listed.end("list") - at <= 40:
                yield at, listed.end("list")


def _find_cautioned(cues: Cues) -> frozenset[int]:
    """Numbers of the lines under a heading, or in a list after an opening, that says what to tell beforehand."""
    lines = cues.lines
    asking = {n for n in cues.numbers(_CAUTION_STEMS) if _CAUTION_HEADING.search(lines[n].low)}
    found = {n for n, line in enumerate(lines) if line.heading in asking} if asking else set()
    for opening in (n for n in asking if lines[n].tag != "li" and len(lines[n].text) < 120):
        for number in range(opening + 1, len(lines)):
            if lines[number].tag != "li" or lines[number].level:
                break
            found.add(number)
    return frozenset(found)


class Guards:
    """What stands around a term and denies it: each pattern is tried only on lines that hold one of its words."""

    def __init__(self, cues: Cues) -> None:
        self._lines = cues.lines
        self._headings: dict[int, bool] = {}
        self._cautioned = _find_cautioned(cues)
        self._suspects = {pattern: cues.number_set(words) for pattern, words in _DENIALS.items()}

    def denies(self, pattern: re.Pattern[str], number: int, text: str) -> bool:
        return number in self._suspects[pattern] and bool(pattern.search(text))

    def under_conditions(self, line: Line) -> bool:
        """Whether the line stands under a heading such as "Conditions we treat"."""
        if line.heading not in self._headings:
            heading = self._lines[line.heading].low if line.heading >= 0 else ""
            self._headings[line.heading] = bool(_CONDITIONS_HEADING.search(heading))
        return self._headings[line.heading]

    def is_offered(self, match: TermMatch, number: int, is_item: bool) -> bool:
        """Whether a technique named here is one the practice offers."""
        low = self._lines[number].low
        if _SENIOR.match(low, match.start) or _IN_BLOOD.search(low[max(0, match.start - 40) : match.start]):
            return False
        if _key(match) == "healing-touch" and len(low) > len(match.text) + 4:
            return False  # the method bears that name, and so do the hands of many who never learned it
        if is_item:
            return True
        before = low[max(0, match.start - 110) : match.start]
        if any(self.denies(pattern, number, before) for pattern in (_NEGATED, _COMPARED, _PAST_WORK)):
            return False
        if _key(match) in _ONLY_AS_ITEM:
            starts = not before.rstrip() or before.endswith((". ", "! "))
            return match.term.id == "relaxation-massage" and (starts or bool(_OFFERED.search(before)))
        return True

    def is_treated(self, match: TermMatch, number: int, is_item: bool) -> bool:
        """Whether a condition named here is one the page speaks of treating."""
        line = self._lines[number]
        if line.section is FORM and line.tag in ("option", "label", "form", "div", "li"):
            return False
        if number in self._cautioned:
            return False
        if match.term.id == "stroke" and not _STROKE_OF_ILLNESS.search(line.low):
            return False
        if match.term.id == "pregnancy" and not (is_item and line.text == match.text):
            return bool(_OF_PREGNANCY.search(line.low)) and len(line.text) < 200
        if _key(match) in _ONLY_AS_ITEM and not is_item:
            return False
        after = line.low[match.end : match.end + 7]
        return not after.startswith(_CHANGED_AFTER) and not self._denied(match, number, line.low)

    def _denied(self, match: TermMatch, number: int, low: str) -> bool:
        before = low[max(0, match.start - 160) : match.start]
        sentence = _STOP.split(before)[-1] + match.text.lower()
        return (
            self.denies(_CAUTION, number, low)
            or any(self.denies(pattern, number, sentence) for pattern in (_PAST_WORK, _STUDIES, _OWN_STORY))
            or any(self.denies(pattern, number, before[-90:]) for pattern in (_NEGATED, _COMPARED))
        )


def _key(match: TermMatch) -> str:
    return _NOT_WORD.sub("-", match.text.lower())
