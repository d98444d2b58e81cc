"""Whether the practice takes insurance and referrals, and in what setting it works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from crawler.extraction.cues import Cues, Gated, loose, stems
from crawler.extraction.document import META, Line
from crawler.extraction.evidence import Evidence
from directory.models import Answer, Referral, Setting

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s")
_NO_INSURANCE_WORDS = loose(
    r"(?:insurance|claims?|direct(?:ly)? bill\w*)[^.!?]{0,40}\?\s(?:\W*)(?:no\b|not\b|sorry|unfortunately|we do "
    r"not|i do not|we don|i don)|"
    r"insurance\W{1,3}(?:not accepted|no\b|none)|(?:do(?:es)? not|don['’]t|cannot|can['’]t|unable "
    r"to)\s(?:\w+\s){0,2}(?:direct(?:ly)?[- ]bill|bill direct)|"
    r"(?:do(?:es)? not|don['’]t|doesn['’]t|cannot|can['’]t|not currently|unable to|no longer|"
    r"not)\s(?:\w+\s){0,3}?(?:accept|take|bill|process|submit|work with|file|cover)\w*\s(?:\w+\s){0,4}?insurance|"
    r"(?:insurance|assurances?) (?:is|are|billing is) not (?:accepted|taken|billed)|\bno insurance (?:accepted|"
    r"billing|taken)|"
    r"not (?:covered|accepted) by (?:\w+ ){0,3}insurance|n['’]accept\w+ pas (?:les |d['’])?assurance|no (?:se "
    r")?acept\w+ seguro|not in[- ]network"
)
_INSURANCE_WORDS = loose(
    r"direct(?:ly)?[- ]?bill|(?:insurance|claims?) (?:direct )?bill(?:ing|ed)|"
    r"(?:we|I|now|also|gladly|proudly|currently)\s(?:\w+\s){0,3}?(?:accept|take|bill|process|submit|work with|file|"
    r"honou?r)\w*\s(?:\w+[,]?\s|& ){0,7}?(?:insurances?|PIP|workers?['’]? comp\w*|L\s?&\s?I|VA\b|claims)|"
    r"\b(?:accepting|billing|accepts?|taking) (?:\w+ ){0,4}insurances?\b|\binsurances? (?:accepted|welcome|"
    r"providers accepted|plans accepted|we accept|billed)|"
    r"\bPIP\b|personal injury protection|workers?['’]? comp(?:ensation)? (?:claims|accepted|insurance|cases|"
    r"billing)|\bMVA (?:claims|billing|insurance)|\bWSIB\b|\bICBC\b|auto (?:accident )?(?:claims|insurance)|"
    r"covered by (?:\w+ ){0,4}(?:insurance|benefits|plans?)|\bin[- ]network\b|facturation directe|(?:nous "
    r")?accept(?:ons|e) (?:les |plusieurs )?assurances|aceptamos seguros?|"
    r"insurance[^.!?]{0,40}\?\s\W*(?:yes|absolutely|of course|we do|i do)\b(?! not)|"
    r"\bbill (?:\w+ ){0,2}(?:blue cross|bcbs|aetna|cigna|premera|regence|kaiser|sun life|manulife)|"
    r"medical insurance (?:is )?accepted|\bbill (?:your|most|all|to) (?:\w+ ){0,2}insurance|insurance claims"
)
_NO_INSURANCE = Gated(_NO_INSURANCE_WORDS, "insurance", "claim", "bill", "assurance", "seguro", "network")
_INSURANCE = Gated(
    _INSURANCE_WORDS, "bill", "insurance", "assurance", "seguro", "claim", "pip", "injury protection", " comp",
    "wsib", "icbc", "covered by", "network", "facturation", " va", "l&", "l &",
)  # fmt: skip
_ASKS = loose(r"\binsurance|\bdirect(?:ly)?[- ]bill|\bcovered by")
_ANSWERS_YES = loose(r"\W*(?:yes|absolutely|of course|certainly|we do|i do)\b(?! not)")
_BULLETS = re.compile(r"\s*[•·|✓✔]\s*")
_NOT_OURS = loose(r"liability|malpractice|insured and bonded|bonded and insured|licensed (?:and|&) insured")
_INSURERS = stems(
    "insurance insurances insurer insured bill billing billed pip comp wsib icbc assurance assurances seguro "
    "seguros mva network covered facturation claims directly"
)


def find_insurance(cues: Cues, notes: Evidence) -> Answer:
    """Yes or no only where the page says so."""
    refused: Line | None = None
    for line, sentence in _sentences(cues, _INSURERS):
        if _NO_INSURANCE.search(sentence):
            refused = refused or line
        elif _says_yes(sentence):
            notes.add("accepts_insurance", "yes", line.text, line.where)
            return Answer.YES
    if refused is not None:
        notes.add("accepts_insurance", "no", refused.text, refused.where)
        return Answer.NO
    return Answer.UNKNOWN


def _says_yes(sentence: str) -> bool:
    """Whether a statement, or the answer to a question, says that insurance is taken; a question alone says nothing."""
    question, asked, answer = sentence.partition("?")
    if asked:
        said = bool(_INSURANCE.search(answer)) or bool(_ANSWERS_YES.match(answer) and _ASKS.search(question))
        return said and not _NOT_OURS.search(answer)
    return any(_INSURANCE.search(part) and not _NOT_OURS.search(part) for part in _BULLETS.split(sentence))


def _sentences(cues: Cues, words: tuple[str, ...]) -> Iterator[tuple[Line, str]]:
    """The sentences of the lines that hold one of the words."""
    for number in cues.numbers(words):
        line = cues.lines[number]
        parts = _SENTENCE_END.split(line.low)
        if parts[-1].endswith("?") and number + 1 < len(cues.lines):
            parts.append(_SENTENCE_END.split(cues.lines[number + 1].low)[0])  # a question and its answer
        for at, sentence in enumerate(parts):
            asked = at and parts[at - 1].endswith("?")
            yield line, f"{parts[at - 1]} {sentence}" if asked else sentence


_REQUIRES = loose(
    r"(?:referral|prescription)\b[^.!?]{0,40}\b(?:is|are) (?:required|needed|necessary)(?! (?:for|if|when|only))|"
    r"(?:referral|prescription) (?:is |are )?(?:required|needed|necessary)|(?:require|need)s? (?:a |your "
    r")?(?:\w+['’]?s? ){0,3}(?:referral|prescription)"
)
_NOT_REQUIRED = loose(
    r"(?:no|not|without|n['’]t)\s(?:\w+\s){0,6}(?:referral|prescription)|(?:referral|prescription)\w* (?:is |are )?not"
)
_ACCEPTS = loose(
    r"(?:physicians?|doctors?|medical|chiropract\w+|provider)['’]?s? (?:\w+ )?referrals?|accept\w* (?:\w+ "
    r"){0,3}referrals?|referrals? (?:accepted|welcome|from)|(?:refer(?:red)?|prescri\w+) by (?:\w+ ){0,2}(?:doctor|"
    r"physician)"
)


_REFERRERS = stems("referral referrals refer referred prescription prescriptions prescribed")


def find_referral(cues: Cues, notes: Evidence) -> Referral:
    """What the page says about physicians' referrals."""
    answer = Referral.NOT_STATED
    for line, sentence in _sentences(cues, _REFERRERS):
        if _NOT_REQUIRED.search(sentence):
            continue
        if _REQUIRES.search(sentence):
            notes.add("referral", "requires", line.text, line.where)
            return Referral.REQUIRES
        if _ACCEPTS.search(sentence):
            notes.add("referral", "accepts", line.text, line.where)
            answer = Referral.ACCEPTS
    return answer


