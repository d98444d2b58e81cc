"""Measures the decision table on made-up worlds with known truth, beside the simple policies it replaces.

    python -m benchmarks.verification --seeds 101-110

Prints one table over all seeds, then every gate with what was measured; exits 1 if a gate is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rapidfuzz.fuzz import token_set_ratio

from benchmarks.verification_world import ON, World, make_world
from directory.credentials import LicenceKey, parse_claim
from directory.models import Listing, Outcome, RegisterRecord
from directory.names import parse_name
from resolution.features import fold_city, fold_phone
from verification.combine import check_listing
from verification.lookup import MemoryRegister
from verification.model import Corroboration, Mode
from verification.sharing import Sharing
from verification.status import status_on
from verification.subject import Subject, make_subject

GIVES_STATUS = (Outcome.VERIFIED, Outcome.EXPIRED, Outcome.INACTIVE, Outcome.DISCIPLINED, Outcome.STALE)
ADVERSE = ("expired", "inactive", "disciplined")
Answer = tuple[Outcome, str | None, tuple[str, ...]]
Policy = Callable[[Subject, Listing], Answer]


@dataclass
class Score:
    """What a policy came to, over any number of worlds."""

    counts: Counter[str] = field(default_factory=Counter)
    microseconds: float = 0.0

    def share(self, part: str, whole: str) -> float:
        """One count over another; 0 of nothing is 0."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 0.0


class Prepared:
    """A world made ready once, so that every policy is timed on the same parsed names."""

    def __init__(self, world: World):
        self.world = world
        self.subjects = [(make_subject(listing), listing) for listing in world.listings]
        self.plain = MemoryRegister(world.records)
        self.with_nppes = MemoryRegister(world.records, make_corroborations(world))
        self.sharing = Sharing(self.plain)
        for subject, listing in self.subjects:
            self.sharing.bearers.add(subject)
            for text in listing.claims:
                self.sharing.add(parse_claim(text, subject.region), subject)

    def by_key(self, listing: Listing) -> RegisterRecord | None:
        """The one record that any claim's number finds."""
        for text in listing.claims:
            key = parse_claim(text, listing.region).key
            found = self.plain.find_by_key(key) if key else ()
            if len(found) == 1:
                return found[0].record
        return None


def make_corroborations(world: World) -> dict[LicenceKey, list[Corroboration]]:
    """NPPES as the rules see it."""
    found: dict[LicenceKey, list[Corroboration]] = {}
    for region, number, given, family, city, phone in world.npis:
        key = parse_claim(number, region).key
        if key is not None:
            name = parse_name(f"{given} {family}")
            row = Corroboration(
                npi="", name=name, city=fold_city(city), phone=fold_phone(phone, "US") or None, postal_code=None
            )
            found.setdefault(key, []).append(row)
    return found


# --- policies ---------------------------------------------------------------------------------------------


def number_only(prepared: Prepared) -> Policy:
    """The number decides."""

    def decide(_: Subject, listing: Listing) -> Answer:
        record = prepared.by_key(listing)
        if record is None:
            return Outcome.NOT_FOUND, None, ()
        return status_on(record, ON).outcome, record.register_id, ()

    return decide


def name_and_city(prepared: Prepared) -> Policy:
    """The only record of this very name in this city decides; several go to a person."""
    index: dict[tuple[str, str, str, str], list[RegisterRecord]] = {}
    for record in prepared.world.records:
        name = parse_name(record.full_name)
        place = (record.jurisdiction, fold_city(record.city or ""), name.given_key, "".join(name.family_keys))
        index.setdefault(place, []).append(record)

    def decide(subject: Subject, _: Listing) -> Answer:
        if subject.name is None:
            return Outcome.NOT_FOUND, None, ()
        name = subject.name
        found: list[RegisterRecord] = []
        for city in {subject.city, ""} if subject.region == "WA" else {subject.city}:
            found += index.get((subject.region or "", city, name.given_key, "".join(name.family_keys)), [])
        if len(found) > 1:
            return Outcome.REVIEW, None, tuple(record.register_id for record in found)
        return (status_on(found[0], ON).outcome, found[0].register_id, ()) if found else (Outcome.NOT_FOUND, None, ())

    return decide


def number_and_likeness(prepared: Prepared) -> Policy:
    """The number decides if the names score 80 or more as sets of words; else the listing is called a mismatch."""

    def decide(subject: Subject, listing: Listing) -> Answer:
        record = prepared.by_key(listing)
        if record is None or subject.name is None:
            return Outcome.NOT_FOUND, None, ()
        if token_set_ratio(subject.name.display.lower(), record.full_name.lower().replace(",", "")) < 80:
            return Outcome.NAME_MISMATCH, None, ()
        return status_on(record, ON).outcome, record.register_id, ()

    return decide


def table(prepared: Prepared, mode: Mode, *, nppes: bool = False) -> Policy:
    """The decision table."""
    lookup = prepared.with_nppes if nppes else prepared.plain

    def decide(subject: Subject, listing: Listing) -> Answer:
        found = check_listing(subject, listing.claims, lookup, on=ON, mode=mode, sharing=prepared.sharing).deciding
        return found.outcome, found.register_id, tuple(s.register_id for s in found.suggestions)

    return decide


POLICIES: dict[str, Callable[[Prepared], Policy]] = {
    "number only": number_only,
    "name + city": name_and_city,
    "number + likeness >= 80": number_and_likeness,
    "table, default": lambda prepared: table(prepared, Mode.DEFAULT),
    "table, strict": lambda prepared: table(prepared, Mode.STRICT),
    "table, strict + NPPES": lambda prepared: table(prepared, Mode.STRICT, nppes=True),
}


