"""A listings file is read with one set of rules, whatever takes it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from directory.errors import InputError
from directory.listings_file import UnreadableLine, read_listings
from directory.models import EntityKind, Listing, Setting

LINE = {"listing_id": "a", "source": "s", "name": "Ann Example", "claims": ["LMT 12917"]}


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def read_lines(*lines: Any, **options: Any) -> list[Listing | UnreadableLine]:
        path = tmp_path / "in.jsonl"
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        path.write_bytes(b"\n".join(texts))
        return list(read_listings(path, **options))

    return read_lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "is not JSON"),
        (b'{"listing_id": "\xff"}', "is not JSON"),
        ([1], "has no listing_id"),
        ({"name": "Ann"}, "has no listing_id"),
        ({**LINE, "listing_id": " "}, "has no listing_id"),
        ({**LINE, "listing_id": ["a"]}, "has no listing_id"),
        ({**LINE, "listing_id": True}, "has no listing_id"),
        ({**LINE, "name": {"given": "Ann"}}, "has no text as its name"),
        ({**LINE, "phone": ["303-555-0100"]}, "has no text as its phone"),
        ({**LINE, "source": False}, "has no text as its source"),
        ({**LINE, "claims": {"a": 1}}, "has no texts as its claims"),
        ({**LINE, "claims": ["LMT 1", ["LMT 2"]]}, "has no texts as its claims"),
        ({**LINE, "title": "A" * 2001}, "has a title that is too long"),
        ({**LINE, "listing_id": "A" * 2001}, "has a listing_id that is too long"),
        ({**LINE, "claims": ["LMT"] * 201}, "has claims that are too many or too long"),
        ({**LINE, "claims": ["1" * 2001]}, "has claims that are too many or too long"),
    ],
)
def test_what_is_no_listing_is_told_with_its_line_and_the_rest_goes_on(read: Any, line: Any, reason: str) -> None:
    first, bad, last = read(LINE, line, LINE)
    assert first == last == Listing(listing_id="a", source="s", name="Ann Example", claims=("LMT 12917",))
    assert str(bad) == f"line 2 {reason}"


def test_an_unreadable_line_keeps_its_id_if_it_has_one(read: Any) -> None:
    lines = read({**LINE, "name": 1.5, "city": []}, {**LINE, "listing_id": 7, "claims": {}}, {**LINE, "listing_id": ""})
    assert [line.listing_id for line in lines] == ["a", "7", None]


def test_numbers_are_texts_one_claim_is_a_list_and_blanks_say_nothing(read: Any) -> None:
    [listing] = read({"listing_id": 2, "phone": 3035550100, "city": " ", "claims": "LMT 1", "name": " Ann ", "own": {}})
    assert listing == Listing(listing_id="2", source="", phone="3035550100", claims=("LMT 1",), name="Ann")
    [listing] = read({**LINE, "claims": [12917, None, " "], "website": None})
    assert listing.claims == ("12917",)
    [listing] = read({"listing_id": "a"}, source="partner")
    assert listing.source == "partner"


def test_blank_lines_and_marks_of_byte_order_are_passed_over_and_counted_as_lines(read: Any) -> None:
    lines = read(b"\xef\xbb\xbf" + json.dumps(LINE).encode(), b"  ", b"", b"[]")
    assert [str(line) for line in lines[1:]] == ["line 4 has no listing_id"]


def test_further_fields_are_read_and_one_that_cannot_be_is_left_out_and_counted(read: Any) -> None:
    left_out: Counter[str] = Counter()
    good = {"lat": "39.5", "lon": "", "kind": "practice", "npi": 1234567893, "techniques": ["swedish"]}
    bad = {"lat": "north", "setting": "circus", "techniques": "swedish", "summary": "Since 2001."}
    one, other = read({**LINE, **good}, {**LINE, **bad}, left_out=left_out)
    assert (one.lat, one.lon, one.kind, one.npi) == (39.5, None, EntityKind.PRACTICE, "1234567893")
    assert one.techniques == ("swedish",)
    assert (other.lat, other.setting, other.techniques, other.summary) == (None, Setting.UNKNOWN, (), "Since 2001.")
    assert left_out == {"lat": 1, "setting": 1, "techniques": 1}


def test_a_file_that_cannot_be_opened_is_one_plain_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl cannot be read: No such file"):
        list(read_listings(tmp_path / "none.jsonl"))
