"""`palpate verify` on two files alone: every listing against a register, one line out for each line in."""

from __future__ import annotations

import logging
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from directory.credentials import Family, Schemes, letters_of, load_schemes, parse_claim
from directory.errors import InputError
from directory.listings_file import UnreadableLine, read_listings, say_unreadable
from directory.models import Listing, Outcome
from verification.combine import ListingVerdict, check_listing
from verification.files import load_register
from verification.lookup import MemoryRegister
from verification.model import Candidate, Mode, Verdict
from verification.sharing import Sharing
from verification.subject import Subject, make_subject

log = logging.getLogger(__name__)

_EVERY = 1000
_TOLD = 100  # lines that could not be read


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What a stand-alone check came to."""

    listings: int
    register_rows: int
    outcomes: dict[str, int]
    set_aside: int
    unreadable: tuple[str, ...]  # the first of those set aside

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "listings": self.listings,
            "register_rows": self.register_rows,
            "outcomes": self.outcomes,
            "set_aside": self.set_aside,
            "unreadable": list(self.unreadable),
        }

    def to_text(self) -> str:
        """As one line a person reads."""
        parts = ", ".join(f"{count} {name}" for name, count in self.outcomes.items())
        aside = f"; {self.set_aside} lines could not be read ({self.unreadable[0]})" if self.set_aside else ""
        return f"{self.listings} listings against {self.register_rows} register rows: {parts or 'nothing'}{aside}"


def verify_files(
    listings: Path,
    register: Path,
    out: Path,
    *,
    on: date,
    mode: Mode | str = Mode.STRICT,
    progress: Callable[[int], object] | None = None,
) -> FileSummary:
    """Writes one JSON line a listing to `out`, in input order; the register counts as read on `on`.

    `out` appears whole or not at all. Two passes over the listings, the first of which notes on disk what all of them
    say: memory grows with the register, not with the listings.
    """
    candidates = list(load_register(register, read_on=on))
    schemes = _widen(candidates)
    lookup = MemoryRegister(candidates)
    rows = len(candidates)
    del candidates
    checker = _Checker(lookup, schemes, _collect_sharing(listings, lookup, schemes), on, Mode(mode))
    outcomes: Counter[str] = Counter()
    unreadable: list[UnreadableLine] = []
    total = set_aside = 0
    try:
        with tempfile.NamedTemporaryFile("wb", dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
            try:
                for item in read_listings(listings):
                    line = checker.check(item)
                    if isinstance(item, UnreadableLine):
                        set_aside += 1
                        unreadable += [item][len(unreadable) // _TOLD :]
                        log.warning("%s, %s. It goes to review.", listings, item)
                    outcomes[line["outcome"]] += 1
                    file.write(orjson.dumps(line) + b"\n")
                    total += 1
                    if progress and total % _EVERY == 0:
                        progress(total)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        Path(file.name).chmod(0o666 & ~_umask())
        Path(file.name).replace(out)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error
    if total and set_aside == total:
        raise InputError(f"{say_unreadable(listings, unreadable[0])} {out} says so of each.")
    order = {outcome.value: place for place, outcome in enumerate(Outcome)}
    counted = dict(sorted(outcomes.items(), key=lambda item: order[item[0]]))
    return FileSummary(total, rows, counted, set_aside, tuple(map(str, unreadable)))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _widen(candidates: list[Candidate]) -> Schemes:
    """The number schemes, never narrower than the register's own numbers and the letters it sets before them."""
    widths: dict[tuple[str, Family], int] = {}
    letters: dict[tuple[str, Family], Counter[str]] = {}
    for candidate in candidates:
        if candidate.key is not None:
            place = (candidate.key.jurisdiction, candidate.key.family)
            widths[place] = max(widths.get(place, 0), len(str(candidate.key.number)))
            letters.setdefault(place, Counter())[letters_of(candidate.record.number)] += 1
    usual = {place: _usual(counted) for place, counted in letters.items()}
    for (jurisdiction, family), words in usual.items():
        if family is not Family.MASSAGE:  # letters that therapists have too tell no family
            shared = usual.get((jurisdiction, Family.MASSAGE), ())
            usual[jurisdiction, family] = tuple(word for word in words if word not in shared)
    return load_schemes().widened({place: (width, usual[place]) for place, width in widths.items()})


def _usual(letters: Counter[str]) -> tuple[str, ...]:
    """The letters that stand before many of a register's numbers: those of a few may be slips."""
    least = sum(letters.values()) / 20
    return tuple(sorted(word for word, count in letters.items() if 0 < len(word) <= 6 and count >= least))


def _collect_sharing(listings: Path, lookup: MemoryRegister, schemes: Schemes) -> Sharing:
    """Which register numbers are used and which names are borne, and with which contacts."""
    sharing = Sharing(lookup)
    for item in read_listings(listings):
        if isinstance(item, Listing):
            subject = make_subject(item)
            sharing.bearers.add(subject)
            for text in item.claims:
                sharing.add(parse_claim(text, subject.region, subject.country, schemes=schemes), subject)
    return sharing


@dataclass(frozen=True, slots=True)
class _Checker:
    """Everything a line is checked with."""

    lookup: MemoryRegister
    schemes: Schemes
    sharing: Sharing
    on: date
    mode: Mode

    def check(self, item: Listing | UnreadableLine) -> dict[str, Any]:
        """The line to write for a listing."""
        if isinstance(item, UnreadableLine):
            return _write_unreadable(item)
        subject = make_subject(item)
        verdict = check_listing(
            subject,
            item.claims,
            self.lookup,
            on=self.on,
            mode=self.mode,
            sharing=self.sharing,
            schemes=self.schemes,
        )
        return write_verdict(subject, verdict)


def write_verdict(subject: Subject, verdict: ListingVerdict) -> dict[str, Any]:
    """One line of the Verified file."""
    return {
        "listing_id": subject.listing_id,
        **_write_one(verdict.deciding),
        "claims": [
            {
                "claim": one.claim.raw if one.claim else None,
                "title": one.claim.title if one.claim else None,
                "jurisdiction": one.claim.jurisdiction if one.claim else None,
                "number": one.claim.number if one.claim else None,
                "rejected": one.claim.rejected if one.claim else None,
                **_write_one(one),
            }
            for one in verdict.verdicts
        ],
    }


def _write_one(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome.value,
        "register_id": verdict.register_id,
        "rule": verdict.rule,
        "grade": verdict.grade,
        "explanation": " ".join(verdict.explanation),
        "suggestions": [{"register_id": s.register_id, "why": s.why} for s in verdict.suggestions],
    }


def _write_unreadable(item: UnreadableLine) -> dict[str, Any]:
    return {
        "listing_id": item.listing_id,
        "outcome": Outcome.REVIEW.value,
        "register_id": None,
        "rule": "listing-unreadable",
        "grade": None,
        "explanation": f"This listing could not be read: {item}. A person will look at it.",
        "suggestions": [],
        "claims": [],
    }
