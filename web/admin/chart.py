"""A small bar chart of a source's runs, drawn here as SVG, with the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from records.runs import Run, RunState

WIDTH, HEIGHT, GAP = 280, 56, 2
SHORTEST = 2  # a run that read nothing is still seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One run; `tone` names its colour, and the words say it too."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a box, oldest run first; `text` says what they show."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    text: str


def make_chart(runs: Sequence[Run]) -> Chart | None:
    """The chart of runs that ended, newest first as `runs.history` gives them; None if there are none."""
    ended = [run for run in reversed(runs) if run.summary is not None]
    if not ended:
        return None
    counts = [run.summary.fetched if run.summary else 0 for run in ended]
    most = max(*counts, 1)
    slot = WIDTH / max(len(ended), 12)
    bars = []
    for place, (run, count) in enumerate(zip(ended, counts, strict=True)):
        height = max(SHORTEST, round(HEIGHT * count / most, 1))
        tone = "good" if run.state is RunState.DONE else "bad"
        title = f"{run.started_at:%Y-%m-%d %H:%M}: {count:,} read, {run.state.value}"
        bars.append(Bar(round(place * slot, 1), HEIGHT - height, round(slot - GAP, 1), height, tone, title))
    failed = sum(run.state is not RunState.DONE for run in ended)
    text = (
        f"Read in the last {len(ended)} run{'' if len(ended) == 1 else 's'}: "
        f"{min(counts):,} to {max(counts):,}, last {counts[-1]:,}. "
        f"{failed or 'None'} failed or {'was' if failed == 1 else 'were'} set in quarantine."
    )
    return Chart(WIDTH, HEIGHT, tuple(bars), text)
