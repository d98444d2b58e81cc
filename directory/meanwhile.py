"""Something done again and again in the background for as long as a piece of work takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def meanwhile(act: Callable[[], object], every_s: float) -> Iterator[None]:
    """Act every `every_s` seconds, in a thread of its own, while the block runs; an error of `act` ends that."""
    ended = Event()

    def go_on() -> None:
        while not ended.wait(every_s):
            act()

    thread = Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
