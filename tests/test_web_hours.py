"""Opening hours in the visitor's days and clock."""

from __future__ import annotations

import pytest

from web.hours import write_hours
from web.language import load_language


@pytest.mark.parametrize(
    ("code", "hours", "lines"),
    [
        ("en", "Mo-Fr 09:00-18:00; Sa 10:00-14:00", ("Mon–Fri 9:00 AM – 6:00 PM", "Sat 10:00 AM – 2:00 PM")),
        ("fr", "Mo-Fr 09:00-18:00; Sa 10:00-14:00", ("Lun.–ven. 09:00 – 18:00", "Sam. 10:00 – 14:00")),
        ("es", "Mo,We 08:30-12:00,13:00-19:00", ("Lun, mié 8:30 – 12:00, 13:00 – 19:00",)),
        ("fr", "Su 18:00-24:00", ("Dim. 18:00 – 00:00",)),
        ("en", "by appointment; Xx 09:00-10:00", ("by appointment", "Xx 09:00-10:00")),
        ("en", "Mo 29:00-30:00", ("Mo 29:00-30:00",)),
        ("en", " ; ", ()),
    ],
)
def test_hours_are_told_in_the_language(code: str, hours: str, lines: tuple[str, ...]) -> None:
    told = write_hours(load_language(code), hours)
    assert tuple(line.replace("\u202f", " ") for line in told) == lines


def test_many_rules_are_cut() -> None:
    assert len(write_hours(load_language("en"), "Mo 09:00-10:00;" * 100)) == 14
