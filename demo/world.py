"""The made-up world: practices, people, registers, NPPES and an exclusion list, all generated from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from demo import names
from demo.model import Case, Licence, Person, Practice, Shape, Town, World
from demo.planted import PLANTED, Planted
from demo.registers import make_exclusions, make_npi
from demo.texts import CONDITIONS, TECHNIQUES

GENERATED = 42
STRANGERS_A_REGISTER = 40
REGISTERS = ("CO", "WA", "DE")
SPA_TECHNIQUES = ("swedish", "hot-stone", "aromatherapy", "reflexology", "couples-massage")
# A practice without a site and without a named person: only the partner lists it.
UNSITED = Practice(
    slug="riverstone-massage", name="Riverstone Massage", town=names.DENVER, street="", postal_code="80205",
    phone="(303) 555-0199", email="", people=(), shape=Shape.ONE_PAGE, techniques=("deep-tissue",),
    conditions=("low-back-pain", "neck-pain"),
)  # fmt: skip
FIRST_NUMBERS = {"CO": 20000, "WA": 61000000, "DE": 5000}


def make_world(seed: int = 1, on: date | None = None) -> World:
    """The world of a seed as it stands on a day (default: today); the same seed and day make the same world."""
    maker = _Maker(random.Random(seed), on or date.today())  # nosec B311  # noqa: DTZ011, S311 - a demo's own calendar and dice
    for planted in PLANTED:
        maker.plant(planted)
    for index in range(GENERATED):
        maker.generate(index)
    maker.add_strangers()
    return World(
        on=maker.on,
        practices=tuple(maker.practices),
        licences=tuple(maker.licences),
        npis=tuple(maker.npis),
        exclusions=make_exclusions(maker.on, maker.excluded),
        listings_file="".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _make_listings(maker.practices)),
        cases=tuple(maker.cases),
        unsited=(UNSITED,),
    )


@dataclass
class _Maker:
    dice: random.Random
    on: date
    practices: list[Practice] = field(default_factory=list)
    licences: list[Licence] = field(default_factory=list)
    npis: list[dict[str, object]] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    excluded: list[tuple[Person, Town, str]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=lambda: dict(FIRST_NUMBERS))

    def __post_init__(self) -> None:
        planted = {(p.person.given, p.person.family) for p in PLANTED}
        pairs = [(g, f) for g in names.GIVEN for f in names.FAMILY if (g, f) not in planted]
        self.dice.shuffle(pairs)
        self.people = iter(pairs)
        titles = [f"{first} {second}" for first in names.FIRST_WORDS for second in names.MEDICAL_WORDS]
        self.dice.shuffle(titles)
        taken = {p.name for p in PLANTED}
        self.titles = (title for title in titles if title not in taken)

    def plant(self, p: Planted) -> None:
        """One practice of a planted case, with its register row and NPI."""
        claim = p.person.claim
        if p.number is not None or p.printed is not None:
            printed = p.printed or write_number(p.town.region, p.number or 0, p.licence_type)
            claim = claim if p.case == "no-number" else write_claim(p.town.region, p.person.letters, printed, self.dice)
        person = Person(
            given=p.person.given, middle=p.person.middle, family=p.person.family, letters=p.person.letters, claim=claim
        )
        self._open(
            p.slug, p.name, p.town, (person,), p.shape, p.techniques, p.conditions, p.medical, p.insurance, p.note
        )  # fmt: skip
        if p.number is not None:
            self.licences.append(
                Licence(
                    jurisdiction=p.town.region, number=p.number, town=p.town.name, status=p.status,
                    person=Person(
                        given=person.given, middle=person.middle, family=p.register_family or person.family
                    ),
                    issued_on=self.on - timedelta(days=2900), expires_on=self.on + timedelta(days=p.expires_in_days),
                    licence_type=p.licence_type, discipline=p.discipline,
                )
            )  # fmt: skip
            if p.in_nppes:
                npi = self._enumerate(person, p.town, p.number, p.licence_type)
                if p.excluded:
                    self.excluded.append((person, p.town, npi))
        self.cases.append(
            Case(
                name=p.case, practice=p.slug, person=person.full_name, outcomes=frozenset(p.outcomes), why=p.why,
                published=not p.note,
            )
        )  # fmt: skip

    def generate(self, index: int) -> None:
        """One ordinary practice, its people licensed and current where their state has a register."""
        town = names.MONTREAL if index == 0 else self.dice.choice(names.TOWNS)
        medical = self.dice.random() > 0.15
        title = next(self.titles)
        if not medical:
            title = f"{title.split(' ')[0]} {self.dice.choice(names.SPA_WORDS)}"
        people = tuple(self._hire(town) for _ in range(self.dice.choice((1, 1, 1, 2, 3))))
        shapes = (Shape.GRAPH_SITE, Shape.PLAIN_SITE, Shape.MICRODATA, Shape.ONE_PAGE)
        shape = self.dice.choice(shapes) if len(people) == 1 else self.dice.choice(shapes[:2])
        offered = [t for t in TECHNIQUES if (t in SPA_TECHNIQUES) != medical and t != "medical-massage"]
        treated = [c for c in CONDITIONS if medical or c in ("stress", "insomnia")]
        slug = f"{'-'.join(title.lower().replace('&', 'and').split())}-{index}"
        self._open(
            slug, title, town, people, shape,
            tuple(self.dice.sample(offered, min(len(offered), self.dice.randint(3, 6)))),
            tuple(self.dice.sample(treated, min(len(treated), self.dice.randint(4, 8)))),
            medical, self.dice.choice(("direct", "auto", "no", "")) if medical else "",
        )  # fmt: skip

    def _hire(self, town: Town) -> Person:
        given, family = next(self.people)
        letters = "RMT" if town.country == "CA" else "LMT"
        claim = {"CA": "Registered Massage Therapist (RMT)"}.get(town.country, "Licensed Massage Therapist")
        if town.region == "CA":
            letters, claim = "CMT", f"CAMTC #{self.dice.randint(41000, 89000)}"
        elif town.region == "OR":
            claim = f"Oregon LMT #{self.dice.randint(11000, 28000)}"
        elif town.region in REGISTERS:
            number = self._next_number(town.region)
            claim = write_claim(town.region, letters, write_number(town.region, number), self.dice)
            person = Person(given=given, family=family, letters=letters, claim=claim)
            self.licences.append(self._license(person, town, number))
            if town.region == "WA" or self.dice.random() < 0.6:
                self._enumerate(person, town, number)
        return Person(given=given, family=family, letters=letters, claim=claim)

    def _next_number(self, region: str) -> int:
        self.numbers[region] += self.dice.randint(3, 900)
        return self.numbers[region]

    def _license(self, person: Person, town: Town, number: int) -> Licence:
        return Licence(
            jurisdiction=town.region, number=number, person=person, town=town.name, status="Active",
            issued_on=self.on - timedelta(days=self.dice.randint(200, 5000)),
            expires_on=self.on + timedelta(days=self.dice.randint(40, 700)),
        )  # fmt: skip

    def _enumerate(self, person: Person, town: Town, number: int, licence_type: str = "") -> str:
        written = write_number(town.region, number, licence_type)
        self.npis.append(make_npi(len(self.npis), person, town, written, self.on))
        return str(self.npis[-1]["number"])

    def _open(  # noqa: PLR0917 - the parts of a practice, in the order they are read
        self, slug: str, name: str, town: Town, people: tuple[Person, ...], shape: Shape,
        techniques: tuple[str, ...], conditions: tuple[str, ...], medical: bool, insurance: str,
        note: str = "",
    ) -> None:  # fmt: skip
        line = self.lines[town.area_code] = self.lines.get(town.area_code, 99) + 1
        opens = self.dice.choice(("08:00", "09:00", "10:00"))
        self.practices.append(
            Practice(
                slug=slug, name=name, town=town, people=people, shape=shape,
                techniques=("medical-massage", *techniques) if medical else techniques,
                conditions=conditions, medical=medical, insurance=insurance,
                street=f"{self.dice.randint(12, 2890)} {self.dice.choice(names.STREETS)}",
                postal_code=self.dice.choice(town.postal_codes),
                phone=f"({town.area_code}) 555-{line:04d}", email=f"hello@{slug}.example",
                hours=(("Mo", "Fr", f"{opens}-18:00"), ("Sa", "Sa", "10:00-14:00")),
                rates=((60, self.dice.choice((95, 105, 115))), (90, self.dice.choice((140, 150, 165)))),
                languages=self._choose_languages(town, medical),
                language=_page_language(town, medical), note=note,
            )
        )  # fmt: skip

    def _choose_languages(self, town: Town, medical: bool) -> tuple[str, ...]:
        """What is spoken there: the page's own language, and often another of the town's."""
        own = {"fr": ("French", "English"), "es": ("Spanish", "English")}.get(_page_language(town, medical))
        others = names.LANGUAGES.get(town.name, ("Spanish",))
        return own or ("English", *self.dice.sample(others, self.dice.choice((0, 0, 1))))

    def add_strangers(self) -> None:
        """Licensees without a site, so that a wrong number meets somebody."""
        for region in REGISTERS:
            towns = [t for t in dict.fromkeys(names.TOWNS) if t.region == region]
            for _ in range(STRANGERS_A_REGISTER):
                given, family = next(self.people)
                town = self.dice.choice(towns)
                self.licences.append(self._license(Person(given=given, family=family), town, self._next_number(region)))


def _page_language(town: Town, medical: bool) -> str:
    return "es" if town == names.SAN_DIEGO and medical else town.language


def write_number(region: str, number: int, licence_type: str = "") -> str:
    """A licence number as the state's board writes it."""
    if region == "WA":
        return f"MA{number:08d}"
    if region == "DE":
        return f"{'CMT' if 'Technician' in licence_type else 'MT'}-{number:07d}"
    return f"{number:07d}" if region == "CO" else str(number)


