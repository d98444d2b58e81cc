"""Tables as publishers save them: CSV with comma, pipe or tab, JSON, JSON Lines, and zips and gzips of these."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Literal

import orjson

from crawler.items import SetAside
from directory.errors import InputError

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".gz", ".zip"})
JSON_LIMIT = 1_000_000_000
WRONG_LENGTH = "number of fields differs from the header"
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")

Row = Mapping[str, object]


@dataclass(slots=True)
class Table:
    """A saved table: the names in its header (JSON: none), and its rows, each with where it stood.

    A line of a CSV that ends early is a row without its last names.
    """

    names: list[str] | None
    rows: Iterator[tuple[str, Row | SetAside]]
    whole: object = None  # a JSON document that is not a list of rows
    close: Callable[[], None] = field(default=lambda: None)


def find_file_date(path: Path) -> date:
    """The last date in the file's name, else the day it was last written."""
    days = []
    for year, month, day in _DAY.findall(path.name):
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return max(days) if days else datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def load_table(path: Path) -> Table:
    """The table in a file; raises `InputError` that says which file and what is wrong with it."""
    try:
        if path.suffix == ".zip":
            return _load_zip(path)
        file: IO[bytes] = gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[assignment]  # noqa: SIM115
        return parse_table(file, path.name.removesuffix(".gz"))
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path.name} cannot be read: {error}.") from error


def _load_zip(path: Path) -> Table:
    archive = zipfile.ZipFile(path)
    inner = [
        info
        for info in archive.infolist()
        if Path(info.filename).suffix.casefold() in TABLE_SUFFIXES and "header" not in info.filename.casefold()
    ]
    if not inner:
        archive.close()
        raise InputError(f"{path.name} holds no table (.csv, .txt or .json).")
    largest = max(inner, key=lambda info: info.file_size)
    return parse_table(archive.open(largest), Path(largest.filename).name)


def parse_table(file: IO[bytes], name: str) -> Table:
    """The table in an open file; the file is closed when the rows have been read."""
    head = file.peek(64)[:64] if hasattr(file, "peek") else b""
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    suffix = Path(name).suffix.casefold()
    if suffix in {".jsonl", ".ndjson"}:
        return Table(None, _parse_json_lines(file, name), close=file.close)
    if suffix == ".json" or begins in {b"[", b"{"}:
        return _parse_json(file, name)
    return _parse_csv(file, name, head)


def _parse_json(file: IO[bytes], name: str) -> Table:
    with file:
        body = file.read(JSON_LIMIT + 1)
    if len(body) > JSON_LIMIT:
        raise InputError(f"{name} is too large to be read as one JSON document. Use the publisher's CSV.")
    try:
        document = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        ends = error.pos >= len(error.doc) - 1 or "unexpected end" in str(error)
        what = "ends in the middle: it is truncated" if ends else f"is not JSON ({error})"
        raise InputError(f"{name} {what}. Fetch it again; nothing of it was stored.") from error
    if isinstance(document, list):
        return Table(
            None, ((f"{name} row {place}", _as_row(row, f"{name} row {place}")) for place, row in _count(document))
        )
    return Table(None, iter(()), whole=document)


def _count(rows: list[object]) -> Iterator[tuple[int, object]]:
    return iter(enumerate(rows, 1))


def _as_row(row: object, where: str) -> Row | SetAside:
    return row if isinstance(row, Mapping) else SetAside(where, "row is not an object")


def _parse_json_lines(file: IO[bytes], name: str) -> Iterator[tuple[str, Row | SetAside]]:
    for place, line in enumerate(file, 1):
        where = f"{name} line {place}"
        if not line.strip():
            continue
        try:
            yield where, _as_row(orjson.loads(line), where)
        except orjson.JSONDecodeError:
            yield where, SetAside(where, "line is not JSON")


def _read_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """The bytes that are no UTF-8 as Windows and Latin-1 write them: boards' exports mix the two."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("palpate.cp1252", _read_as_cp1252)


def _parse_csv(file: IO[bytes], name: str, head: bytes) -> Table:
    encoding = "utf-16" if head[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig"
    text = io.TextIOWrapper(file, encoding=encoding, errors="palpate.cp1252", newline="")
    first = text.readline()
    if not first:
        text.close()
        raise InputError(f"{name} is empty. Fetch it again.")
    delimiter = max("|,\t", key=first.count)
    quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "|" else csv.QUOTE_MINIMAL  # the pipe file has stray quotes
    header = next(csv.reader([first], delimiter=delimiter, quoting=quoting), [])
    names = [column.strip() for column in header]
    while names and not names[-1]:
        names.pop()
    rows = _parse_lines(name, names, csv.reader(text, delimiter=delimiter, quoting=quoting))
    return Table(names, rows, close=text.close)


def _parse_lines(name: str, names: list[str], reader: Iterator[list[str]]) -> Iterator[tuple[str, Row | SetAside]]:
    place = 1
    while True:
        place += 1
        where = f"{name} line {place}"
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield where, SetAside(where, "line cannot be read")
            continue
        if not any(field.strip() for field in fields):
            continue
        extra = fields[len(names) :]
        if any(field.strip() for field in extra):
            yield where, SetAside(where, WRONG_LENGTH)
        else:
            yield where, dict(zip(names, fields, strict=False))
