"""Golden pages: each made-up page and what a careful person reads on it.

A missing `.expected.json` is written and its test fails, until someone has read it and kept it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.extraction import extract_page, to_contract_json

FOLDER = Path(__file__).parent / "fixtures" / "extraction"
PAGES = sorted(FOLDER.glob("*.html"))


def read_golden(page: Path) -> dict[str, object]:
    """What is read on the page, without the evidence; pages to be held are read without an address."""
    url = None if page.stem.startswith("hold_") else f"https://{page.stem.replace('_', '-')}.example/"
    data = to_contract_json(extract_page(page.read_bytes(), url=url, file=page.name))
    data.pop("evidence")
    plain: dict[str, object] = json.loads(json.dumps(data))
    return plain


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_reads_as_a_careful_person_read_it(page: Path) -> None:
    expected = page.with_suffix(".expected.json")
    got = read_golden(page)
    if not expected.exists():
        expected.write_text(json.dumps(got, indent=1, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail(f"{expected.name} was missing and has been written: read it, mend it, run again")
    assert got == json.loads(expected.read_text("utf-8"))


def test_every_expectation_has_its_page() -> None:
    assert {path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json")} == {
        page.stem for page in PAGES
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_that_must_be_held_are_held_and_no_other(page: Path) -> None:
    got = read_golden(page)
    assert got["publish"] is not page.stem.startswith("hold_")
    assert bool(got["hold_reasons"]) is page.stem.startswith("hold_")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_value_carries_its_words_and_their_place(page: Path) -> None:
    data = to_contract_json(extract_page(page.read_bytes(), file=page.name))
    evidence = data["evidence"]
    assert isinstance(evidence, list)
    noted = {(note["field"], note["value"]) for note in evidence}
    for field, values in (("phone", data["phones"]), ("email", data["emails"]), ("technique", data["techniques"])):
        assert isinstance(values, list)
        assert {(field, value) for value in values} <= noted
    assert all(note["snippet"] and note["where"] for note in evidence)