# --- scoring ----------------------------------------------------------------------------------------------


def score_policy(prepared: Prepared, policy: Policy, score: Score) -> None:
    """Adds one world's results to `score`."""
    counts = score.counts
    for subject, listing in prepared.subjects:
        truth = prepared.world.truth[listing.listing_id]
        outcome, register_id, suggestions = policy(subject, listing)
        counts["listings"] += 1
        counts["claims"] += bool(listing.claims)
        counts["verified"] += outcome is Outcome.VERIFIED
        counts["review"] += outcome is Outcome.REVIEW and bool(listing.claims)
        gave = outcome in GIVES_STATUS
        wrong = gave and register_id not in truth.records
        kin = truth.theft in ("namesake", "relative")
        counts["theft"] += kin
        counts["theft passed"] += wrong and kin
        counts["wrong person"] += wrong and not kin
        counts["branded"] += outcome is Outcome.NAME_MISMATCH and truth.own_number
        if truth.own_number and truth.status == "verified":
            counts["due verified"] += 1
            counts["got verified"] += outcome is Outcome.VERIFIED and not wrong
        if truth.status in ADVERSE:
            counts["adverse as verified"] += outcome is Outcome.VERIFIED and not wrong
            counts["due adverse"] += truth.own_number
            counts["got adverse"] += truth.own_number and outcome.value == truth.status and not wrong
        if outcome is Outcome.REVIEW and truth.records:
            counts["suggested due"] += 1
            counts["suggested"] += bool(set(suggestions) & set(truth.records))


def time_policy(prepared: Prepared, policy: Policy) -> float:
    """Microseconds of processor time a listing, in a pass over a world that was seen before."""
    started = time.process_time()
    for subject, listing in prepared.subjects:
        policy(subject, listing)
    return (time.process_time() - started) / len(prepared.subjects) * 1e6


def measure(seeds: Sequence[int], size: int) -> dict[str, Score]:
    """Every policy on every world; timed on the first."""
    scores = {name: Score() for name in POLICIES}
    for seed in seeds:
        prepared = Prepared(make_world(seed, size))
        for name, make in POLICIES.items():
            policy = make(prepared)
            score_policy(prepared, policy, scores[name])
            if seed == seeds[0]:
                scores[name].microseconds = time_policy(prepared, policy)
    return scores


def gates(scores: dict[str, Score]) -> list[tuple[str, float, str, bool]]:
    """(what, measured, bound, met) of every gate."""
    default, strict, nppes = (scores[f"table, {name}"] for name in ("default", "strict", "strict + NPPES"))
    ours = (default, strict, nppes)
    most, least = "at most", "at least"
    rows = [
        ("listings checked", float(default.counts["listings"]), least, 48_000.0),
        ("wrong person outside kin theft", float(sum(s.counts["wrong person"] for s in ours)), most, 0.0),
        ("adverse shown as verified", float(sum(s.counts["adverse as verified"] for s in ours)), most, 0.0),
        ("kin theft passed, strict", strict.share("theft passed", "theft"), most, 0.10),
        ("kin theft passed, strict + NPPES", nppes.share("theft passed", "theft"), most, 0.05),
        ("verify recall, default", default.share("got verified", "due verified"), least, 0.88),
        ("verify recall, strict", strict.share("got verified", "due verified"), least, 0.77),
        ("adverse recall, default", default.share("got adverse", "due adverse"), least, 0.83),
        ("claims to review, default", default.share("review", "claims"), most, 0.22),
        ("suggestion holds the true record", default.share("suggested", "suggested due"), least, 0.97),
        ("microseconds a listing, warm", default.microseconds, most, 250.0),
    ]
    return [
        (what, got, f"{kind} {bound:g}", got <= bound if kind == most else got >= bound)
        for what, got, kind, bound in rows
    ]


def print_table(scores: dict[str, Score]) -> None:
    """All policies side by side."""
    head = (
        "policy",
        "verified",
        "wrong",
        "kin theft",
        "branded",
        "recall",
        "adverse",
        "adv.→ver.",
        "review",
        "suggest",
        "µs",
    )
    print(("{:26}" + "{:>10}" * (len(head) - 1)).format(*head))
    for name, score in scores.items():
        counts = score.counts
        cells = (
            counts["verified"], counts["wrong person"], f"{score.share('theft passed', 'theft'):.3f}",
            counts["branded"],
            f"{score.share('got verified', 'due verified'):.3f}", f"{score.share('got adverse', 'due adverse'):.3f}",
            counts["adverse as verified"], f"{score.share('review', 'claims'):.3f}",
            f"{score.share('suggested', 'suggested due'):.3f}", f"{score.microseconds:.0f}",
        )  # fmt: skip
        print(("{:26}" + "{:>10}" * len(cells)).format(name, *cells))


def _read_seeds(text: str) -> list[int]:
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def main(argv: list[str] | None = None) -> int:
    """Runs the comparison and the gates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=_read_seeds, default=_read_seeds("101-110"), help="for example 101-110")
    parser.add_argument("--size", type=int, default=2_800, help="registered people a world")
    options = parser.parse_args(argv)
    scores = measure(options.seeds, options.size)
    print_table(scores)
    print()
    results = gates(scores)
    for what, got, bound, met in results:
        print(f"{'met ' if met else 'MISSED'}  {what:36} {got:.4g}  ({bound})")
    return 0 if all(met for *_, met in results) else 1


if __name__ == "__main__":
    sys.exit(main())
