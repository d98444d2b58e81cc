"""What a first pass over any number of listings notes for the second: on disk, so that memory does not grow with it."""

from __future__ import annotations

import sqlite3
import weakref
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from directory.errors import InputError

_AT_ONCE = 10_000  # notes held before they go to disk
_CACHE_KIB = 8192


class Notes:
    """Rows of 64-bit words under 64-bit keys, the same row many times if need be; gone with the object.

    They lie in a nameless SQLite database, which has no file until it outgrows its cache, and then one without a name.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(
            f"PRAGMA cache_size = -{_CACHE_KIB}; PRAGMA temp_store = FILE; PRAGMA journal_mode = OFF;"
            "CREATE TABLE fresh (key INTEGER, row BLOB);"
            "CREATE TABLE kept (key INTEGER, row BLOB, times INTEGER, PRIMARY KEY (key, row)) WITHOUT ROWID;"
        )
        self._held: list[tuple[int, bytes]] = []
        self._in_order = True
        weakref.finalize(self, self._database.close)

    def add(self, key: int, words: Sequence[int]) -> None:
        """Note a row under a key."""
        self._held.append((_sign(key), array("Q", words).tobytes()))
        self._in_order = False
        if len(self._held) >= _AT_ONCE:
            self._write()

    def find(self, key: int, most: int = -1) -> list[tuple[array[int], int]]:
        """The rows under a key, each with how often it was noted; no more than `most`, if given."""
        if not self._in_order:
            self._sort()
        found = self._database.execute("SELECT row, times FROM kept WHERE key = ? LIMIT ?", (_sign(key), most))
        return [(array("Q", row), times) for row, times in found]

    def _write(self) -> None:
        with _told_plainly():
            self._database.execute("BEGIN")
            self._database.executemany("INSERT INTO fresh VALUES (?, ?)", self._held)
            self._database.execute("COMMIT")
        self._held.clear()

    def _sort(self) -> None:
        """Brings what was noted since the last look under its keys, equal rows as one."""
        self._write()
        with _told_plainly():
            self._database.execute(
                "INSERT INTO kept SELECT key, row, count(*) FROM fresh WHERE true GROUP BY key, row "
                "ON CONFLICT DO UPDATE SET times = times + excluded.times"
            )
            self._database.execute("DELETE FROM fresh")
        self._in_order = True


def _sign(key: int) -> int:
    """The same 64 bits as SQLite has them, the first for the sign."""
    return key - (key >> 63 << 64)


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise InputError(
            f"What the listings say cannot be noted in the folder for temporary files: {error}."
        ) from error