# Each setting, its pattern and how much one saying counts.
_SETTINGS = (
    (Setting.HOSPITAL, Gated(loose(
        r"\b(?:hospital|medical cent(?:er|re))[- ]based|"
        r"\b(?:located|office|clinic) (?:in|at|inside) (?:the |\w+ ){0,4}hospital"
    ), "hospital", "based"), 3),
    (Setting.MOBILE, Gated(loose(
        r"\bmobile massage|\bin-?home massage|\bout-?call|\b(?:we|I) (?:come|travel) to you|brought to you|"
        r"delivered to your (?:home|door)|massage (?:at|in) your home|house calls?|"
        r"(?:massage|massoth[ée]rap\w+) [àa] domicile|masajes? a domicilio"
    ), "mobile massage", "home massage", "outcall", "out-call", " to you", "your home", "house call", "domicil"), 3),
    (Setting.RESORT, Gated(loose(r"\bresort\b"), "resort"), 1),
    (Setting.MEDICAL_OFFICE, Gated(loose(
        r"(?:chiropractic|physical therapy|physiotherapy|medical|doctor['’]?s) (?:office|clinic|centre|center)"
    ), " office", " clinic", " cent"), 1),
    (Setting.SPA, Gated(loose(r"\bspa\b"), "spa"), 1),
    (Setting.CLINIC, Gated(loose(
        r"\bclinics?\b|\bclinique\b|\bcl[íi]nica\b|massage (?:therapy )?(?:center|centre)\b"
    ), "clini", "clíni", " cent"), 1),
    (Setting.PRIVATE_PRACTICE, Gated(loose(
        r"\bprivate (?:treatment |massage |home )?(?:practice|studio|office|room|clinic space)|\bcabinet priv[ée]|"
        r"\bmy (?:studio|office|practice|home studio)\b|\bhome (?:studio|office)\b|"
        r"sole practitioner|one therapist"
    ), "private ", "cabinet priv", "my ", "home ", "sole practitioner", "one therapist"), 2),
)  # fmt: skip


def find_setting(cues: Cues, name: str | None, notes: Evidence) -> Setting:
    """Where the massage takes place, by the practice's name and what the page says of itself."""
    best, most = Setting.UNKNOWN, 0.0
    for setting, gate, weight in _SETTINGS:
        aloud = 2 * bool(name and gate.search(name.lower()))
        said = []
        for line, _ in islice(cues.matches(gate), 3):
            said.append(line)
            if line.level in (1, 2) or line.section is META:
                aloud = 2
        score = weight * (len(said) + aloud)
        if score > most and score >= 2:
            best, most = setting, score
            words_said = said[0] if said else None
            notes.add(
                "setting",
                setting.value,
                words_said.text if words_said else name or "",
                words_said.where if words_said else "name",
            )
    return best
