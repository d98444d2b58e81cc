"""A licence counts where it was given: the badge at a practice speaks of that practice's state or province first."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest

from directory.jurisdictions import load_jurisdictions
from directory.models import Answer, EntityKind
from search.interface import DocumentCredential, DocumentLocation, TherapistDocument
from search.standing import find_lasting, find_referral, find_speaking, rate_document, rate_document_places
from tests.verification_records import Held
from verification.badge import LABELS, BadgeCode, make_badge, verified_until
from verification.places import PlaceStanding, find_weakest, rate_place, rate_places

DAY = date(2026, 11, 20)


CURRENT = Held()
ENDED = Held(outcome="expired", expires_on=date(2026, 3, 1))
ACTION = Held(outcome="disciplined")
RMT = Held(outcome="no_register", kind="association-title", jurisdiction="AB", rule="no-register", verified_on=None)
BOARD = Held(kind="certificate", jurisdiction=None)
MEMBER = Held(outcome="no_register", kind="membership", rule="not-checkable", verified_on=None)


def of(jurisdiction: str, held: Held = CURRENT) -> Held:
    return replace(held, jurisdiction=jurisdiction)


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        ([CURRENT, ENDED], BadgeCode.CURRENT),  # an older number beside the one that holds
        ([ENDED, of("WA")], BadgeCode.EXPIRED),
        ([replace(CURRENT, outcome="inactive"), of("WA")], BadgeCode.INACTIVE),
        ([replace(CURRENT, outcome="review"), of("WA")], BadgeCode.CHECKING),
        ([replace(CURRENT, outcome="review", rule="register-unread"), of("WA")], BadgeCode.CLAIMED),
        ([of("WA")], BadgeCode.ELSEWHERE),
        ([of("WA"), BOARD, MEMBER], BadgeCode.ELSEWHERE),
        ([BOARD, MEMBER], BadgeCode.CERTIFICATE),
        ([of("WA", ENDED)], BadgeCode.NOT_STATED),
        ([], BadgeCode.NOT_STATED),
        ([CURRENT, of("WA", ACTION)], BadgeCode.BOARD_ACTION),  # hidden by no licence in good standing
        ([of("WA"), replace(CURRENT, jurisdiction=None, outcome="review")], BadgeCode.CHECKING),
    ],
)
def test_the_licence_of_the_place_decides_before_any_other(credentials: list[Held], code: BadgeCode) -> None:
    standing = rate_place(credentials, "CO", on=DAY)
    assert standing.badge.code is code
    assert rate_place(credentials[::-1], "CO", on=DAY) == standing
    assert standing.badge.label == LABELS[code]


def test_a_licence_of_elsewhere_is_named_as_one() -> None:
    standing = rate_place([of("WA")], "CO", on=DAY + timedelta(days=2))
    assert standing.badge.sentence.startswith("No licence of Colorado is stated. One of Washington is current there")
    assert (standing.is_elsewhere, standing.badge.checked_on) == (True, DAY)
    lapsed = rate_place([of("WA")], "CO", on=DAY + timedelta(days=121))
    assert lapsed.badge.code is BadgeCode.NOT_STATED
    assert lapsed.badge.sentence == "No licence of Colorado is stated, only of Washington."


def test_where_there_is_no_register_that_is_said_and_others_are_what_they_are() -> None:
    for credentials in ([RMT], [], [MEMBER], [of("BC", ENDED)]):
        badge = rate_place(credentials, "AB", on=DAY).badge
        assert badge.code is BadgeCode.NO_REGISTER
        assert badge.sentence.startswith("Alberta has no massage register")
    both = rate_place([of("BC")], "AB", on=DAY)
    assert both.badge.code is BadgeCode.NO_REGISTER
    assert both.badge.sentence.endswith("A licence of British Columbia is current there.")


def test_practices_in_two_states_have_a_standing_each() -> None:
    standings = rate_places([ENDED, of("WA")], ["WA", "CO", "WA"], on=DAY)
    assert [(item.region, item.badge.code) for item in standings] == [
        ("WA", BadgeCode.CURRENT),
        ("CO", BadgeCode.EXPIRED),
    ]
    assert find_weakest(standings).region == "CO"


def test_where_the_place_is_not_known_every_credential_counts() -> None:
    assert rate_place([ENDED, of("WA")], None, on=DAY).badge.code is BadgeCode.CURRENT
    assert [item.region for item in rate_places([CURRENT], [], on=DAY)] == [None]


def test_of_any_two_places_one_is_the_weaker_and_none_is_current_unless_both_are() -> None:
    standings: list[PlaceStanding[Held]] = [PlaceStanding(None, make_badge(code, "")) for code in BadgeCode]
    for one, other in product(standings, repeat=2):
        weaker = find_weakest((one, other))
        assert weaker in (one, other)
        assert weaker == find_weakest((other, one))
        assert (weaker.badge.code is BadgeCode.CURRENT) == (one.badge.code is other.badge.code is BadgeCode.CURRENT)
    assert find_weakest(standings).badge.code is BadgeCode.BOARD_ACTION


def test_a_standing_moves_with_the_clock() -> None:
    here, there = replace(CURRENT, expires_on=DAY + timedelta(days=10)), of("WA")
    codes = {
        days: rate_place([here, there], "CO", on=DAY + timedelta(days=days)).badge.code for days in (0, 10, 11, 121)
    }
    assert codes == {0: "licence-current", 10: "licence-current", 11: "licence-expired", 121: "licence-expired"}


def make(credential: Held, number: int) -> DocumentCredential:
    held = credential.outcome == "verified"
    return DocumentCredential(
        title="LMT",
        number=str(number),
        kind=credential.kind,
        jurisdiction=credential.jurisdiction,
        outcome=credential.outcome,
        verified_on=credential.verified_on,
        expires_on=credential.expires_on,
        verified_until=verified_until(credential.verified_on, credential.expires_on) if held else None,
        rule=credential.rule,
    )


def make_person(credentials: list[Held], *regions: str) -> TherapistDocument:
    places = tuple(DocumentLocation(region=region, country="US", city=f"{region} Town") for region in regions)
    made = tuple(make(held, number) for number, held in enumerate(credentials))
    return TherapistDocument(id="p", kind=EntityKind.PERSON, name="Pia", locations=places, credentials=made)


def test_what_the_index_finds_as_current_is_what_every_badge_says_on_every_day() -> None:
    rng = Random(7)
    days = [DAY + timedelta(days=days) for days in (0, 9, 10, 40, 119, 120, 121, 300)]
    found = set()
    for _ in range(400):
        credentials = [
            Held(
                outcome=rng.choice(["verified"] * 4 + ["expired", "review", "disciplined"]),
                kind=rng.choice(["licence", "licence", "certificate", "establishment"]),
                jurisdiction=rng.choice(["CO", "WA", "AB", None]),
                verified_on=DAY - timedelta(days=rng.choice([0, 80])),
                expires_on=DAY + timedelta(days=rng.choice([9, 40, 400])),
            )
            for _ in range(rng.randint(0, 3))
        ]
        person = make_person(credentials, *rng.choice([("CO",), ("WA", "CO"), ("CO", "AB")]))
        until, _ = find_lasting(
            find_speaking(person.kind, person.credentials), [place.region for place in person.locations]
        )
        for on in days:
            codes = {item.badge.code for item in rate_document_places(person, on=on)}
            assert (until is not None and until >= on) == (codes == {BadgeCode.CURRENT})
            found.add((until is not None, codes == {BadgeCode.CURRENT}))
    assert found == {(True, True), (True, False), (False, False)}


def test_an_establishments_licence_makes_no_person_current() -> None:
    person = make_person([Held(kind="establishment")], "CO")
    assert rate_document(person, on=DAY).badge.code is BadgeCode.NOT_STATED
    practice = replace(person, kind=EntityKind.PRACTICE)
    assert rate_document(practice, on=DAY).badge.code is BadgeCode.CURRENT


def test_a_referral_is_open_where_the_licence_holds_and_nowhere_else() -> None:
    person, rules = make_person([ENDED, of("WA")], "WA", "CO"), load_jurisdictions()
    at = {place.region: find_referral(person.credentials, (place,), rules, DAY)[0] for place in person.locations}
    assert at == {"WA": Answer.YES, "CO": Answer.UNKNOWN}
    for order in (person.locations, person.locations[::-1]):
        assert find_referral(person.credentials, order, rules, DAY)[0] is Answer.UNKNOWN
    barred = replace(person, credentials=(replace(person.credentials[1], title="technician", jurisdiction="DE"),))
    delaware, elsewhere = replace(person.locations[0], region="DE"), person.locations[1]
    answers = [find_referral(barred.credentials, places, rules, DAY)[0] for places in ((delaware,), (elsewhere,))]
    assert answers == [Answer.NO, Answer.UNKNOWN]
    for places in product((delaware, elsewhere), repeat=2):
        strictest = Answer.NO if delaware in places else Answer.UNKNOWN
        assert find_referral(barred.credentials, places, rules, DAY)[0] is strictest
