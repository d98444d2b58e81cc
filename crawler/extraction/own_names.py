"""Which words can be somebody's own name, and which are only those of the trade and of places."""

from __future__ import annotations

import re

from crawler.extraction.regions import find_region, fold_city, load_cities

_COMMON_TEXT = """
massage massages therapy therapist therapists mobile in-home home medical clinical sports deep tissue swedish
relaxation therapeutic registered licensed certified rmt lmt best top professional bodywork spa day clinic services
service prenatal pregnancy orthopedic couples hot stone and & near me affordable rmts injury pain relief rehab your
local treatment treatments therapies corporate chair wellness the a in en à massothérapie masaje masajes
terapéutico terapéuticos relajante relajantes descontracturante masoterapia thérapeutique thérapeutiques suédois
détente soins types type de et y
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def own_share(name: str) -> float:
    """How far a candidate can be somebody's own name: words of the trade, alone or before a place, hardly are."""
    words = name.split()
    bare = [word.lower().strip(",.!") for word in words]
    common = next((at for at, word in enumerate(bare) if word not in _COMMON), len(bare))
    if common == len(bare):
        return 0.35
    rest = [words[common].strip(","), " ".join(words[common : common + 2]).replace(",", "")]
    placed = any(fold_city(part) in load_cities() or find_region(part) for part in [*rest, " ".join(words[common:])])
    if common >= 2 or bare[0] in ("rmt", "lmt", "best"):
        return 0.35 if placed else 1.0
    return 0.35 if is_place(name) else 1.0


def without_place(name: str) -> str:
    """A name without the city and state that a title puts behind it ("Juniper Knots Modesto California")."""
    words = name.split()
    for size in (1, 2):  # words of the state
        region = find_region(" ".join(words[-size:])) if len(words) > size + 2 else None
        for town in (2, 1) if region else ():
            rest = words[: -size - town]
            known = region in load_cities().get(fold_city(" ".join(words[-size - town : -size])), ())
            if known and len(rest) >= 2 and own_share(" ".join(rest)) == 1.0:
                return " ".join(rest).strip(" ,–—-")
    return name


def is_place(text: str) -> bool:
    """Whether a title's part is only a place (`Vancouver, WA`, `North Scottsdale`)."""
    parts = [part for part in re.split(r"[,\s]+", text) if part]
    if find_region(text) or fold_city(text) in load_cities():
        return True
    return len(parts) >= 2 and find_region(parts[-1]) is not None and fold_city(" ".join(parts[:-1])) in load_cities()
