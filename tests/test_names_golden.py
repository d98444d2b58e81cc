"""The golden pairs: each says its grade and why, so that a reader can argue with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from directory.names import NameGrade, compare_names

PAIRS = Path(__file__).parent / "fixtures" / "names" / "pairs.tsv"


def load_pairs() -> list[tuple[str, str, NameGrade, str]]:
    rows = [line.split("\t") for line in PAIRS.read_text("utf-8").splitlines()[1:] if line and line[0] != "#"]
    return [(one, other, NameGrade(grade), reason) for one, other, grade, reason in rows]


@pytest.mark.parametrize(("one", "other", "grade", "reason"), load_pairs())
def test_each_golden_pair_has_its_grade_in_either_order(one: str, other: str, grade: NameGrade, reason: str) -> None:
    assert compare_names(one, other).grade is grade, reason
    assert compare_names(other, one).grade is grade, reason


def test_the_golden_file_covers_every_grade_with_a_reason_each() -> None:
    pairs = load_pairs()
    assert len(pairs) >= 200
    assert {grade for _, _, grade, _ in pairs} == set(NameGrade)
    assert all(reason for *_, reason in pairs)
    assert len({(one, other) for one, other, _, _ in pairs}) == len(pairs)
