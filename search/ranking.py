"""How results are ordered, the same for every backend (docs/ranking.md).

score = relevance × nearness × standing × completeness × purpose × fit. No place in it can be bought.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from directory.models import PracticeKind
from search.interface import GeoCircle, SearchRequest, TherapistDocument

BM25_K1, BM25_B = 1.2, 0.75
VERIFIED_LIFT = 1.25
COMPLETENESS_LIFT = 0.2
RELAXATION_SHARE = 0.8  # what a place for relaxation scores: somebody treats, somebody else soothes
HALVING = 0.4  # of the radius: so far away a result counts half
TYPO_SCORE = 0.5  # what a word scores that is only nearly the one asked for
DECAY = 0.5
# What an entry with a narrower condition than the one asked for scores: behind all exact ones within the radius, for
# its rim (½ to the power of 2.5) over the lifts of standing and completeness is more than that.
NARROWER_SHARE = 0.1


def find_completeness(document: TherapistDocument) -> float:
    """1 for a bare entry up to 1.2 for a complete one."""
    return round(1 + COMPLETENESS_LIFT * min(1.0, max(0.0, document.completeness)), 4)


def find_purpose(document: TherapistDocument) -> float:
    """1, less where massage is for relaxation and not for a complaint."""
    return RELAXATION_SHARE if document.practice_kind is PracticeKind.RELAXATION else 1.0


def find_quality(document: TherapistDocument) -> float:
    """The part of the score that follows from the entry alone, whatever is asked and when."""
    return find_completeness(document) * find_purpose(document)


def find_halving_km(near: GeoCircle) -> float:
    """The distance at which a result counts half."""
    return max(HALVING * near.radius_km, 0.1)


def find_nearness(distance_km: float, near: GeoCircle) -> float:
    """1 at the spot asked for, a half at 0.4 of the radius, and so on."""
    return math.exp(math.log(DECAY) * distance_km / find_halving_km(near))


def is_verified(verified_until: date | None, on: date) -> bool:
    """Whether a licence is verified and current on a day, its last one included."""
    return verified_until is not None and verified_until >= on


def find_fit(document: TherapistDocument, request: SearchRequest) -> float:
    """1 for a condition that was asked for, less where only a narrower one is offered."""
    exact = not (request.conditions and request.narrower) or set(request.conditions) & set(document.conditions)
    return 1.0 if exact else NARROWER_SHARE


def find_factors(
    document: TherapistDocument, request: SearchRequest, *, distance_km: float | None
) -> Mapping[str, float]:
    """All that the score is made of but the words' relevance."""
    near = request.near
    return {
        "nearness": find_nearness(distance_km, near) if near and distance_km is not None else 1.0,
        "standing": VERIFIED_LIFT if is_verified(document.verified_until, request.on) else 1.0,
        "completeness": find_completeness(document),
        "purpose": find_purpose(document),
        "fit": find_fit(document, request),
    }


def explain(
    document: TherapistDocument, score: float, request: SearchRequest, *, distance_km: float | None
) -> Mapping[str, float]:
    """The factors whose product is the score."""
    factors = find_factors(document, request, distance_km=distance_km)
    return {"relevance": score / math.prod(factors.values()), **factors}
