"""The monthly NPPES file: filtered by DuckDB, so that only massage therapists' rows ever reach Python."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from crawler.readers.nppes import MASSAGE_THERAPIST
from directory.errors import InputError

_KEPT = (
    "NPI",
    "Entity Type Code",
    "Provider Organization Name (Legal Business Name)",
    "Provider Last Name (Legal Name)",
    "Provider First Name",
    "Provider Middle Name",
    "Provider Name Suffix Text",
    "Provider Credential Text",
    "Provider Other Organization Name",
    "Provider Other Last Name",
    "Provider Other First Name",
    "Provider Other Middle Name",
    "Provider First Line Business Practice Location Address",
    "Provider Second Line Business Practice Location Address",
    "Provider Business Practice Location Address City Name",
    "Provider Business Practice Location Address State Name",
    "Provider Business Practice Location Address Postal Code",
    "Provider Business Practice Location Address Country Code (If outside U.S.)",
    "Provider Business Practice Location Address Telephone Number",
    "Last Update Date",
    "NPI Deactivation Date",
    "NPI Reactivation Date",
    "Is Sole Proprietor",
)
_NUMBERED = ("Healthcare Provider Taxonomy Code", "Provider License Number", "Provider License Number State Code")
PLACES = range(1, 16)


@contextmanager
def open_bulk(path: Path, folder: Path, known: set[str]) -> Iterator[Iterator[dict[str, object]]]:
    """The massage therapists' rows of the file, and the deactivated ones among the `known` NPIs.

    A zip is unpacked into `folder` for as long as it is read.
    """
    with _unpacked(path, folder) as csv_path, duckdb.connect() as connection:
        connection.execute("create table known (npi varchar)")
        if known:
            connection.execute("insert into known select unnest(?)", [sorted(known)])
        yield _read(connection, csv_path, path.name)


def _read(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> Iterator[dict[str, object]]:
    numbered = [f"{column}_{place}" for place in PLACES for column in _NUMBERED]
    selected = ", ".join(f'"{column}"' for column in [*_KEPT, *numbered])
    codes = ", ".join(f'"Healthcare Provider Taxonomy Code_{place}"' for place in PLACES)
    query = f"""
        select {selected}
        from read_csv(?, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', strict_mode = false)
        where ? in ({codes}) or ("NPI Deactivation Date" <> '' and NPI in (select npi from known))
    """  # nosec B608  # noqa: S608 - the columns are named above
    try:
        found = connection.execute(query, [str(path), MASSAGE_THERAPIST])
        columns = [column[0] for column in found.description or []]
        while rows := found.fetchmany(1000):
            yield from (dict(zip(columns, row, strict=True)) for row in rows)
    except duckdb.Error as error:
        raise InputError(f"{name} cannot be read as the NPPES monthly file: {str(error).splitlines()[0]}") from error


@contextmanager
def _unpacked(path: Path, folder: Path) -> Iterator[Path]:
    if path.suffix != ".zip":
        yield path
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary, zipfile.ZipFile(path) as archive:
        inner = [
            info
            for info in archive.infolist()
            if info.filename.endswith(".csv") and "header" not in info.filename.casefold()
        ]
        largest = max(inner, key=lambda info: info.file_size)
        target = Path(temporary) / "npidata.csv"
        with archive.open(largest) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        yield target
