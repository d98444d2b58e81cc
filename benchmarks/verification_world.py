"""A made-up world with known truth for measuring verification: registers, listings, NPPES, and who is really who.

Nothing here comes from the matcher: nicknames, typing errors and ways of writing are these files' own. Licence
numbers are dense, so that a slip of a key lands on a stranger; surnames and cities repeat, so that namesakes and
relatives live side by side; some people use a number that is not theirs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.verification_words import KEYS, PRACTICES, SHORT, STATES, SYLLABLES, load_names
from directory.models import Listing, RegisterRecord

ON = date(2026, 11, 20)


@dataclass
class Person:
    """Somebody who exists; `registered` are the ids of their own licences, best first."""

    id: int
    state: str
    city: str
    given: str
    middle: str
    family: str
    former: str
    suffix: str
    phone: str
    email: str
    practice: str
    registered: list[str] = field(default_factory=list)
    number: str = ""


@dataclass(frozen=True)
class Truth:
    """What a listing really is. `theft`: whose number is used by whom (None: own); `own_number`: the claim is right."""

    person: int
    records: tuple[str, ...]
    status: str | None
    own_number: bool
    theft: str | None = None


@dataclass
class World:
    """One world: what the software sees, and the truth beside it."""

    records: list[RegisterRecord]
    listings: list[Listing]
    truth: dict[str, Truth]
    npis: list[tuple[str, str, str, str, str, str]]  # region, number, given, family, city, phone


class Maker:
    """Makes one world from a seed; `size` is the number of registered people."""

    def __init__(self, seed: int, size: int):
        self.rng = random.Random(seed)
        self.size = size
        self.given = load_names("given.tsv")
        self.family = load_names("family.tsv")
        self.made = 0
        self.people: list[Person] = []
        self.records: list[RegisterRecord] = []
        self.statuses: dict[str, str] = {}
        self.listings: list[Listing] = []
        self.truth: dict[str, Truth] = {}
        self.next = {state: start for state, (_, _, start) in STATES.items()}

    def count(self) -> int:
        """The next person's id."""
        self.made += 1
        return self.made

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def make(self) -> World:
        """The whole world."""
        while len(self.people) < self.size:
            person = self._make_person()
            self.people.append(person)
            if self.chance(0.03):
                self.people.append(self._make_relative(person))
            elif self.chance(0.03):
                self.people.append(self._make_namesake(person))
        for person in self.rng.sample(self.people, len(self.people)):
            self._register(person)
        outsiders = [self._make_person() for _ in range(self.size // 16)]
        self.people += outsiders
        for person in self.people:
            for _ in range(self.rng.choices((0, 1, 2, 3, 4, 5), (8, 22, 32, 22, 12, 4))[0]):
                self._list(person)
        self._steal()
        self.rng.shuffle(self.listings)
        return World(self.records, self.listings, self.truth, self._make_npis())

    # --- people -------------------------------------------------------------------------------------------

    def _make_person(self) -> Person:
        state = self.rng.choices(tuple(STATES), (10, 28, 30, 22, 10))[0]
        city = self.rng.choices(STATES[state][0], [1 / (n + 1) for n in range(len(STATES[state][0]))])[0]
        family = self._make_family()
        return Person(
            id=self.count(),
            state=state,
            city=city,
            given=self.given.draw(self.rng),
            middle=self.given.draw(self.rng) if self.chance(0.65) else "",
            family=family,
            former=self._make_family() if self.chance(0.1) else "",
            suffix=self.rng.choice(("Jr", "Sr", "III")) if self.chance(0.01) else "",
            phone=self._make_phone(),
            email=f"{family.lower().replace(' ', '')}{self.rng.randrange(10**6)}@example.com",
            practice=f"{self.family.draw(self.rng)} {self.rng.choice(PRACTICES)}",
        )

    def _make_family(self) -> str:
        if self.chance(0.04):
            return "".join(self.rng.choices(SYLLABLES.split(), k=self.rng.randint(2, 4))).capitalize()
        family = self.family.draw(self.rng)
        if self.chance(0.05):
            return f"{family}{self.rng.choice('- ')}{self.family.draw(self.rng)}"
        return family

    def _make_relative(self, person: Person) -> Person:
        """Same surname and city; sometimes parent and child of one name."""
        other = self._make_person()
        other.state, other.city, other.family = person.state, person.city, person.family
        if self.chance(0.25):
            other.given, person.suffix, other.suffix = person.given, "Sr", "Jr"
        elif self.chance(0.3):
            other.given = self.rng.choice([name for name in self.given.names if name[0] == person.given[0]])
        return other

    def _make_namesake(self, person: Person) -> Person:
        """Another person of the same name in the same state."""
        other = self._make_person()
        other.state, other.given, other.family = person.state, person.given, person.family
        other.city = person.city if self.chance(0.2) else self.rng.choice(STATES[person.state][0])
        return other

    def _make_phone(self) -> str:
        return f"+1{self.rng.randint(201, 989)}555{self.rng.randint(0, 9999):04d}"

    # --- registers ----------------------------------------------------------------------------------------

    def _register(self, person: Person) -> None:
        kind = self.rng.choices(
            ("active", "expired", "lapsed-word-active", "inactive", "disciplined", "odd", "no-expiry"),
            (80, 6, 3, 4, 4, 2, 1),
        )[0]
        person.number = self._write_record(person, kind)
        if kind == "active" and self.chance(0.03):
            self._write_record(person, "expired", old=True)

    def _write_record(self, person: Person, kind: str, *, old: bool = False) -> str:
        state = person.state
        self.next[state] += self.rng.choice((1, 1, 1, 1, 2, 3))
        number = STATES[state][1].format(self.next[state])
        register_id = f"{state}-{len(self.records)}"
        married = bool(person.former) and (old or self.chance(0.3))
        family = person.former if married and old else person.family
        middle = person.middle if self.chance(0.85) else ""
        if middle and self.chance(0.3):
            middle = middle[0]
        words = {
            "active": self.rng.choice(("Active", "ACTIVE", "Current", "Clear", "Active")),
            "expired": self.rng.choice(("Expired", "EXPIRED", "Lapsed", "Delinquent")),
            "lapsed-word-active": "Active",
            "inactive": self.rng.choice(("Inactive", "Retired", "Voluntary Surrender")),
            "disciplined": self.rng.choice(("Suspended", "Revoked", "Probation", "Active", "Restricted")),
            "odd": self.rng.choice(("Referred to section 7", "See file", "Hold - legal")),
            "no-expiry": "Active",
        }
        past = kind in ("expired", "lapsed-word-active")
        expires = (
            ON - timedelta(days=self.rng.randint(1, 1500)) if past else ON + timedelta(days=self.rng.randint(0, 700))
        )
        self.records.append(
            RegisterRecord(
                register_id=register_id,
                source="register-file",
                jurisdiction=state,
                licence_type=self.rng.choice(
                    ("Massage Therapist", "LMT", "Massage Therapist License", "MASSAGE THERAPY")
                ),
                number=number,
                full_name=self._write_name(person, middle, family),
                former_names=(f"{person.given} {person.former}",)
                if person.former and not old and self.chance(0.5)
                else (),
                city=None if state == "WA" else person.city,
                status=words[kind],
                issued_on=ON - timedelta(days=self.rng.randint(1600, 6000)),
                expires_on=None if kind == "no-expiry" else expires,
                discipline=kind == "disciplined",
                read_on=ON,
            )
        )
        status = {"active": "verified", "expired": "expired", "lapsed-word-active": "expired", "inactive": "inactive",
                  "disciplined": "disciplined"}.get(kind, "review")  # fmt: skip
        self.statuses[register_id] = status
        person.registered.append(register_id)
        return number

    def _write_name(self, person: Person, middle: str, family: str) -> str:
        given = f"{person.given} {middle}".strip()
        if person.state in ("WA", "TX"):
            return f"{family}, {given} {person.suffix}".strip().upper()
        return f"{given} {family} {person.suffix}".strip()

    # --- listings -----------------------------------------------------------------------------------------

    def _list(self, person: Person) -> None:
        status = self.statuses.get(person.registered[0]) if person.registered else None
        claim, right = self._write_claim(person)
        self._add(person, claim, Truth(person.id, tuple(person.registered), status, right))

    def _add(self, person: Person, claims: tuple[str, ...], truth: Truth) -> None:
        rng = self.rng
        listing_id = f"L{len(self.listings)}"
        name = self._write_listed_name(person)
        shown = f"{person.practice} – {name}, LMT" if self.chance(0.3) else None
        here = self.chance(0.84)
        city = person.city if here else rng.choice(STATES[person.state][0])
        self.listings.append(
            Listing(
                listing_id=listing_id,
                source=rng.choice(("alpha", "beta", "gamma", "delta")),
                title=shown,
                name=None if shown else name,
                practice=None if shown or self.chance(0.4) else person.practice,
                city=city if self.chance(0.98) else None,
                region=person.state,
                country="US",
                phone=person.phone if self.chance(0.93) else self._make_phone(),
                email=person.email if self.chance(0.4) else None,
                claims=claims,
            )
        )
        self.truth[listing_id] = truth

    def _write_listed_name(self, person: Person) -> str:
        given, middle, family = person.given, person.middle, person.family
        short = SHORT.get(given.lower())
        if short and self.chance(0.35):
            given = self.rng.choice(short).capitalize()
        elif middle and self.chance(0.02):
            given, middle = middle, ""
        elif self.chance(0.02):
            given = self._mistype(given)
        if person.former and self.chance(0.25):
            family = person.former
        elif (" " in family or "-" in family) and self.chance(0.4):
            family = self.rng.choice(family.replace("-", " ").split())
        elif self.chance(0.02):
            family = self._mistype(family)
        if self.chance(0.015):
            return self.rng.choice((given, family))
        if self.chance(0.01):
            given = given[0]
        form = self.rng.random()
        middle = "" if form < 0.6 else middle[:1] if form < 0.8 else middle
        suffix = person.suffix if self.chance(0.4) else ""
        if self.chance(0.03):
            return f"{family}, {given} {middle}".strip()
        return " ".join(part for part in (given, middle, family, suffix) if part)

    def _mistype(self, word: str) -> str:
        at = self.rng.randrange(1, len(word)) if len(word) > 1 else 0
        kind = self.rng.random()
        if kind < 0.35 and at + 1 < len(word):
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if kind < 0.6:
            return word[:at] + word[at + 1 :]
        key = word[at].lower()
        return word[:at] + self.rng.choice(KEYS.get(key, key * 2)) + word[at + (kind < 0.9) :]

    def _write_claim(self, person: Person) -> tuple[tuple[str, ...], bool]:
        """(claims, whether one of them is the person's own right number)."""
        if not person.number:
            return ((f"LMT #{self._dress(person.state, self._near_number(person.state))}",), False)
        kind = self.rng.choices(("right", "slip", "wrong", "title", "junk", "none"), (860, 40, 10, 50, 15, 25))[0]
        if kind == "right":
            extra = self.rng.choice(((), (), ("BCTMB",), ("AMTA member",)))
            return ((self._dress(person.state, person.number), *extra), True)
        junk = self.rng.choice(("NPI 1234567893", "LMT 360-555-0100", "AEE-22-04917", "225700000X"))
        wrong: dict[str, tuple[str, ...]] = {
            "slip": (self._dress(person.state, self._slip(person.number)),),
            "wrong": (self._dress(person.state, self._near_number(person.state)),),
            "title": ("LMT",),
            "junk": (junk,),
            "none": (),
        }
        return wrong[kind], False

    def _near_number(self, state: str) -> str:
        return STATES[state][1].format(self.rng.randint(STATES[state][2] + 1, self.next[state]))

    def _slip(self, number: str) -> str:
        digits = [at for at, char in enumerate(number) if char.isdigit()]
        start = next((at for at in digits if number[at] != "0"), digits[0])
        spots = [at for at in digits if at > start] or digits
        at = self.rng.choice(spots)
        if self.chance(0.4) and at + 1 < len(number) and number[at] != number[at + 1]:
            return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        return number[:at] + self.rng.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]

    def _dress(self, state: str, number: str) -> str:
        bare = number.lstrip("MAT.").lstrip("0")
        forms = (
            f"LMT #{number}", f"{number}", f"LMT {bare}", f"{state} LMT {number}", f"License No. {number}",
            f"Lic# {bare}", f"Licensed Massage Therapist #{bare}", f"LMT Lic. {number}", f"{number.lower()}",
            f"{state} License {bare}",
        )  # fmt: skip
        return self.rng.choice(forms)

    # --- numbers that are not theirs ------------------------------------------------------------------------

    def _steal(self) -> None:
        holders = [person for person in self.people if person.number]
        for holder in self.rng.sample(holders, len(holders) // 40):
            kind = self.rng.choices(("namesake", "relative", "stranger"), (30, 30, 40))[0]
            thief = {"namesake": self._make_namesake, "relative": self._make_relative}.get(
                kind, lambda _: self._make_person()
            )(holder)
            thief.state = holder.state
            thief.city = (
                thief.city if thief.city in STATES[holder.state][0] else self.rng.choice(STATES[holder.state][0])
            )
            for _ in range(self.rng.choice((1, 1, 2))):
                self._add(thief, (self._dress(holder.state, holder.number),), Truth(thief.id, (), None, False, kind))

    def _make_npis(self) -> list[tuple[str, str, str, str, str, str]]:
        return [
            (p.state, p.number, p.given, p.family, p.city, p.phone)
            for p in self.people
            if p.number and self.chance(0.7)
        ]


def make_world(seed: int, size: int = 11_000) -> World:
    """The world of a seed: about `size` registered people and twice as many listings."""
    return Maker(seed, size).make()
