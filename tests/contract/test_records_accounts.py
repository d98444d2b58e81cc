"""What is promised of second factors, links to set a password, and tokens in use, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from directory.errors import ConflictError, NotAllowedError, NotFoundError, UnknownTokenError, UsageError
from records import resets, second_factor, sign_ins, tries, users
from records.database import Database, Session
from records.second_factor import MOST_FAILURES, find_step, make_code
from records.sign_ins import Scope
from records.tables import Base
from records.users import Role, User
from tests.records_fixtures import StepClock

PASSWORD = "correct horse battery"


@pytest.fixture
def ann(records_database: Database) -> User:
    with records_database.begin() as session:
        return users.create_user(session, name="ann", password=PASSWORD, role=Role.ADMIN, email="ann@example.org")


def show_code(session: Session, secret: bytes, steps: int = 0) -> str:
    """What the phone shows now, or so many steps later."""
    return make_code(secret, find_step(session.now().timestamp()) + steps)


def make_wrong_code(session: Session, secret: bytes) -> str:
    """What no phone shows now, nor a step earlier or later."""
    shown = {show_code(session, secret, steps) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in shown)


def enrol(session: Session) -> tuple[bytes, tuple[str, ...]]:
    second_factor.begin(session, "ann")
    secret = second_factor.find_secret(session, "ann")
    assert secret is not None
    return secret, second_factor.confirm(session, "ann", show_code(session, secret))


@pytest.mark.parametrize(
    ("at_s", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(at_s: int, code: str) -> None:
    assert make_code(b"12345678901234567890", find_step(at_s)) == code  # RFC 6238, appendix B


def test_a_phone_is_asked_for_once_it_showed_a_code(records_database: Database, ann: User) -> None:
    with records_database.begin() as session:
        token = sign_ins.start(session, ann)
        second_factor.begin(session, "ann")
        assert not users.get(session, "ann").has_totp
        waiting = second_factor.find_secret(session, "ann")
        assert waiting is not None
        with pytest.raises(NotAllowedError, match="wrong"):
            second_factor.confirm(session, "ann", make_wrong_code(session, waiting))
        secret, codes = enrol(session)
        assert users.get(session, "ann").has_totp
        assert sign_ins.find_user(session, token) is None  # what was signed in without it, is no more
        assert second_factor.find_secret(session, "ann") is None
        assert len(set(codes)) == second_factor.count_recovery_codes(session, ann.id) == 10
        with pytest.raises(ConflictError, match="in use"):
            second_factor.begin(session, "ann")
        assert len(secret) == 20


def test_a_code_is_good_once_and_for_a_minute_or_so(
    records_database: Database, records_clock: StepClock, ann: User
) -> None:
    with records_database.begin() as session:
        secret, _ = enrol(session)
        assert not second_factor.check(session, "ann", show_code(session, secret))  # it confirmed the phone
        records_clock.step(seconds=30)
        code = show_code(session, secret)
        records_clock.step(seconds=30)
        assert second_factor.check(session, "ann", f"{code[:3]} {code[3:]}")  # a phone that is slow
        assert not second_factor.check(session, "ann", code)
        assert second_factor.check(session, "ann", show_code(session, secret, 1))  # one that is fast
        records_clock.step(minutes=5)
        late = show_code(session, secret)
        records_clock.step(seconds=60)
        assert not second_factor.check(session, "ann", late)


def test_each_recovery_code_stands_in_for_the_phone_once(records_database: Database, ann: User) -> None:
    with records_database.begin() as session:
        _, codes = enrol(session)
        assert second_factor.check(session, "ann", codes[3].upper().replace("-", " "))
        assert not second_factor.check(session, "ann", codes[3])
        assert second_factor.count_recovery_codes(session, ann.id) == 9
        fresh = second_factor.make_recovery_codes(session, "ann")
        assert not second_factor.check(session, "ann", codes[4])
        assert second_factor.check(session, "ann", fresh[0])


def test_a_password_known_without_the_phone_is_void_in_the_end(
    records_database: Database, records_clock: StepClock, ann: User
) -> None:
    with records_database.begin() as session:
        secret, _ = enrol(session)
        wrong = make_wrong_code(session, secret)
        for _ in range(MOST_FAILURES):
            assert not second_factor.check(session, "ann", wrong)
    with pytest.raises(NotAllowedError):
        users.sign_in(records_database, name="ann", password=PASSWORD, client="192.0.2.1")
    records_clock.step(seconds=30)
    with records_database.begin() as session:  # nor does the right code help who came by another way than the password
        right = show_code(session, secret)
        with pytest.raises(NotAllowedError, match="Set a new password by mail first"):
            second_factor.check(session, "ann", right)
    with records_database.begin() as session:
        resets.use(session, resets.start(session, "ann"), "another long password")
        records_clock.step(seconds=30)
        assert second_factor.check(session, "ann", show_code(session, secret))
    assert users.sign_in(records_database, name="ann", password="another long password", client="192.0.2.1").has_totp


def test_a_phone_that_is_removed_is_asked_for_no_more(records_database: Database, ann: User) -> None:
    with records_database.begin() as session:
        old, _ = enrol(session)
        second_factor.remove(session, "ann")
        assert not users.get(session, "ann").has_totp
        assert second_factor.count_recovery_codes(session, ann.id) == 0
        with pytest.raises(UsageError):
            second_factor.check(session, "ann", "123456")
        new, _ = enrol(session)
        assert new != old


def test_the_database_alone_holds_nothing_that_signs_in(records_database: Database, ann: User) -> None:
    with records_database.begin() as session:
        second_factor.begin(session, "ann")
        secret = second_factor.find_secret(session, "ann")
        assert secret is not None
        codes = second_factor.confirm(session, "ann", show_code(session, secret))
        shown = [
            *codes, *(code.replace("-", "") for code in codes), second_factor.write_secret(secret), secret.hex(),
            sign_ins.start(session, ann), resets.start(session, "ann"),
            sign_ins.create_token(session, "ann", label="feed", scope=Scope.READ)[0], PASSWORD,
        ]  # fmt: skip
        kept = " ".join(
            str(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(sa.select(table))
        )
    assert "ann@example.org" in kept
    assert [text for text in shown if text in kept] == []


def test_a_link_sets_a_password_once_and_signs_out_everywhere(
    records_database: Database, records_clock: StepClock, ann: User
) -> None:
    with records_database.begin() as session:
        signed_in = sign_ins.start(session, ann)
        first, link = resets.start(session, "ann"), resets.start(session, "ann")
        assert resets.find_user(session, first) is None  # the later one holds
        assert resets.find_user(session, link) == ann
    with pytest.raises(UsageError, match="at least"), records_database.begin() as session:
        resets.use(session, link, "short")
    with records_database.begin() as session:
        assert resets.use(session, link, "another long password") == ann
        assert sign_ins.find_user(session, signed_in) is None
        with pytest.raises(NotAllowedError, match="Ask for another"):
            resets.use(session, link, "a third long password")
        late = resets.start(session, "ann")
        records_clock.step(hours=1)
        assert resets.find_user(session, late) is None
        assert resets.prune(session) == 1
        users.create_user(session, name="bob", password=PASSWORD, role=Role.ADMIN)
        closed = resets.start(session, "ann")
        users.disable(session, "ann")
        assert resets.find_user(session, closed) is None
    assert users.sign_in(records_database, name="bob", password=PASSWORD, client="192.0.2.1").name == "bob"


def test_an_account_is_found_by_name_or_address_if_mail_reaches_it(records_database: Database, ann: User) -> None:
    with records_database.begin() as session:
        users.create_user(session, name="bob", password=None, role=Role.REVIEWER)
        assert resets.find_account(session, "ann") == resets.find_account(session, " Ann@Example.org ") == ann
        assert resets.find_account(session, "bob") is None  # he has no address
        users.set_email(session, "bob", "ANN@example.org")
        assert resets.find_account(session, "ann@example.org") is None  # whose?
        assert resets.find_account(session, "") is None
    with pytest.raises(NotAllowedError):
        users.sign_in(records_database, name="bob", password="!", client="192.0.2.1")


@pytest.mark.parametrize("name", ["", "a" * 121, "ann\nBcc: x", "an\x00n"])
def test_a_name_that_could_not_be_shown_is_refused(records_database: Database, name: str) -> None:
    with pytest.raises(UsageError), records_database.begin() as session:
        users.create_user(session, name=name, password=PASSWORD, role=Role.REVIEWER)


def test_a_token_tells_when_it_was_used_and_is_revoked_by_its_owner_alone(
    records_database: Database, records_clock: StepClock, ann: User
) -> None:
    with records_database.begin() as session:
        bob = users.create_user(session, name="bob", password=PASSWORD, role=Role.REVIEWER)
        token, kept = sign_ins.create_token(session, "ann", label=" nightly \n export ", scope=Scope.READ)
        assert kept.label == "nightly export"
        with pytest.raises(UsageError):
            sign_ins.create_token(session, "ann", label=" ", scope=Scope.READ)
        assert sign_ins.is_due(session, token)
        sign_ins.touch(session, token)
        assert sign_ins.load_tokens(session)[0].last_used_at == session.now()
        records_clock.step(minutes=4)
        assert not sign_ins.is_due(session, token)
        with pytest.raises(NotFoundError):
            sign_ins.revoke_token(session, kept.id, owner=bob)
        sign_ins.revoke_token(session, kept.id, owner=ann)
        with pytest.raises(UnknownTokenError):
            sign_ins.check_token(session, token)


def test_one_signs_out_everywhere_else(records_database: Database, ann: User) -> None:
    with records_database.begin() as session:
        bob = users.create_user(session, name="bob", password=PASSWORD, role=Role.REVIEWER)
        here, there, other = (sign_ins.start(session, user) for user in (ann, ann, bob))
        assert sign_ins.count(session, ann) == 2
        assert sign_ins.end_others(session, here) == 1
        assert sign_ins.find_user(session, here) == ann
        assert sign_ins.find_user(session, there) is None
        assert sign_ins.find_user(session, other) == bob


def test_a_browser_in_use_stays_signed_in(records_database: Database, records_clock: StepClock, ann: User) -> None:
    with records_database.begin() as session:
        token = sign_ins.start(session, ann)
        for _ in range(5):
            records_clock.step(hours=1)
            assert sign_ins.is_due(session, token)
            sign_ins.touch(session, token)
            assert not sign_ins.is_due(session, token)
        assert sign_ins.find_user(session, token) == ann
        assert timedelta(hours=5) < sign_ins.LIFETIME


def test_old_tries_are_forgotten_and_recent_ones_are_not(records_database: Database, records_clock: StepClock) -> None:
    for name in ("nobody", "somebody"):
        tries.take(records_database, name, "203.0.113.9")
        records_clock.step(hours=13)
    with records_database.begin() as session:
        assert tries.prune(session) == 1
