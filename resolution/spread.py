"""Work on many parts at once, in processes that share this one's memory as it is: nothing but results is copied."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from typing import Any, TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

_work: Callable[[Any], Any] | None = None  # what the processes forked from this one are to do


def spread(work: Callable[[Part], Result], parts: Iterable[Part]) -> list[Result]:
    """What `work` makes of each part, in their order; where processes can't be forked, one after the other."""
    global _work  # noqa: PLW0603 (a forked process finds it where it was; passing it would copy what it holds)
    parts = list(parts)
    workers = min(len(parts), os.cpu_count() or 1)
    if workers < 2 or "fork" not in get_all_start_methods():
        return list(map(work, parts))
    _work = work
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            return list(pool.map(_do, parts))
    finally:
        _work = None


def _do(part: Any) -> Any:
    assert _work is not None
    return _work(part)
