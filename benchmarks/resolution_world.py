"""A made-up world of listings with known truth: who wrote which listing, and what went wrong on the way.

Namesakes in one city, relatives at one address, moved phones, married names, several locations, business-only listings,
call centres, mistyped and borrowed licence numbers. Its nicknames are not the matcher's.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from benchmarks.resolution_words import CITIES, LETTERS, NICKNAMES, SOURCES, STREETS, WORDS_A, WORDS_B, WORDS_C
from directory.models import Listing
from directory.names.tables import load_family, load_given


@dataclass
class Place:
    """Where somebody works: a practice's rooms or one's own."""

    practice: str
    number: int
    street: str
    unit: str
    city: str
    region: str
    postal: str
    phone: str
    site: str


@dataclass
class Person:
    """One therapist as she is."""

    id: int
    given: str
    middle: str
    family: str
    maiden: str
    suffix: str
    phone: str
    email: str
    licence: int
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class World:
    """Listings, and which entity each is truly of."""

    listings: list[Listing]
    truth: dict[str, str]


def make_world(seed: int, *, people: int = 11_600) -> World:
    """A world of about two listings a person; the same seed gives the same world."""
    return _Maker(random.Random(seed), people).make()


class _Maker:
    def __init__(self, rng: random.Random, people: int) -> None:
        self.rng = rng
        self.number = people
        given = [(name, female * 3 + male) for name, (female, male) in load_given().items() if female + male]
        self.given = [name for name, _ in given]
        self.given_weights = [weight for _, weight in given]
        self.family = list(load_family())
        self.family_weights = list(load_family().values())
        self.phones: set[str] = set()
        self.listings: list[Listing] = []
        self.truth: dict[str, str] = {}
        self.call_centres = [self.make_phone("303") for _ in range(max(5, people // 2000))]

    def make(self) -> World:
        """Everything."""
        practices = [self.make_place() for _ in range(self.number // 4)]
        people = [self.make_person(number, practices) for number in range(self.number)]
        self.plant_relations(people)
        for person in people:
            for source in self.rng.sample(SOURCES, self.rng.choices((1, 2, 3, 4), (30, 42, 20, 8))[0]):
                self.add_listing(person, source, people)
        for index, practice in enumerate(practices):
            if self.rng.random() < 0.35:
                for source in self.rng.sample(SOURCES, self.rng.choices((1, 2, 3), (60, 30, 10))[0]):
                    self.add_business(index, practice, source)
        self.rng.shuffle(self.listings)
        return World(self.listings, self.truth)

    def make_phone(self, area: str) -> str:
        """A new number."""
        while (phone := f"{area}{self.rng.randint(200, 989)}{self.rng.randint(0, 9999):04d}") in self.phones:
            pass
        self.phones.add(phone)
        return phone

    def make_place(self, city: tuple[str, str, str, str] | None = None) -> Place:
        """A practice's rooms."""
        rng = self.rng
        name, region, prefix, area = city or rng.choice(CITIES)
        parts = [rng.choice(WORDS_A), rng.choice(WORDS_B)] if rng.random() < 0.8 else [rng.choice(WORDS_A)]
        practice = " ".join([*parts, rng.choice(WORDS_C)])
        if rng.random() < 0.15:
            practice = f"{rng.choices(self.family, self.family_weights)[0].title()} {rng.choice(WORDS_C)}"
        host = practice.lower().replace(" ", "").replace("&", "and")
        return Place(
            practice,
            rng.randint(1, 9999),
            rng.choice(STREETS),
            rng.choice(("", "", f"Suite {rng.randint(1, 400)}", f"#{rng.randint(1, 40)}")),
            name,
            region,
            f"{prefix}{rng.randint(0, 29):02d}",
            self.make_phone(area),
            f"https://{host}{rng.randint(1, 99)}.example.com/",
        )

    def make_person(self, number: int, practices: list[Place]) -> Person:
        """One therapist at one or two places."""
        rng = self.rng
        given = rng.choices(self.given, self.given_weights)[0]
        family, maiden = rng.choices(self.family, self.family_weights, k=2)
        middle = rng.choices(self.given, self.given_weights)[0] if rng.random() < 0.6 else ""
        place = rng.choice(practices) if rng.random() < 0.6 else self.make_place()
        places = [place]
        if rng.random() < 0.1:
            city = next(city for city in CITIES if city[0] == place.city)
            near = [city_ for city_ in CITIES if city_[1] == city[1]]
            places.append(self.make_place(rng.choice(near)))
        phone = self.make_phone(place.phone[:3])
        mailbox = rng.choice((f"{given}.{family}", f"{given}{family[0]}", f"{given}{rng.randint(1, 99)}"))
        return Person(
            number,
            given,
            middle,
            family,
            maiden if rng.random() < 0.06 else "",
            "Jr" if rng.random() < 0.01 else "",
            phone,
            f"{mailbox}{rng.randint(1, 9999)}@example.{rng.choice(('com', 'net', 'org'))}",
            10_000 + number * 3 + rng.randint(0, 2),
            places,
        )

    def plant_relations(self, people: list[Person]) -> None:
        """Namesakes in one city and elsewhere, relatives at one address with one phone, fathers and sons."""
        rng = self.rng
        for person in rng.sample(people, len(people) // 25):
            other = rng.choice(people)
            other.given, other.family = person.given, person.family
            if rng.random() < 0.5:
                other.places = [
                    replace(
                        other.places[0],
                        city=person.places[0].city,
                        region=person.places[0].region,
                        postal=person.places[0].postal,
                    )
                ]
        for person in rng.sample(people, len(people) // 30):
            other = rng.choice(people)
            other.family, other.places = person.family, person.places[:1]
            if rng.random() < 0.5:
                other.phone = person.phone
        for person in rng.sample(people, len(people) // 200):
            other = rng.choice(people)
            other.given, other.family, other.places = person.given, person.family, person.places
            person.suffix, other.suffix, other.middle = "Sr", "Jr", person.middle

    def add_listing(self, person: Person, source: str, people: list[Person]) -> None:
        """One source's view of a person."""
        rng = self.rng
        place = rng.choice(person.places)
        name = self.write_name(person)
        letters = rng.choice(LETTERS)
        listing_id = f"l{len(self.listings):06d}"
        shown = f"{name}, {letters}" if letters and not name.endswith("Jr") else name
        form = rng.random()
        title = person_name = practice = None
        if form < 0.45:
            person_name, practice = (
                shown if rng.random() < 0.5 else name,
                place.practice if rng.random() < 0.6 else None,
            )
        elif form < 0.9:
            title = rng.choice(
                (
                    f"{shown} | {place.practice}",
                    f"{place.practice} – {shown}",
                    f"{shown} at {place.practice}",
                    f"{place.practice}: {shown}",
                    f"{place.practice} by {name}",
                    shown,
                    f"{name} - Licensed Massage Therapist",
                    f"{place.practice} ({shown})",
                )
            )
        else:
            title, person_name = f"{place.practice}", name
        if rng.random() < 0.015:
            title, person_name = None, rng.choice((person.given.title(), person.family.title()))
        number, street = self.write_street(place)
        site = place.site if place.practice and rng.random() < 0.35 else None
        self.listings.append(
            Listing(
                listing_id=listing_id,
                source=source,
                title=title,
                name=person_name,
                practice=practice,
                street=f"{number} {street}" if rng.random() < 0.72 else None,
                city=self.write_city(place.city),
                region=place.region,
                postal_code=place.postal if rng.random() < 0.8 else None,
                country="US",
                phone=self.write_phone(person, place),
                email=person.email if rng.random() < 0.4 else None,
                website=site,
                claims=self.write_claims(person, place, people),
            )
        )
        self.truth[listing_id] = f"person {person.id}"

    def write_name(self, person: Person) -> str:
        """The name with what sources do to it."""
        rng = self.rng
        given, family = person.given.title(), person.family.title()
        if person.given in NICKNAMES and rng.random() < 0.35:
            given = rng.choice(NICKNAMES[person.given])
        if person.maiden:
            family = rng.choice(
                (
                    family,
                    family,
                    person.maiden.title(),
                    f"{person.maiden.title()}-{family}",
                    f"{person.maiden.title()} {family}",
                )
            )
        if rng.random() < 0.03:
            given = _mistype(rng, given)
        if rng.random() < 0.03:
            family = _mistype(rng, family)
        roll = rng.random()
        middle = person.middle.title()
        if middle and roll < 0.15:
            given = f"{given} {middle}"
        elif middle and roll < 0.35:
            given = f"{given} {middle[0]}."
        elif middle and roll < 0.38:
            given = middle
        elif roll > 0.985:
            given = f"{given[0]}."
        suffix = f" {person.suffix}" if person.suffix and rng.random() < 0.8 else ""
        roll = rng.random()
        if roll < 0.06:
            return f"{family.upper()}, {given.upper()}"
        return f"{given} {family}{suffix}"

    def write_street(self, place: Place) -> tuple[str, str]:
        """The address in one of its writings."""
        rng = self.rng
        street = place.street
        if rng.random() < 0.5:
            for long, short in (
                ("Street", "St"),
                ("Avenue", "Ave."),
                ("Road", "Rd"),
                ("Drive", "Dr"),
                ("Boulevard", "Blvd"),
                ("Lane", "Ln"),
            ):
                street = street.replace(long, short)
        if rng.random() < 0.03:
            street = _mistype(rng, street)
        number = str(place.number) if rng.random() > 0.015 else _mistype_digits(rng, str(place.number))
        return number, f"{street} {place.unit}".strip() if rng.random() < 0.5 else street

    def write_city(self, city: str) -> str:
        """The city, seldom mistyped."""
        if city.startswith("St. ") and self.rng.random() < 0.5:
            city = city.replace("St.", "Saint")
        return _mistype(self.rng, city) if self.rng.random() < 0.01 else city

    def write_phone(self, person: Person, place: Place) -> str | None:
        """One's own number, the practice's, an old one, a call centre's, or none."""
        rng = self.rng
        phone = rng.choices(
            (person.phone, place.phone, None, self.rng.choice(self.call_centres), "8005550100"), (52, 27, 16, 3, 2)
        )[0]
        if phone is None:
            return None
        if rng.random() < 0.06:
            phone = self.make_phone(phone[:3])
        elif rng.random() < 0.015:
            phone = _mistype_digits(rng, phone)
        return rng.choice(
            (f"({phone[:3]}) {phone[3:6]}-{phone[6:]}", f"{phone[:3]}-{phone[3:6]}-{phone[6:]}", f"+1{phone}", phone)
        )

    def write_claims(self, person: Person, place: Place, people: list[Person]) -> tuple[str, ...]:
        """The licence as printed: right, mistyped, or a relative's."""
        rng = self.rng
        if rng.random() > 0.6:
            return ()
        number = person.licence
        if rng.random() < 0.03:
            number = int(_mistype_digits(rng, str(number)))
        elif rng.random() < 0.01:
            number = rng.choice(people).licence
        prefix = {"FL": "MA", "WA": "MA6", "CO": "MT."}.get(place.region, "")
        return (
            rng.choice((f"LMT #{prefix}{number}", f"License {prefix}{number}", f"LMT {place.region} {prefix}{number}")),
        )

    def add_business(self, index: int, place: Place, source: str) -> None:
        """A listing that names only the business."""
        rng = self.rng
        listing_id = f"l{len(self.listings):06d}"
        name = place.practice if rng.random() > 0.1 else f"{place.practice} LLC"
        number, street = self.write_street(place)
        self.listings.append(
            Listing(
                listing_id=listing_id,
                source=source,
                title=name if rng.random() < 0.7 else None,
                practice=name,
                street=f"{number} {street}" if rng.random() < 0.85 else None,
                city=self.write_city(place.city),
                region=place.region,
                postal_code=place.postal if rng.random() < 0.8 else None,
                country="US",
                phone=place.phone if rng.random() < 0.8 else None,
                website=place.site if rng.random() < 0.5 else None,
            )
        )
        self.truth[listing_id] = f"practice {index}"


def _mistype(rng: random.Random, text: str) -> str:
    """One keystroke wrong."""
    if len(text) < 3:
        return text
    place = rng.randrange(1, len(text) - 1)
    edits: tuple[Callable[[], str], ...] = (
        lambda: text[:place] + text[place + 1 :],
        lambda: text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        lambda: text[:place] + rng.choice("abcdefghijklmnopqrstuvwxyz") + text[place + 1 :],
        lambda: text[:place] + text[place] + text[place:],
    )
    return rng.choice(edits)()


def _mistype_digits(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text) > 1, len(text))
    return text[:place] + str((int(text[place]) + rng.randint(1, 9)) % 10) + text[place + 1 :]
