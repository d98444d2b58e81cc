"""Gates: what a full read must look like before anything of it is believed."""

from __future__ import annotations

from dataclasses import replace

from crawler.sources.model import Source, SourceKind
from crawler.tally import Gate, Tally
from records.runs import Run

NEAR_PERCENT = 10  # how far the counts may be from those that a person accepted
NEVER = "brings something"  # nothing read is nothing to accept


def check_gates(source: Source, tally: Tally, *, full: bool, previous: int | None, saved: bool) -> tuple[Gate, ...]:
    """Every gate of this run with its outcome.

    `full`: the whole source was asked for; `previous`: how many the last good full read brought; `saved`: read from a
    file given by hand, which promises nothing unless it is full.
    """
    gates: list[Gate] = []
    count = tally.observed
    if saved and not full:
        return ()
    if source.kind is not SourceKind.PRACTICE_SITES or tally.fetched:
        gates.append(_gate(NEVER, tally.readable > 0, f"{count} of {tally.fetched} read could be used"))
    if not full:
        return tuple(gates)
    expected = source.expected
    gates.append(_gate("at least expected", count >= expected.min, f"{count}, expected {expected.min} or more"))
    gates.append(_gate("at most expected", count <= expected.max, f"{count}, expected {expected.max} or fewer"))
    if previous:
        least = previous * (1 - expected.max_drop_percent / 100)
        detail = f"{count} after {previous}; a drop of {expected.max_drop_percent:g} % is allowed"
        gates.append(_gate("no sudden drop", count >= least, detail))
    for name, share in sorted(expected.fill.items()):
        found = tally.filled[name] / count if count else 0.0
        gates.append(_gate(f"{name} is filled", found >= share, f"{found:.1%}, expected {share:.1%} or more"))
    return tuple(gates)


def let_through(gates: tuple[Gate, ...], tally: Tally, held: Run) -> tuple[Gate, ...]:
    """The gates after a person accepted those that failed in the run `held`: they pass, if as much was read again."""
    if held.summary is None or abs(tally.fetched - held.summary.fetched) * 100 > held.summary.fetched * NEAR_PERCENT:
        return gates
    accepted = {text.partition(":")[0] for text in held.summary.gates} - {NEVER}
    return tuple(
        gate
        if gate.passed or gate.name not in accepted
        else replace(gate, passed=True, detail=f"{gate.detail}; accepted")
        for gate in gates
    )


def _gate(name: str, passed: bool, detail: str) -> Gate:
    return Gate(name=name, passed=passed, detail=detail)
