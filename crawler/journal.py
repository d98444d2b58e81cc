"""What an unfinished run has done, kept on disk so that a killed run goes on where it stood.

One folder a source and plan. A unit of work (a slice, a site, a file) is written to a part file of its own, which gets
its name when the unit is complete; a line in the journal says so. What has no line is done again.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import orjson

from crawler.tally import Tally
from directory.errors import LockedError
from directory.models import PAYLOADS, Observation, ObservationKind, from_json, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    source: str
    key: str
    read_at: datetime
    read_on: date
    url: str | None
    content_hash: str


class Journal:
    """The journal of one source's run under one plan; holds a lock while it is open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise LockedError(f"Another process is running this crawl (it holds {folder / 'lock'}).") from error
        self.run_id: str | None = None
        self.tally = Tally()
        self.done: set[str] = set()
        self.promoted = 0  # units whose observations have reached the records
        self._parts: dict[str, IO[bytes]] = {}
        self._read()
        self._file = (folder / "journal").open("ab")

    @property
    def resumed(self) -> bool:
        """Whether an earlier, unfinished run left something to build on."""
        return bool(self.done)

    def _read(self) -> None:
        path = self.folder / "journal"
        text = path.read_bytes() if path.exists() else b""
        whole = text[: text.rfind(b"\n") + 1]  # a line that was cut off by a kill says nothing
        if whole != text:
            path.write_bytes(whole)
        for line in whole.splitlines():
            entry = orjson.loads(line)
            if "run" in entry:
                self.run_id = entry["run"]
            elif "promoted" in entry:
                self.promoted = entry["promoted"]
                self.tally.add(Tally.from_json(entry["tally"]))
            else:
                self.done.add(entry["unit"])
                self.tally.add(Tally.from_json(entry["tally"]))
        leftovers = ["*.part"] if self.run_id else ["*.part", "*.spool"]
        for path in (path for pattern in leftovers for path in self.folder.glob(pattern)):
            path.unlink()

    def _write(self, entry: dict[str, Any]) -> None:
        self._file.write(orjson.dumps(entry) + b"\n")
        self._file.flush()

    def begin(self, run_id: str) -> None:
        """Note the run that this work belongs to."""
        self.run_id = run_id
        self._write({"run": run_id})

    def spool(self, unit: str, observations: Sequence[Observation]) -> None:
        """Keep a unit's observations on disk until the source has passed its gates."""
        part = self._parts.get(unit)
        if part is None:
            part = self._parts[unit] = self._path(unit, "part").open("wb")
        part.writelines(_dump(observation) for observation in observations)

    def close_unit(self, unit: str, tally: Tally) -> None:
        """Note that a unit is complete, with what it brought."""
        if part := self._parts.pop(unit, None):
            part.close()
            self._path(unit, "part").rename(self._path(unit, "spool"))
        self.done.add(unit)
        self.tally.add(tally)
        self._write({"unit": unit, "tally": tally.to_json()})

    def drop(self, unit: str) -> None:
        """Forget what a unit has spooled so far."""
        if part := self._parts.pop(unit, None):
            part.close()
            self._path(unit, "part").unlink()

    def load_unpromoted(self) -> Iterator[tuple[int, list[Observation]]]:
        """Batches of the spooled observations that have not reached the records, each with its place."""
        place = 0
        for path in sorted(self.folder.glob("*.spool")):
            with path.open("rb") as file:
                while lines := list(_take(file, 1000)):
                    place += 1
                    if place > self.promoted:
                        yield place, [_load(line) for line in lines]

    def note_promoted(self, place: int, tally: Tally) -> None:
        """Note that the batch at this place has reached the records."""
        self.promoted = place
        self.tally.add(tally)
        self._write({"promoted": place, "tally": tally.to_json()})

    def close(self, *, keep: bool) -> None:
        """Let go; the folder goes too, unless the run is to be resumed."""
        for part in self._parts.values():
            part.close()
        self._file.close()
        if not keep:  # the journal first: without it, what a kill leaves behind is nobody's
            (self.folder / "journal").unlink(missing_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()

    def _path(self, unit: str, ending: str) -> Path:
        return self.folder / f"{hashlib.sha256(unit.encode()).hexdigest()[:32]}.{ending}"


def _take(file: IO[bytes], count: int) -> Iterator[bytes]:
    for _ in range(count):
        line = file.readline()
        if not line:
            return
        yield line


def _dump(observation: Observation) -> bytes:
    head = _Head(
        source=observation.source,
        key=observation.key,
        read_at=observation.read_at,
        read_on=observation.read_on,
        url=observation.url,
        content_hash=observation.content_hash,
    )
    line = {"kind": observation.kind, "head": to_json(head), "payload": to_json(observation.payload)}
    return orjson.dumps(line) + b"\n"


def _load(line: bytes) -> Observation:
    plain = orjson.loads(line)
    kind = ObservationKind(plain["kind"])
    head = from_json(_Head, plain["head"])
    return Observation(
        source=head.source,
        kind=kind,
        key=head.key,
        payload=from_json(PAYLOADS[kind], plain["payload"]),
        read_at=head.read_at,
        read_on=head.read_on,
        url=head.url,
        content_hash=head.content_hash,
    )
