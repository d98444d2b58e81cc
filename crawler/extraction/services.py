"""Whether the practice takes insurance and referrals, and in what setting it works."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.cues import Cues, stems
from crawler.extraction.document import Line, Section
from crawler.extraction.evidence import Evidence
from directory.models import Answer, Referral, Setting

_NO_INSURANCE = re.compile(
    r"(?:do(?:es)? not|don['’]t|doesn['’]t|cannot|can['’]t|not currently|unable to|no longer|not)\s(?:\w+\s){0,3}?(?:accept|take|bill|process|submit|work with|file|cover)\w*\s(?:\w+\s){0,4}?insurance|"
    r"(?:insurance|assurances?) (?:is|are|billing is) not (?:accepted|taken|billed)|\bno insurance (?:accepted|billing|taken)|"
    r"not (?:covered|accepted) by (?:\w+ ){0,3}insurance|n['’]accept\w+ pas (?:les |d['’])?assurance|no (?:se )?acept\w+ seguro|not in[- ]network",
    re.I,
)
_INSURANCE = re.compile(
    r"direct(?:ly)?[- ]?bill|(?:insurance|claims?) (?:direct )?bill(?:ing|ed)|"
    r"(?:we|I|now|also|gladly|proudly|currently)\s(?:\w+\s){0,3}?(?:accept|take|bill|process|submit|work with|file|honou?r)\w*\s(?:\w+[,]?\s|& ){0,7}?(?:insurances?|PIP|workers?['’]? comp\w*|L\s?&\s?I|VA\b|claims)|"
    r"\b(?:accepting|billing|accepts?|taking) (?:\w+ ){0,4}insurances?\b|\binsurances? (?:accepted|welcome|providers accepted|plans accepted|we accept|billed)|"
    r"\bPIP\b|personal injury protection|workers?['’]? comp(?:ensation)? (?:claims|accepted|insurance|cases|billing)|\bMVA (?:claims|billing|insurance)|\bWSIB\b|\bICBC\b|auto (?:accident )?(?:claims|insurance)|"
    r"covered by (?:\w+ ){0,4}(?:insurance|benefits|plans?)|\bin[- ]network\b|facturation directe|(?:nous )?accept(?:ons|e) (?:les |plusieurs )?assurances|aceptamos seguros?|"
    r"medical insurance (?:is )?accepted|\bbill (?:your|most|all|to) (?:\w+ ){0,2}insurance|insurance claims",
    re.I,
)
_NOT_OURS = re.compile(r"liability|malpractice|insured and bonded|bonded and insured|licensed (?:and|&) insured", re.I)
_INSURERS = stems(
    "insurance insurances insurer insured bill billing billed pip comp wsib icbc assurance assurances seguro seguros mva network covered facturation claims directly"
)


def find_insurance(cues: Cues, notes: Evidence) -> Answer:
    """Yes or no only where the page says so."""
    refused: Line | None = None
    for line, sentence in _sentences(cues, _INSURERS):
        if _NO_INSURANCE.search(sentence):
            refused = refused or line
        elif _INSURANCE.search(sentence) and not _NOT_OURS.search(sentence):
            notes.add("accepts_insurance", "yes", line.text, line.where)
            return Answer.YES
    if refused is not None:
        notes.add("accepts_insurance", "no", refused.text, refused.where)
        return Answer.NO
    return Answer.UNKNOWN


def _sentences(cues: Cues, words: tuple[str, ...]) -> Iterator[tuple[Line, str]]:
    """The sentences of the lines that hold one of the words."""
    for line in cues.find(words):
        for sentence in re.split(r"(?<=[.!?;])\s", line.text):
            yield line, sentence


_REQUIRES = re.compile(
    r"(?:referral|prescription)\b[^.!?]{0,40}\b(?:is|are) (?:required|needed|necessary)(?! (?:for|if|when|only))|"
    r"(?:referral|prescription) (?:is |are )?(?:required|needed|necessary)|(?:require|need)s? (?:a |your )?(?:\w+['’]?s? ){0,3}(?:referral|prescription)",
    re.I,
)
_NOT_REQUIRED = re.compile(
    r"(?:no|not|without|n['’]t)\s(?:\w+\s){0,6}(?:referral|prescription)|(?:referral|prescription)\w* (?:is |are )?not",
    re.I,
)
_ACCEPTS = re.compile(
    r"(?:physicians?|doctors?|medical|chiropract\w+|provider)['’]?s? (?:\w+ )?referrals?|accept\w* (?:\w+ ){0,3}referrals?|referrals? (?:accepted|welcome|from)|(?:refer(?:red)?|prescri\w+) by (?:\w+ ){0,2}(?:doctor|physician)",
    re.I,
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


_SETTINGS = (
    (Setting.HOSPITAL, re.compile(r"\b(?:hospital|medical cent(?:er|re))[- ]based|\b(?:located|office|clinic) (?:in|at|inside) (?:the |\w+ ){0,4}hospital", re.I), 3),
    (Setting.MOBILE, re.compile(r"\bmobile massage|\bin-?home massage|\bout-?call|\bwe (?:come|travel) to you|brought to you|delivered to your (?:home|door)|massage (?:at|in) your home|house calls?|massage [àa] domicile|\bI (?:come|travel) to you|masaje a domicilio", re.I), 3),
    (Setting.RESORT, re.compile(r"\bresort\b", re.I), 1),
    (Setting.MEDICAL_OFFICE, re.compile(r"(?:chiropractic|physical therapy|physiotherapy|medical|doctor['’]?s) (?:office|clinic|centre|center)", re.I), 1),
    (Setting.SPA, re.compile(r"\b(?:day|med|medi|wellness|massage|foot|thai|asian)[- ]?spa\b|\bspa\b", re.I), 1),
    (Setting.CLINIC, re.compile(r"\bclinics?\b|\bclinique\b|\bcl[íi]nica\b|massage (?:therapy )?(?:center|centre)\b", re.I), 1),
    (Setting.PRIVATE_PRACTICE, re.compile(r"\bprivate (?:practice|studio|office)|\bmy (?:studio|office|practice|home studio)\b|\bhome (?:studio|office)\b|sole practitioner|one therapist", re.I), 2),
)  # fmt: skip


_PLACES = stems(
    "hospital medical mobile home outcall come travel brought delivered house domicile domicilio resort chiropractic physical "
    "physiotherapy doctor spa clinic clinics clinique clínica center centre private practice studio office sole therapist"
)


def find_setting(cues: Cues, name: str | None, notes: Evidence) -> Setting:
    """Where the massage takes place, by the practice's name and what the page says of itself."""
    lines = list(cues.find(_PLACES))[:200]
    text = "\n".join(line.text for line in lines)[:8_000]
    loud = "\n".join(
        [name or "", *(line.text for line in lines if line.level in (1, 2) or line.section is Section.META)]
    )
    best, most = Setting.UNKNOWN, 0.0
    for setting, pattern, weight in _SETTINGS:
        aloud = pattern.search(loud)
        said = pattern.search(text)
        if not said and not aloud:
            continue
        count = min(3, sum(1 for _ in pattern.finditer(text)))
        score = weight * (count + 2 * bool(aloud))
        if score > most and score >= 2:
            best, most = setting, score
            match = aloud or said
            assert match is not None
            notes.add("setting", setting.value, match.string[max(0, match.start() - 60) : match.end() + 60], "body")
    return best
