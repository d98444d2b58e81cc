"""Medical or relaxation: told apart by the words on the page, which are kept as its reasons."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from crawler.extraction.cues import Cues, Gated, loose, stems
from crawler.extraction.document import BLOG, FORM, HEADER, MAIN, META, NAV, TESTIMONIAL
from crawler.extraction.evidence import Evidence
from directory.models import PracticeKind


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that speak for one kind, and how loudly; counted at most `most` times, on lines with one of the `cues`.

    A `bare` sign names a trade ("Reflexology"), which alone does not say what for.
    """

    cues: tuple[str, ...]
    pattern: re.Pattern[str] | Gated
    weight: float
    most: int = 1
    bare: bool = False


def _sign(
    cues: str, words: str, weight: float, most: int = 1, needs: tuple[str, ...] = (), *, bare: bool = False
) -> Sign:
    """A sign; `needs` are pieces of text, one in each match, where the cues begin many other words too."""
    pattern = loose(words)
    return Sign(stems(cues), Gated(pattern, *needs) if needs else pattern, weight, most, bare)


MEDICAL = (
    _sign("medical médical médico", r"\bmedical massage|massage m[ée]dical|masaje m[ée]dico", 2.0, 2),
    _sign("clinical medically", r"\bclinical(?:ly)?\b|\bmedically[- ]oriented", 1.2, 2),
    _sign("orthopedic orthopaedic", r"\borthopa?edic\b", 1.5, 2),
    _sign(
        "rehab réadaptation readaptation rééducation",
        r"\brehab(?:ilita\w+)?\b|r[ée]adaptation|r[ée][ée]ducation",
        1.2,
        2,
    ),
    _sign("injury lesiones blessures", r"\binjur(?:y|ies)\b|\blesion(?:es)?\b|\bblessures?\b", 0.7, 3),
    _sign(
        "accident whiplash pip workers worker",
        r"\b(?:auto|car|motor vehicle|mva)\b.{0,12}accident|\bwhiplash|\bPIP\b|workers?['’]? comp",
        1.5,
        2,
        ("accident", "whiplash", "pip", "worker"),
    ),
    _sign(
        "billing insurance facturation",
        r"direct billing|insurance (?:billing|claims)|accept \w* ?insurance|facturation directe",
        1.0,
    ),
    _sign(
        "treatment assess assessment evaluation traitement",
        r"\btreatment plan|\bassess(?:ment|ing)?\b|\bevaluation\b|plan de traitement",
        0.9,
        2,
        ("treatment plan", "assess", "evaluation", "plan de traitement"),
    ),
    _sign("patient", r"\bpatients?\b", 0.6, 2),
    _sign(
        "chronic pain chronique crónico",
        r"chronic (?:pain|tension|muscle)|pain (?:management|relief)|douleurs? chroniques?|dolor cr[óo]nico",
        0.7,
        2,
    ),
    _sign(
        "neuromuscular trigger myofascial structural rolfing active cranio craniosacral",
        r"\bneuromuscular|\btrigger[- ]point|\bmyofascial|\bstructural integration|\brolfing|\bactive release|"
        r"\bcranio-?\s?sacral",
        0.7,
        3,
    ),
    _sign(
        "without free recovery recovering alleviate alleviates relieve relieves",
        r"\bwithout pain\b|\bpain[- ]free\b|\brecover(?:y|ing) (?:from|after)\b|\bown recovery\b|"
        r"\b(?:alleviat|reliev)\w+ (?:\w+ ){0,2}pain\b|\bterapia del dolor\b",
        0.5,
        2,
        ("without pain", "n free", "n-free", "recover", "alleviat", "reliev", "terapia del dolor"),
    ),
    _sign("registered rmt agréé agréée", r"\bregistered massage therap|\bRMT\b|massoth[ée]rapeute agr[ée]", 0.9),
    _sign(
        "surgery surgeries post sciatica frozen carpal tmj herniated fibromyalgia plantar rotator lymphedema "
        "ciática sciatique lumbar lumbalgia lumbago contracturas hernia hernie",
        r"\bsurger(?:y|ies)|post-?\s?(?:op|surgical)|\bsciatica|\bfrozen shoulder|carpal tunnel|\bTMJ|herniated|"
        r"\bfibromyalgia|plantar fasc|rotator|lymphedema|"
        r"\bci[áa]tica|\bsciatique|\blumba(?:r|lgia|go)\b|\bcontracturas?\b|\bherni[ae]\b",
        0.7,
        3,
        (
            *("surger", "post-", "post ", "postop", "postsurg", "ciati", "ciáti", "frozen shoulder", "carpal tunnel"),
            *("tmj", "herni", "fibromyalgia", "plantar fasc", "rotator", "lymphedema", "lumba", "contractura"),
        ),
    ),
    _sign(
        "physician doctor physiotherapy physical chiropractor orthothérapie",
        r"\bphysicians?\b|\bdoctors?\b|\bphysioth[ée]rap|physical therap|\bchiropract|\borthoth[ée]rap",
        0.5,
        2,
    ),
    _sign("therapeutic", r"\btherapeutic (?:massage|bodywork|results?|care|work|treatments?)\b", 0.4),
    _sign("thérapeutique thérapeutiques therapeutique", r"th[ée]rapeutiques?\b", 0.7, 2, ("rapeutique",)),
    _sign("terapia", r"\bterapia (?:muscular|deportiva|manual|f[íi]sica|del dolor)", 0.7, 2),
    _sign("terapéutico descontracturante", r"\bterap[ée]utic[oa]s?\b|\bdescontractur\w+", 0.25),
    _sign(
        "fisioterapia rehabilitación quiropráctico migrañas esguinces",
        r"\bfisioterap|\brehabilitaci[óo]n|\bquiropr[áa]c|\bmigra[ñn]as?\b|\besguinces?\b",
        0.7,
        2,
        ("fisioterap", "rehabilitaci", "quiropr", "migran", "migrañ", "esguince"),
    ),
    _sign(
        "manual soft root underlying",
        r"\bmanual therap|\bsoft[- ]tissues?\b|\b(?:root|underlying) causes?\b",
        0.6,
        2,
        ("manual therap", "soft tissue", "soft-tissue", "root cause", "underlying cause"),
    ),
    _sign(
        "douleurs douleur soulager soulagement récupération dolores dolor aliviar recuperación",
        r"douleurs? (?:musculaires?|articulaires?|dorsales?|lombaires?)|soulage\w* \w+ douleurs?|"
        r"r[ée]cup[ée]ration (?:optimale|sportive|musculaire)|dolor(?:es)? (?:muscular|de espalda|cervical|lumbar)\w*|"
        r"alivi\w+ (?:el |del |de )?dolor|recuperaci[óo]n (?:[óo]ptima|deportiva|muscular)",
        0.7,
        3,
    ),
    _sign("remedial ache aches knot knots", r"\bremedial\b|\baches?\b|\bknots?\b", 0.6, 2),
    _sign(
        "sport sports range dysfunction musculoskeletal",
        r"\bsports?[- ](?:related )?injur|range of motion|\bdysfunction|musculoskeletal",
        0.6,
        2,
        ("injur", "range of motion", "dysfunction", "musculoskeletal"),
    ),
)
RELAXATION = (
    _sign(
        "relax détente detente détendez détendre relajante",
        r"\brelax(?:ing|ation|ed)?\b|d[ée]tend?(?:te|re|ez)\b|d[ée]tente|\brelaj\w+",
        0.45,
        6,
    ),
    _sign("spa", r"\bspa\b", 0.8, 3, bare=True),
    _sign("stone stones pierres piedras", r"hot[- ]stones?|pierres chaudes|piedras calientes", 0.7, 2),
    _sign(
        "aromatherapy aroma essential essentielles",
        r"aroma\s?therap|essential oils?|huiles essentielles|aromaterapia",
        0.6,
        2,
    ),
    _sign("couple side", r"\bcouples?\b|side-by-side", 0.7, 2),
    _sign(
        "facial scrub wrap waxing manicure sauna",
        r"\bfacials?\b|\bbody (?:scrub|wrap)|\bscrubs?\b|\bwaxing|\bmanicure|\bsauna\b",
        0.7,
        3,
    ),
    _sign(
        "tranquil serene sanctuary oasis escape pamper indulge luxury unwind blissful peaceful soothe rejuvenate",
        r"\btranquil\w*|\bseren(?:e|ity)\b|\bsanctuary|\boasis\b|\bescape\b|\bpamper\w*|\bindulge\w*|\bluxur\w+|"
        r"\bunwind\b|\bblissful|\bpeaceful|\bsooth\w+|\brejuvenat\w+",
        0.6,
        5,
    ),
    _sign("swedish suédois suedois sueco", r"\bswedish\b|su[ée]dois|\bsueco", 0.4, 2),
    _sign(
        "thai thaï thaïlandais shiatsu foot lomi lomilomi",
        r"\btha[iï](?:landais)?\b|\bshiatsu\b|\bfoot (?:massage|spa)|\blomi",
        0.6,
        3,
    ),
    _sign("reflexology réflexologie", r"\br[ée]flexolog(?:y|ie)\b", 0.6, 3, bare=True),
    _sign(  # what French law has those say whose massage is no treatment
        "non sans",
        r"\bnon[- ]th[ée]rapeutiques?|\bsans (?:but|finalit[ée]|caract[èe]re|vis[ée]e) (?:th[ée]rapeutique|m[ée]dical)",
        1.0,
        1,
        ("non th", "non-th", "sans "),
    ),
    _sign(
        "antiestrés anti desconectar consentirte mimarte",
        r"\banti-?estr[ée]s\b|\bdesconect\w+|\bconsent(?:irte|ido)\b|\bmimarte\b",
        0.5,
        2,
        ("estres", "estrés", "desconect", "consentirte", "consentido", "mimarte"),
    ),
    _sign(
        "apaisant apaisante ressourcer ressourcement sérénité havre bienestar serenidad descanso",
        r"\bapaisante?s?\b|\bressourc\w+|\bs[ée]r[ée]nit[ée]\b|\bhavre\b|\bbienestar\b|\bserenidad\b|\bdescanso\b",
        0.5,
        3,
    ),
    _sign("cosy cozy calming beauty", r"\bco[sz]y\b|\bcalming\b|\bbeauty (?:parlou?r|salon|treatments?)", 0.5, 3),
    _sign("hot", r"\bhot (?:towels?|oil)", 0.4),
    _sign(
        "destress stress melt me treat bachelorette bridal retreat",
        r"de-?stress|melt (?:away|stress)|\bme time|treat yourself|bachelorette|bridal|\bretreat\b",
        0.6,
        2,
        ("destress", "de-stress", "melt ", "me time", "treat yourself", "bachelorette", "bridal", "retreat"),
    ),
)

