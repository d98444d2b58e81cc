"""Which conditions are narrower than another, and which techniques exist for one condition alone.

Whoever offers help with a narrower condition helps with the broad one too. Written down by hand. Most pairs follow
from the vocabulary's ICD-10-CM prefixes (M25.55 lies under M25.5); low back pain (M54.5) beside back pain (M54.9), the
arch of the foot, a frozen shoulder and a migraine follow from what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NARROWER: Mapping[str, tuple[str, ...]] = {
    "back-pain": ("low-back-pain",),
    "joint-pain": ("shoulder-pain", "hip-pain", "knee-pain", "frozen-shoulder", "rotator-cuff"),
    "shoulder-pain": ("frozen-shoulder", "rotator-cuff"),
    "headache": ("migraine",),
    "nerve-compression": ("carpal-tunnel", "thoracic-outlet", "piriformis"),
    "tendinitis": ("tennis-elbow",),
    "foot-pain": ("plantar-fasciitis",),
}

# "TMJ massage" and "jaw pain" ask for the same people, and some write one on their page, some the other.
MADE_FOR: Mapping[str, str] = {
    "prenatal": "pregnancy",
    "postnatal": "postpartum",
    "temporomandibular": "jaw-pain",
    "manual-lymphatic-drainage": "lymphedema",
    "oncology-massage": "cancer-care",
    "scar-massage": "scar-tissue",
    "sports-massage": "sports-injury",
    "trigger-point": "trigger-points",
}


def find_narrower(conditions: Iterable[str]) -> tuple[str, ...]:
    """The conditions under `conditions` that are not among them; never a broader one."""
    asked = tuple(conditions)
    found = dict.fromkeys(narrow for condition in asked for narrow in NARROWER.get(condition, ()))
    return tuple(narrow for narrow in found if narrow not in asked)


def find_kindred(term_id: str) -> str | None:
    """The condition that a technique is made for, or the technique made for a condition."""
    return MADE_FOR.get(term_id) or next((made for made, aim in MADE_FOR.items() if aim == term_id), None)
