"""What a run brought so far, and the summary it becomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from crawler.items import OTHER_FILE, Batch

SAMPLES = 20


class SourceState(StrEnum):
    """How the run of one source ended."""

    DONE = "done"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    SKIPPED = "skipped"


@dataclass(slots=True)
class Tally:
    """Counts of one source's run; adds up over batches and over a resumed run."""

    fetched: int = 0
    observed: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    samples: list[str] = field(default_factory=list)

    @property
    def readable(self) -> int:
        """How many rows or pages could be read, ours or not."""
        return self.observed + self.passed_over.total() - self.passed_over[OTHER_FILE]

    def count_batch(self, batch: Batch, fill: tuple[str, ...] = ()) -> None:
        """Count what a batch holds; `fill` names payload fields whose share of filled values is watched."""
        self.fetched += batch.fetched
        self.observed += len(batch.observations)
        self.passed_over.update(batch.passed_over)
        self.notes.update(batch.notes)
        for aside in batch.set_aside:
            self.set_aside[aside.reason] += 1
            if len(self.samples) < SAMPLES:
                self.samples.append(f"{aside.where}: {aside.reason}")
        for observation in batch.observations:
            for name in fill:
                value = getattr(observation.payload, "full_name" if name == "name" else name, None)
                self.filled[name] += value not in (None, "", ())

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        for name in ("fetched", "observed", "new", "changed", "unchanged", "removed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("set_aside", "passed_over", "notes", "filled"):
            getattr(self, name).update(getattr(other, name))
        self.samples = [*self.samples, *other.samples][:SAMPLES]

    def to_json(self) -> dict[str, object]:
        """Plain values, for the journal."""
        values = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The tally that `to_json` wrote."""
        counters = {name: Counter(data[name]) for name in ("set_aside", "passed_over", "notes", "filled")}
        return cls(**{**data, **counters})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A promise that was checked after a run, and how it stood."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """What the run of one source came to; `error` says in one line what to do about it."""

    source: str
    state: SourceState
    run_id: str | None = None
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    closed: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    error: str | None = None
    errors: tuple[str, ...] = ()
    full: bool = False
    resumed: bool = False
    read_on: date | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def stored(self) -> int:
        """How many observations the run brought, known ones too."""
        return self.new + self.changed + self.unchanged

    @property
    def failed(self) -> bool:
        """Whether the command that ran it should say that it failed."""
        return self.state in {SourceState.FAILED, SourceState.QUARANTINED}

    def to_text(self) -> str:
        """The summary for a terminal: one line, and one more for everything a person should look at."""
        if self.state is SourceState.SKIPPED:
            return f"{self.source}: skipped ({'; '.join(self.notes)})"
        counts = f"{self.fetched} fetched, {self.new} new, {self.changed} changed, {self.unchanged} unchanged"
        more = [
            f"{sum(self.set_aside.values())} set aside ({_join(self.set_aside)})" if self.set_aside else "",
            f"{sum(self.passed_over.values())} passed over ({_join(self.passed_over)})" if self.passed_over else "",
            f"{self.removed} left out on request" if self.removed else "",
            f"{self.closed} closed" if self.closed else "",
            f"{len(self.gates)} gates passed" if self.gates and all(gate.passed for gate in self.gates) else "",
            "resumed" if self.resumed else "",
        ]
        lines = [f"{self.source}: {self.state}: {', '.join([counts, *filter(None, more)])}"]
        lines += [f"  gate failed: {gate.name}: {gate.detail}" for gate in self.gates if not gate.passed]
        lines += [f"  {error}" for error in self.errors]
        lines += [f"  note: {text} ({count})" for text, count in sorted(self.notes.items())]
        lines += [f"  set aside: {sample}" for sample in self.samples[:5]]
        return "\n".join(lines)

    def to_json(self) -> dict[str, object]:
        """Plain JSON values."""
        plain = asdict(self)
        for name in ("read_on", "started_at", "finished_at"):
            plain[name] = plain[name].isoformat() if plain[name] else None
        return plain


def _join(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{reason}: {count}" for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