_UNSAID = frozenset({TESTIMONIAL, BLOG, NAV, FORM})
_ENOUGH = {PracticeKind.MEDICAL: 2.0, PracticeKind.RELAXATION: 3.0}  # less than this decides nothing
_PLAIN_REST = 1.3
_MOSTLY_REST = 2.5
_MUCH_REST = 7.0
_TREATING = frozenset({
    "sports-massage", "manual-lymphatic-drainage", "medical-massage", "orthopedic-massage", "neuromuscular",
    "trigger-point", "myofascial-release", "cupping", "instrument-assisted", "active-release", "craniosacral",
    "temporomandibular", "oncology-massage", "scar-massage", "joint-mobilization",
})  # fmt: skip
_RESTFUL = frozenset({
    "hot-stone", "aromatherapy", "couples-massage", "relaxation-massage", "body-wrap", "reflexology", "thai",
    "head-massage", "lomi-lomi", "hydrotherapy", "reiki", "shiatsu", "ayurvedic",
})  # fmt: skip
_MANY_ILLS = 10  # who names so many ailments treats them, whatever else is offered
_SOME_REST = 1.2  # beside which a few words of treatment decide nothing
_MUCH_CARE = 3.0
_FEW = 2  # techniques that a menu or an address may name by the way
_SHELL = 60  # no more than "Loading …" or a call for JavaScript
_LITTLE = 400  # characters: a contact page, whose menu names what other pages tell
_PLAIN_CARE = 1.3
_CLINICAL = frozenset({"oncology-massage", "manual-lymphatic-drainage", "scar-massage", "instrument-assisted"})
_EVERYDAY = frozenset(
    {"stress", "anxiety", "muscle-tension", "pregnancy", "insomnia", "fatigue", "depression", "postpartum", "posture"}
)
_LEAD = 1.55  # one side must outweigh the other by this to decide
_BACKGROUND = loose(r"\bbackground in\b|\bdegree in\b|\bgraduat\w+ (?:from|of)|\bstudied\b|career in")
_DENIED = loose(  # "not a fluffy spa"
    r"\b(?:not|don['’]t|isn['’]t|aren['’]t|never|no|than|instead of|neither|nor)\b[^.!?;:,]{0,24}$"
)
_NON = re.compile(r"\bnon[\s-]$")  # "massages non thérapeutiques"
_BACKGROUND_CUES = stems("background degree graduated studied career")
_OFFER = stems("massage bodywork rolfing massothérapie massothérapeutes masaje therapy therapist shiatsu reflexology")
_FOOTING = re.compile(r"[©@]|opyright")


