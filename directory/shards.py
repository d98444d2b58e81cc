"""Work shared between workers: each unit falls to exactly one of them, the same one every time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

from directory.errors import UsageError


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `count` workers that share the units of work between them; `index` counts from 1."""

    index: int = 1
    count: int = 1

    @classmethod
    def of(cls, count: int) -> tuple[Self, ...]:
        """All shards of so many."""
        return tuple(cls(index, count) for index in range(1, count + 1))

    def has(self, unit: str) -> bool:
        """Whether the unit falls to this worker."""
        return int.from_bytes(hashlib.sha256(unit.encode()).digest()[:8]) % self.count == self.index - 1

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"


WHOLE = Shard()


def parse_shard(text: str | None) -> Shard:
    """The shard named 'i/n'; raises `UsageError` for anything else."""
    if text is None:
        return WHOLE
    index, slash, count = text.partition("/")
    if not (slash and index.isdigit() and count.isdigit() and 1 <= int(index) <= int(count)):
        raise UsageError(f"--shard {text} cannot be used: write i/n with i from 1 to n, such as 2/4.")
    return Shard(int(index), int(count))
