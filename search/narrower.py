"""Which conditions are narrower than another: whoever offers help with one of them helps with the broad one too.

Written down by hand. Most pairs follow from the vocabulary's ICD-10-CM prefixes (M25.55 lies under M25.5); low back
pain (M54.5) beside back pain (M54.9), and the arch of the foot, follow from their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NARROWER: Mapping[str, tuple[str, ...]] = {
    "back-pain": ("low-back-pain",),
    "joint-pain": ("shoulder-pain", "hip-pain", "knee-pain"),
    "nerve-compression": ("carpal-tunnel", "thoracic-outlet", "piriformis"),
    "tendinitis": ("tennis-elbow",),
    "foot-pain": ("plantar-fasciitis",),
}


def find_narrower(conditions: Iterable[str]) -> tuple[str, ...]:
    """The conditions under `conditions` that are not among them; never a broader one."""
    asked = tuple(conditions)
    found = dict.fromkeys(narrow for condition in asked for narrow in NARROWER.get(condition, ()))
    return tuple(narrow for narrow in found if narrow not in asked)