def find_kind(cues: Cues, techniques: Collection[str], conditions: Collection[str], notes: Evidence) -> PracticeKind:
    """Medical or relaxation by the weight of the words on the page; what headings and head say counts once more.

    Illnesses and injuries treated speak for medical. Where the page names techniques, little evidence means mixed and
    not unclear.
    """
    medical, _ = _weigh(cues, PracticeKind.MEDICAL, MEDICAL, notes)
    relaxation, restful = _weigh(cues, PracticeKind.RELAXATION, RELAXATION, notes)
    if not medical and len(restful) == 1 and restful[0].bare and len(techniques) <= _FEW and not conditions:
        return PracticeKind.UNCLEAR
    medical += 0.5 * min(sum(1 for technique in techniques if technique in _CLINICAL), 2)
    ills = sum(1 for condition in conditions if condition not in _EVERYDAY)
    medical += 0.25 * min(ills, 4) if ills >= 3 else 0.0
    if ills >= _MANY_ILLS:
        medical *= _LEAD
    enough = _ENOUGH[PracticeKind.MEDICAL] if relaxation < _SOME_REST else _MUCH_CARE
    if medical >= enough and medical >= _LEAD * relaxation:
        return PracticeKind.MEDICAL
    if medical >= _PLAIN_CARE and relaxation < 0.3:
        return PracticeKind.MEDICAL
    mostly_rest = relaxation >= _MOSTLY_REST and medical <= 0.25 * relaxation
    mostly_rest = mostly_rest or (relaxation >= _ENOUGH[PracticeKind.RELAXATION] and relaxation >= _LEAD * medical)
    plain_rest = relaxation >= _PLAIN_REST and medical < 0.4 and not ills  # little is said, nothing of it of illness
    if mostly_rest or plain_rest:
        return PracticeKind.MIXED if _treats_too(techniques, relaxation) else PracticeKind.RELAXATION
    signs = medical + relaxation > 0
    says = not _only_lists(cues) and (signs or len(techniques) > _FEW)
    return PracticeKind.MIXED if says else PracticeKind.UNCLEAR