def write_claim(region: str, letters: str, number: str, dice: random.Random) -> str:
    """A credential line in one of the wordings that real sites use."""
    short = number.lstrip("0")
    return dice.choice((f"{region} {letters} #{short}", f"{letters} Lic. # {short}", f"{region} License # {short}"))


def _make_listings(practices: list[Practice]) -> Iterator[dict[str, object]]:
    """A partner's listings: every sixth practice again, less exactly, and one that has no site of its own."""
    for index, practice in enumerate(practices):
        if index % 6 and practice.slug not in ("foothill-clinical", "wildrose-clinical"):
            continue
        person = practice.people[0]
        yield {
            "listing_id": f"partner-{index:04d}", "source": "partner_feed", "practice": practice.name,
            "title": f"{person.full_name}{', ' + person.letters if person.letters else ''} – {practice.name}",
            "street": practice.street, "city": practice.town.name, "region": practice.town.region,
            "country": practice.town.country, "phone": practice.phone, "claims": [person.claim] if person.claim else [],
        }  # fmt: skip
    yield {
        "listing_id": "partner-9001", "source": "partner_feed", "title": UNSITED.name, "practice": UNSITED.name,
        "city": UNSITED.town.name, "region": UNSITED.town.region, "country": UNSITED.town.country, "claims": [],
        "postal_code": UNSITED.postal_code, "phone": UNSITED.phone, "conditions": list(UNSITED.conditions),
        "techniques": list(UNSITED.techniques),
    }  # fmt: skip
