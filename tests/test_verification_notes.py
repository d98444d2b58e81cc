"""What a pass over many listings notes: found again under its key, counted, and not kept in memory."""

from __future__ import annotations

import tracemalloc

import pytest

from directory.errors import InputError
from verification.notes import Notes

LARGEST = 2**64 - 1


def test_rows_are_found_under_their_key_and_equal_ones_are_counted() -> None:
    notes = Notes()
    for key, row in ((7, (1, LARGEST)), (LARGEST, (3,)), (7, (1, LARGEST)), (7, (2,))):
        notes.add(key, row)
    assert {tuple(row): times for row, times in notes.find(7)} == {(1, LARGEST): 2, (2,): 1}
    assert [(tuple(row), times) for row, times in notes.find(LARGEST)] == [((3,), 1)]
    assert notes.find(9) == []


def test_what_is_noted_after_a_look_is_found_by_the_next() -> None:
    notes = Notes()
    notes.add(7, (1,))
    assert len(notes.find(7)) == 1
    notes.add(7, (1,))
    notes.add(7, (2,))
    assert {tuple(row): times for row, times in notes.find(7)} == {(1,): 2, (2,): 1}
    assert len(notes.find(7, 1)) == 1


def test_memory_does_not_grow_with_the_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.notes._AT_ONCE", 100)
    notes = Notes()
    tracemalloc.start()
    try:
        for at in range(3000):
            notes.add(at % 1000, (at, *range(12)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sorted(row[0] for row, _ in notes.find(5)) == [5, 1005, 2005]
    assert peak < 3000 * 13 * 8 / 2


def test_a_disk_that_takes_no_more_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.notes._AT_ONCE", 100)
    notes = Notes()
    notes._database.execute("PRAGMA max_page_count = 5")

    def fill() -> None:
        for at in range(1000):
            notes.add(at, range(12))

    with pytest.raises(InputError, match="cannot be noted in the folder for temporary files: database or disk is full"):
        fill()
