"""What sort of practice the page speaks of: medical or relaxation, its setting, referrals and insurance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.extraction.document import Line, Section
from crawler.extraction.evidence import Evidence
from directory.models import Answer, PracticeKind, Referral, Setting


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that speak for one kind, and how loudly, each counted at most `most` times."""

    pattern: re.Pattern[str]
    weight: float
    most: int = 1


def _sign(words: str, weight: float, most: int = 1) -> Sign:
    return Sign(re.compile(words, re.I), weight, most)


MEDICAL = (
    _sign(r"\bmedical massage|massage m[ée]dical|masaje m[ée]dico", 2.0, 2),
    _sign(r"\bclinical(?:ly)?\b|\bmedically[- ]oriented|\bclinically\b", 1.2, 2),
    _sign(r"\borthop[a]?edic\b", 1.5, 2),
    _sign(r"\brehab(?:ilitat\w+)?\b|r[ée]adaptation|r[ée][ée]ducation|rehabilitaci[óo]n", 1.2, 2),
    _sign(r"\binjur(?:y|ies)\b|\blesion(?:es)?\b|\bblessures?\b", 0.7, 3),
    _sign(r"\b(?:auto|car|motor vehicle|mva)\b.{0,12}accident|\bwhiplash|\bPIP\b|workers?['’]? comp", 1.5, 2),
    _sign(r"direct billing|insurance (?:billing|claims)|accept \w* ?insurance|facturation directe", 1.0),
    _sign(r"\btreatment plan|\bassess(?:ment|ing)?\b|\bevaluation\b|plan de traitement", 0.9, 2),
    _sign(r"\bpatients?\b", 0.6, 2),
    _sign(
        r"chronic pain|pain (?:management|relief)|douleurs? chroniques?|dolor cr[óo]nico|chronic (?:tension|muscle)",
        0.7,
        2,
    ),
    _sign(
        r"\bneuromuscular|\btrigger[- ]point|\bmyofascial|\bstructural integration|\brolfing|\bactive release|\bcranio-?\s?sacral",
        0.7,
        3,
    ),
    _sign(r"\bregistered massage therap|\bRMT\b|massoth[ée]rapeute agr[ée]", 0.9),
    _sign(
        r"\bsurger(?:y|ies)|post-?\s?(?:op|surgical)|\bsciatica|\bfrozen shoulder|carpal tunnel|\bTMJ|herniated|\bfibromyalgia|plantar fasc|rotator|lymphedema",
        0.7,
        3,
    ),
    _sign(r"\bphysicians?\b|\bdoctors?\b|\bphysiotherap|physical therap|\bchiropract", 0.5, 2),
    _sign(r"\bremedial\b|\baches?\b|\bknots?\b", 0.6, 2),
    _sign(r"\bsports? injur|range of motion|\bdysfunction|musculoskeletal", 0.6, 2),
)
RELAXATION = (
    _sign(r"\brelax(?:ing|ation|ed)?\b|d[ée]tente|\brelaj\w+", 0.45, 6),
    _sign(r"\bspa\b", 0.8, 3),
    _sign(r"hot[- ]stones?|pierres chaudes|piedras calientes", 0.7, 2),
    _sign(r"aroma\s?therap|essential oils?|huiles essentielles|aromaterapia", 0.6, 2),
    _sign(r"\bcouples?\b|side-by-side", 0.7, 2),
    _sign(r"\bfacials?\b|\bbody (?:scrub|wrap)|\bback scrub|\bscrubs?\b|\bwaxing|\bmanicure|\bsauna\b", 0.7, 3),
    _sign(r"\btranquil\w*|\bseren(?:e|ity)\b|\bsanctuary|\boasis\b|\bescape\b|\bpamper\w*|\bindulge\w*|\bluxur\w+|\bunwind\b|\bblissful|\bpeaceful|\bsooth\w+|\brejuvenat\w+", 0.6, 5),
    _sign(r"\bswedish\b|su[ée]dois|\bsueco", 0.4, 2),
    _sign(r"\bthai\b|\bshiatsu\b|\breflexology\b|\bfoot (?:massage|spa)|\blomi", 0.6, 3),
    _sign(r"\bhot towels?|\bhot oil", 0.4),
    _sign(r"de-?stress|melt (?:away|stress)|me time|treat yourself|bachelorette|bridal|\bretreat\b", 0.6, 2),
)  # fmt: skip

_SKIPPED = frozenset({Section.TESTIMONIAL, Section.BLOG})
_UNSAID = _SKIPPED | {Section.NAV, Section.FORM}
_ENOUGH = {PracticeKind.MEDICAL: 2.0, PracticeKind.RELAXATION: 3.0}  # less than this decides nothing
_LEAD = 1.55  # one side must outweigh the other by this to decide
_BACKGROUND = re.compile(r"\bbackground in\b|\bdegree in\b|\bgraduat\w+ (?:from|of)|\bstudied\b|career in", re.I)
_OFFER = re.compile(r"massage|bodywork|rolfing|massoth|masaje|therap", re.I)


