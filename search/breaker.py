"""A circuit breaker: an engine that is away is not asked by every visitor, each waiting in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from directory.errors import EngineAwayError, EngineUnavailableError

T = TypeVar("T")

FAILURES = 3
PAUSE_S = 5.0


class Breaker:
    """Lets calls through until `failures` in a row found the engine away; then none for `pause_s`, then one on trial.

    The trial decides: an answer lets all through again, another failure begins the next pause. Any thread may call.
    """

    def __init__(
        self, *, failures: int = FAILURES, pause_s: float = PAUSE_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._pause_s, self._now = failures, pause_s, now
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0
        self._on_trial = False

    def call(self, ask: Callable[[], T]) -> T:
        """What `ask` gives; raises `EngineAwayError` at once, without asking, while the engine is known to be away."""
        self._enter()
        try:
            answer = ask()
        except EngineAwayError:
            self._leave(self._failures + 1)
            raise
        except EngineUnavailableError:  # it refused, so it is there
            self._leave(0)
            raise
        except BaseException:  # nothing was learnt about the engine
            self._leave(self._failures)
            raise
        self._leave(0)
        return answer

    def _enter(self) -> None:
        if self._failures < self._most:
            return
        with self._lock:
            if self._failures >= self._most:
                if self._on_trial or self._now() < self._closed_until:
                    raise EngineAwayError("The search engine is away; it is asked again in a few seconds.")
                self._on_trial = True

    def _leave(self, failures: int) -> None:
        if not failures and not self._failures:
            return
        with self._lock:
            if failures > self._failures >= self._most - 1:
                self._closed_until = self._now() + self._pause_s
            self._failures, self._on_trial = failures, False