def _treats_too(techniques: Collection[str], relaxation: float) -> bool:
    """Whether techniques of treatment stand beside the words of rest, which say too little to outweigh them."""
    treating = sum(1 for technique in techniques if technique in _TREATING)
    if relaxation < _MOSTLY_REST:
        return treating > 0 or "deep-tissue" in techniques
    restful = sum(1 for technique in techniques if technique in _RESTFUL)
    return treating > 1 and relaxation < _MUCH_REST and restful < _LEAD * treating


def _weigh(cues: Cues, kind: PracticeKind, signs: tuple[Sign, ...], notes: Evidence) -> tuple[float, list[Sign]]:
    """The sum of the signs' weights, each as often as it is seen, and the signs that are seen at all."""
    total = 0.0
    met: list[Sign] = []
    learnt = frozenset(cues.numbers(_BACKGROUND_CUES))
    for sign in signs:
        seen, aloud = 0, False
        for number in cues.numbers(sign.cues):
            line = cues.lines[number]
            if line.section in _UNSAID:
                continue
            for match in sign.pattern.finditer(line.low):
                if number in learnt and _BACKGROUND.search(_sentence_around(line.low, match)):
                    continue
                before = line.low[max(0, match.start() - 36) : match.start()]
                if (_DENIED if kind is PracticeKind.RELAXATION else _NON).search(before):
                    continue
                aloud = aloud or line.level in (1, 2) or line.section is META
                if seen < sign.most:
                    seen += 1
                    notes.add("practice_kind", f"{kind.value}: {match[0].lower()}", line.text, line.where)
            if seen >= sign.most and aloud:
                break
        total += sign.weight * (seen + aloud)
        if seen:
            met.append(sign)
    return total, met


def _sentence_around(text: str, match: re.Match[str]) -> str:
    start = text.rfind(". ", 0, match.start()) + 1
    end = text.find(". ", match.end())
    return text[start : end if end >= 0 else len(text)]


def _said(cues: Cues) -> int:
    """How many characters the page's body says."""
    return sum(len(line.text) for line in cues.lines if line.section is MAIN)


def _only_lists(cues: Cues) -> bool:
    """Whether the page has a short body without one sentence about massage: a contact page beside its menu."""
    return _SHELL < _said(cues) < _LITTLE and not any(
        line.section in (MAIN, HEADER) and len(line.text.split()) >= 5 and not _FOOTING.search(line.text)
        for line in cues.find(_OFFER)
    )