def find_kind(lines: Sequence[Line], *, offers: bool, notes: Evidence) -> PracticeKind:
    """Medical or relaxation by the weight of the words on the page, those in its headings and head counted double.

    With `offers`, the page names techniques, so that little evidence means mixed and not unclear.
    """
    scores = {PracticeKind.MEDICAL: 0.0, PracticeKind.RELAXATION: 0.0}
    text, loud = _texts(lines)
    for kind, signs in ((PracticeKind.MEDICAL, MEDICAL), (PracticeKind.RELAXATION, RELAXATION)):
        for sign in signs:
            found = []
            for match in sign.pattern.finditer(text):
                found.append(match)
                if len(found) >= sign.most:
                    break
            aloud = bool(sign.pattern.search(loud))
            scores[kind] += sign.weight * (len(found) + aloud)
            for match in found:
                notes.add("practice_kind", f"{kind.value}: {match[0].lower()}", _around(text, match), "body")
    medical, relaxation = scores[PracticeKind.MEDICAL], scores[PracticeKind.RELAXATION]
    if medical >= _ENOUGH[PracticeKind.MEDICAL] and medical >= _LEAD * relaxation:
        return PracticeKind.MEDICAL
    if relaxation >= _ENOUGH[PracticeKind.RELAXATION] and relaxation >= _LEAD * medical:
        return PracticeKind.RELAXATION
    return PracticeKind.MIXED if offers or medical + relaxation > 0 or _offers(lines) else PracticeKind.UNCLEAR


def _texts(lines: Sequence[Line]) -> tuple[str, str]:
    kept = [line for line in lines if line.section not in _UNSAID]
    text = "\n".join(line.text for line in kept)[:60_000]
    loud = "\n".join(line.text for line in kept if line.level in (1, 2) or line.section is Section.META)[:5_000]
    return text, loud


def _offers(lines: Sequence[Line]) -> bool:
    """Whether the page says anything of what is done there."""
    said = sum(1 for line in lines if line.section is Section.MAIN and len(line.text) > 60 and _OFFER.search(line.text))
    return said >= 1


def _around(text: str, match: re.Match[str]) -> str:
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return text[max(start, match.start() - 80) : min(end if end >= 0 else len(text), match.end() + 80)]


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
_GATE = re.compile(r"insur|bill|PIP|comp|WSIB|ICBC|assur|seguro|MVA|network|covered|facturation", re.I)


def find_insurance(lines: Iterable[Line], notes: Evidence) -> Answer:
    """Yes or no only where the page says so."""
    refused: Line | None = None
    for line in lines:
        if line.section in _SKIPPED or not _GATE.search(line.text):
            continue
        for sentence in re.split(r"(?<=[.!?;])\s", line.text):
            if _NO_INSURANCE.search(sentence):
                refused = refused or line
            elif _INSURANCE.search(sentence) and not _NOT_OURS.search(sentence):
                notes.add("accepts_insurance", "yes", line.text, line.where)
                return Answer.YES
    if refused is not None:
        notes.add("accepts_insurance", "no", refused.text, refused.where)
        return Answer.NO
    return Answer.UNKNOWN


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


def find_referral(lines: Iterable[Line], notes: Evidence) -> Referral:
    """What the page says about physicians' referrals."""
    answer = Referral.NOT_STATED
    for line in lines:
        if line.section in _SKIPPED or ("refer" not in line.text.lower() and "prescri" not in line.text.lower()):
            continue
        if _REQUIRES.search(line.text) and not _NOT_REQUIRED.search(line.text):
            notes.add("referral", "requires", line.text, line.where)
            return Referral.REQUIRES
        if _ACCEPTS.search(line.text) and not _NOT_REQUIRED.search(line.text):
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


def find_setting(lines: Sequence[Line], name: str | None, notes: Evidence) -> Setting:
    """Where the massage takes place, by the practice's name and what the page says of itself."""
    text, loud = _texts(lines)
    loud = f"{name or ''}\n{loud}"
    best, most = Setting.UNKNOWN, 0.0
    for setting, pattern, weight in _SETTINGS:
        count = min(3, sum(1 for _ in pattern.finditer(text[:20_000])))
        score = weight * (count + 2 * bool(pattern.search(loud)))
        if score > most and score >= 2:
            best, most = setting, score
            match = pattern.search(loud) or pattern.search(text)
            if match:
                notes.add("setting", setting.value, match[0], "body")
    return best
