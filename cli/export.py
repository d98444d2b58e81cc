"""The published directory as open data, from the same documents that the index is built from."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from cli.app import App
from directory.models import to_json
from search.documents import make_documents
from search.interface import TherapistDocument

COLUMNS = (
    "id", "kind", "name", "practice", "city", "region", "postal_code", "country", "phone", "website", "credentials",
    "verified_until", "conditions", "techniques", "practice_kind", "setting", "attribution",
)  # fmt: skip


def export_documents(app: App, format_: str, out: Path | None) -> int:
    """Write every published entry and return how many; a file appears only once it is whole."""
    with app.database.read() as session, open_output(out) as file:
        documents = make_documents(session, settings=app.settings, clock=app.clock)
        write = {"csv": _write_csv, "jsonl": _write_json_lines, "fhir": _write_fhir}[format_]
        return write(documents, file)


@contextmanager
def open_output(out: Path | None) -> Iterator[BinaryIO]:
    """The file to write to, which appears only once it is whole; standard output without one."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = out.with_name(out.name + ".part")
    with part.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    part.replace(out)


def _write_json_lines(documents: Iterator[TherapistDocument], file: BinaryIO) -> int:
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007 - the count is the result
        file.write(orjson.dumps(to_json(document), option=orjson.OPT_APPEND_NEWLINE))
    return count


def _write_csv(documents: Iterator[TherapistDocument], file: BinaryIO) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007 - the count is the result
        writer.writerow([_make_safe(value) for value in _row(document)])
    text.detach()
    return count


def _row(d: TherapistDocument) -> tuple[str, ...]:
    place = d.locations[0] if d.locations else None
    letters = "; ".join(
        " ".join(filter(None, (c.jurisdiction, c.title, c.number, f"({c.outcome})"))) for c in d.credentials
    )
    return (
        d.id, d.kind, d.name, "; ".join(d.practice_names),
        (place and place.city) or "", (place and place.region) or "", (place and place.postal_code) or "",
        (place and place.country) or "", d.phones[0] if d.phones else "", d.website or "", letters,
        d.verified_until.isoformat() if d.verified_until else "", "; ".join(d.conditions), "; ".join(d.techniques),
        d.practice_kind, d.setting, "; ".join(d.attributions),
    )  # fmt: skip


def _make_safe(value: str) -> str:
    """A cell that no spreadsheet takes for a formula (a phone number keeps its plus)."""
    if value.startswith(("=", "@", "\t", "\r")) or (
        value.startswith(("+", "-")) and not value[1:].replace(" ", "").isdigit()
    ):
        return "'" + value
    return value


def _write_fhir(documents: Iterator[TherapistDocument], file: BinaryIO) -> int:
    from web.fhir.resources import make_bundle_entries

    file.write(b'{"resourceType":"Bundle","type":"collection","entry":[')
    count, first = 0, True
    for count, document in enumerate(documents, 1):  # noqa: B007 - the count is the result
        for entry in make_bundle_entries(document):
            file.write((b"" if first else b",\n") + orjson.dumps(entry))
            first = False
    file.write(b"]}\n")
    return count
