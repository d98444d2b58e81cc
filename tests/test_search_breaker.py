"""The circuit breaker: an engine that is away is asked now and then, by one, and not by everybody."""

from __future__ import annotations

import threading

import pytest

from directory.errors import EngineAwayError, EngineUnavailableError, UsageError
from search.breaker import Breaker

LATEST_S = 600  # a busy machine is slow


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Service:
    """Something that answers or does not, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.problem: Exception | None = None

    def __call__(self) -> str:
        self.asked += 1
        if self.problem:
            raise self.problem
        return "answer"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, pause_s=5, now=clock)


def fail(breaker: Breaker, service: Service, times: int) -> None:
    service.problem = EngineAwayError("away")
    for _ in range(times):
        with pytest.raises(EngineAwayError):
            breaker.call(service)


def test_after_three_failures_in_a_row_nobody_is_kept_waiting(breaker: Breaker, service: Service) -> None:
    fail(breaker, service, 100)
    assert service.asked == 3


def test_an_answer_in_between_begins_the_count_anew(breaker: Breaker, service: Service) -> None:
    for _ in range(5):
        fail(breaker, service, 2)
        service.problem = None
        assert breaker.call(service) == "answer"
    assert service.asked == 15


def test_after_the_pause_one_is_let_through_on_trial(breaker: Breaker, service: Service, clock: Clock) -> None:
    fail(breaker, service, 3)
    clock.now += 4.9
    fail(breaker, service, 10)
    assert service.asked == 3
    clock.now += 0.2
    fail(breaker, service, 10)  # the trial fails, and the next pause begins
    assert service.asked == 4
    clock.now += 5
    service.problem = None
    assert [breaker.call(service) for _ in range(3)] == ["answer"] * 3
    assert service.asked == 7


def test_while_one_is_on_trial_the_others_are_answered_at_once(
    breaker: Breaker, service: Service, clock: Clock
) -> None:
    fail(breaker, service, 3)
    clock.now += 6
    under_way, may_end = threading.Event(), threading.Event()

    def ask_slowly() -> str:
        under_way.set()
        assert may_end.wait(LATEST_S)
        return "slow answer"

    trial = threading.Thread(target=lambda: breaker.call(ask_slowly))
    trial.start()
    assert under_way.wait(LATEST_S)
    fail(breaker, service, 5)
    assert service.asked == 3
    may_end.set()
    trial.join()
    service.problem = None
    assert breaker.call(service) == "answer"


@pytest.mark.parametrize("problem", [EngineUnavailableError("refused"), UsageError("cannot be asked")])
def test_a_refused_request_says_nothing_against_the_engine(
    breaker: Breaker, service: Service, problem: Exception
) -> None:
    service.problem = problem
    for _ in range(10):
        with pytest.raises(type(problem)):
            breaker.call(service)
    assert service.asked == 10


def test_a_request_that_cannot_be_asked_gives_the_trial_back(breaker: Breaker, service: Service, clock: Clock) -> None:
    fail(breaker, service, 3)
    clock.now += 6
    service.problem = UsageError("cannot be asked")
    for _ in range(2):
        with pytest.raises(UsageError):
            breaker.call(service)
    service.problem = None
    assert breaker.call(service) == "answer"
