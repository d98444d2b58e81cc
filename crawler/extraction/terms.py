"""Techniques a page offers and conditions it says it treats, as vocabulary terms."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from crawler.extraction.document import Line, Section
from crawler.extraction.evidence import Evidence
from directory.vocabularies import Vocabulary

MAX_CHARS = 60_000
_SKIPPED = frozenset({Section.TESTIMONIAL, Section.BLOG})
_NEGATED = re.compile(
    r"(?:\bdo(?:es)? not|\bdon['’]t|\bdoesn['’]t|\bno longer|\bnot (?:a|an|currently|yet|offer\w*|provid\w*|perform\w*|available)|\bcannot|\bcan['’]t|\bunable to|"
    r"\brather than|\binstead of|\bunlike|\bnon[- ]|\bne (?:pratique|propose|offre)|\bno (?:ofrece|ofrecemos|realiz)|\bsorry)[^.!?;]{0,60}$",
    re.I,
)
_COMPARED = re.compile(
    r"(?:\bthan|\bcompared (?:to|with)|\bwhat|\bas opposed to|\bversus|\bvs\.?)\s(?:[\w,-]+\s){0,9}$", re.I
)
_CAUTION = re.compile(
    r"contra-?indicat|consult (?:your|a|with your) (?:doctor|physician)|should not receive|not (?:a )?suitable|do not (?:come|book)|if you (?:are|have|had) "
    r"(?:sick|ill|a fever|fever)|please (?:inform|notify|tell|let) |contagious|medical history|intake|prior to (?:your|the) (?:session|appointment)",
    re.I,
)
_OWN_STORY = re.compile(
    r"\b(?:I|he|she) (?:experienced|suffered|was (?:diagnosed|in a)|had (?:a|an|my|his|her|been)|struggled|developed|battled|injured)|"
    r"\b(?:my|his|her) own (?:\w+ ){0,2}(?:pain|injur|journey|experience|recovery|struggle)|after years of battling|\bj['’]ai souffert|\bsufr[íi]",
    re.I,
)
_SCHOOLED = re.compile(r"graduat|diploma|degree|studied at|attended", re.I)


def find_terms(
    lines: Sequence[Line], vocabulary: Vocabulary, language: str | None, notes: Evidence
) -> tuple[list[str], list[str]]:
    """Ids of the techniques offered and the conditions treated, in the order the page names them."""
    kept = [line for line in lines if line.text and line.section not in _SKIPPED]
    starts: list[int] = []
    at = 0
    for line in kept:
        starts.append(at)
        at += len(line.text) + 1
    text = "\n".join(line.text for line in kept)[:MAX_CHARS]
    techniques: dict[str, None] = {}
    conditions: dict[str, None] = {}
    for match in vocabulary.find_terms(text, language):
        line = kept[bisect_right(starts, match.start) - 1]
        start = match.start - starts[bisect_right(starts, match.start) - 1]
        before = line.text[max(0, start - 90) : start]
        if _NEGATED.search(before) or _COMPARED.search(before):
            continue
        if match.term.kind == "technique":
            if match.term.id not in techniques:
                techniques[match.term.id] = None
                notes.add("technique", match.term.id, line.text, line.where)
        elif match.term.id not in conditions and _is_treated(line, before):
            conditions[match.term.id] = None
            notes.add("condition", match.term.id, line.text, line.where)
    return list(techniques), list(conditions)


def _is_treated(line: Line, before: str) -> bool:
    """Whether a condition in this line is one the page speaks of treating."""
    if line.section in (Section.FORM, Section.NAV) and line.tag in ("option", "label", "form"):
        return False
    sentence = re.split(r"[.!?]\s", before)[-1]
    return not (_CAUTION.search(line.text) or _OWN_STORY.search(sentence))
