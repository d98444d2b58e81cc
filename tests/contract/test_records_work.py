"""What is promised of users, sessions, tokens and jobs, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory.errors import ConflictError, NotAllowedError, NotFoundError, TooManyTriesError, UsageError
from records import jobs, sign_ins, users
from records.database import Database
from records.jobs import JobState
from records.sign_ins import Scope
from records.users import Role, User
from tests.records_fixtures import StepClock

PASSWORD = "correct horse battery"


def make_user(database: Database, name: str = "ann", role: Role = Role.ADMIN) -> User:
    with database.begin() as session:
        return users.create_user(session, name=name, password=PASSWORD, role=role)


def sign_in(database: Database, password: str = PASSWORD, *, name: str = "ann", client: str = "192.0.2.1") -> User:
    return users.sign_in(database, name=name, password=password, client=client)


def test_only_the_right_password_signs_in(records_database: Database) -> None:
    made = make_user(records_database)
    assert sign_in(records_database) == made
    with pytest.raises(NotAllowedError) as wrong_password:
        sign_in(records_database, "another password")
    with pytest.raises(NotAllowedError) as wrong_name:
        sign_in(records_database, name="nobody")
    assert str(wrong_password.value) == str(wrong_name.value)


def test_a_name_is_given_once_and_a_password_is_not_short(records_database: Database) -> None:
    make_user(records_database)
    with pytest.raises(ConflictError):
        make_user(records_database)
    with pytest.raises(UsageError, match="at least"), records_database.begin() as session:
        users.create_user(session, name="bob", password="short", role=Role.REVIEWER)


def test_who_guesses_waits_and_nobody_else_does(records_database: Database, records_clock: StepClock) -> None:
    make_user(records_database)
    for _ in range(5):
        with pytest.raises(NotAllowedError, match="wrong"):
            sign_in(records_database, "a guess at it", client="203.0.113.9")
    with pytest.raises(TooManyTriesError, match="seconds"):
        sign_in(records_database, client="203.0.113.9")
    assert sign_in(records_database, client="192.0.2.1").name == "ann"
    records_clock.step(seconds=3)
    assert sign_in(records_database, client="203.0.113.9").name == "ann"


def test_the_wait_grows_but_never_beyond_a_quarter_of_an_hour(
    records_database: Database, records_clock: StepClock
) -> None:
    make_user(records_database)
    for _ in range(15):
        with pytest.raises(NotAllowedError, match="wrong"):
            sign_in(records_database, "a guess at it")
        records_clock.step(minutes=15)
    assert sign_in(records_database).name == "ann"


def test_a_closed_account_can_t_sign_in_and_the_last_administrator_stays(records_database: Database) -> None:
    make_user(records_database)
    make_user(records_database, "bob", Role.REVIEWER)
    with pytest.raises(ConflictError, match="last administrator"), records_database.begin() as session:
        users.disable(session, "ann")
    with pytest.raises(ConflictError, match="last administrator"), records_database.begin() as session:
        users.set_role(session, "ann", Role.REVIEWER)
    with records_database.begin() as session:
        users.disable(session, "bob")
    with pytest.raises(NotAllowedError):
        sign_in(records_database, name="bob")
    with records_database.begin() as session:
        users.enable(session, "bob")
        users.set_role(session, "bob", Role.ADMIN)
        users.disable(session, "ann")
    assert sign_in(records_database, name="bob").role is Role.ADMIN


def test_each_role_covers_those_before_it() -> None:
    assert Role.ADMIN.covers(Role.SECOND_REVIEWER)
    assert Role.SECOND_REVIEWER.covers(Role.REVIEWER)
    assert not Role.REVIEWER.covers(Role.SECOND_REVIEWER)
    assert not Role.READ_ONLY.covers(Role.REVIEWER)


def test_a_session_ends_with_time_idleness_and_sign_out(records_database: Database, records_clock: StepClock) -> None:
    user = make_user(records_database)
    with records_database.begin() as session:
        token, other = sign_ins.start(session, user), sign_ins.start(session, user)
        assert sign_ins.find_user(session, token) == user
        assert sign_ins.find_user(session, "made up") is None
        sign_ins.end(session, other)
        assert sign_ins.find_user(session, other) is None
        for _ in range(11):
            records_clock.step(hours=1)
            sign_ins.touch(session, token)
        assert sign_ins.find_user(session, token) == user
        records_clock.step(hours=1)
        assert sign_ins.find_user(session, token) is None
        assert sign_ins.prune(session) == 1
        idle = sign_ins.start(session, user)
        records_clock.step(hours=2)
        assert sign_ins.find_user(session, idle) is None


def test_a_rotated_token_takes_the_place_of_the_old_one(records_database: Database) -> None:
    user = make_user(records_database)
    with records_database.begin() as session:
        old = sign_ins.start(session, user)
        new = sign_ins.rotate(session, old)
        assert sign_ins.find_user(session, old) is None
        assert sign_ins.find_user(session, new) == user
        with pytest.raises(NotAllowedError):
            sign_ins.rotate(session, old)


def test_a_new_password_signs_out_everywhere(records_database: Database) -> None:
    user = make_user(records_database)
    with records_database.begin() as session:
        token = sign_ins.start(session, user)
        users.set_password(session, "ann", "another long password")
        assert sign_ins.find_user(session, token) is None
    assert sign_in(records_database, "another long password") == user


def test_a_token_opens_its_scope_until_it_expires_or_is_revoked(
    records_database: Database, records_clock: StepClock
) -> None:
    user = make_user(records_database)
    with records_database.begin() as session:
        token, kept = sign_ins.create_token(
            session, "ann", label="export", scope=Scope.REVIEW, lifetime=timedelta(days=1)
        )
        assert sign_ins.check_token(session, token, Scope.READ) == (user, Scope.REVIEW)
        with pytest.raises(NotAllowedError, match="admin"):
            sign_ins.check_token(session, token, Scope.ADMIN)
        with pytest.raises(NotAllowedError, match="unknown"):
            sign_ins.check_token(session, "palpate_made-up", Scope.READ)
        assert sign_ins.load_tokens(session, "ann") == [kept]
        lasting, other = sign_ins.create_token(session, "ann", label="feed", scope=Scope.READ)
        records_clock.step(days=1)
        with pytest.raises(NotAllowedError, match="expired"):
            sign_ins.check_token(session, token, Scope.READ)
        sign_ins.revoke_token(session, other.id)
        with pytest.raises(NotAllowedError, match="revoked"):
            sign_ins.check_token(session, lasting, Scope.READ)


def test_a_job_goes_to_one_worker_in_order_of_urgency_and_time(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        later = jobs.add(session, "crawl", "later", run_at=records_clock.now() + timedelta(hours=1))
        first = jobs.add(session, "crawl", "co_dora", {"full": "yes"})
        urgent = jobs.add(session, "index", "update", priority=1)
        assert jobs.add(session, "crawl", "co_dora").id == first.id
        order = [jobs.claim(session, worker) for worker in ("one", "two", "three")]
        assert [job and job.id for job in order] == [urgent.id, first.id, None]
        assert order[1] is not None
        assert order[1].payload == {"full": "yes"}
        records_clock.step(hours=1)
        found = jobs.claim(session, "three", ["crawl"])
        assert found is not None
        assert found.id in {later.id, first.id}


def test_a_dead_worker_s_job_goes_to_the_next_and_its_word_counts_no_more(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        jobs.add(session, "crawl", "co_dora")
        dead = jobs.claim(session, "one", lease_s=60)
        assert dead is not None
        records_clock.step(seconds=59)
        assert jobs.claim(session, "two") is None
        dead = jobs.renew(session, dead, lease_s=60)
        records_clock.step(seconds=60)
        taken = jobs.claim(session, "two")
        assert taken is not None
        assert (taken.id, taken.attempts) == (dead.id, 2)
        with pytest.raises(ConflictError, match="another worker"):
            jobs.done(session, dead)
        jobs.done(session, taken)
        assert [job.state for job in jobs.load(session)] == [JobState.DONE]
        assert jobs.add(session, "crawl", "co_dora").id != dead.id


def test_a_failing_job_waits_longer_and_is_given_up_in_the_end(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        jobs.add(session, "crawl", "co_dora")
        for wait_s in (30, 60):
            job = jobs.claim(session, "one")
            assert job is not None
            assert jobs.failed(session, job, "no answer", most_attempts=3) is JobState.WAITING
            records_clock.step(seconds=wait_s - 1)
            assert jobs.claim(session, "one") is None
            records_clock.step(seconds=1)
        job = jobs.claim(session, "one")
        assert job is not None
        assert jobs.failed(session, job, "no answer", most_attempts=3) is JobState.FAILED
        assert jobs.claim(session, "one") is None


def test_an_unknown_account_or_token_is_said_to_be_so(records_database: Database) -> None:
    with records_database.begin() as session:
        with pytest.raises(NotFoundError):
            users.get(session, "nobody")
        with pytest.raises(NotFoundError):
            sign_ins.revoke_token(session, "nothing")
