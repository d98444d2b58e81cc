"""What spiders yield: batches of observations, with what was set aside and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from directory.models import Observation


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row, page or file that could not be used: where it stood, and why in a few words that can be counted."""

    where: str
    reason: str


OTHER_FILE = "another kind of file"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A row or file that is none of ours (another profession, another kind of file)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader of the summary should know; the same words are counted once."""

    text: str


Finding = Observation | SetAside | PassedOver | Note


@dataclass(slots=True)
class Batch:
    """What some reading brought to one unit of work (a slice, a site, a file); `done` closes the unit."""

    unit: str
    fetched: int = 0
    observations: list[Observation] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    done: bool = False

    def add(self, finding: Finding) -> None:
        """Take one finding in."""
        match finding:
            case Observation():
                self.observations.append(finding)
            case SetAside():
                self.set_aside.append(finding)
            case PassedOver():
                self.passed_over[finding.reason] += 1
            case Note():
                self.notes[finding.text] += 1


def make_batches(unit: str, rows: Iterable[Iterable[Finding]], *, size: int = 500) -> Iterator[Batch]:
    """The findings of rows in batches of `size` rows, the last of which closes the unit."""
    batch = Batch(unit)
    for findings in rows:
        if batch.fetched >= size:
            yield batch
            batch = Batch(unit)
        batch.fetched += 1
        for finding in findings:
            batch.add(finding)
    batch.done = True
    yield batch
