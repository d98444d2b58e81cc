"""The other ways in: files alone, one new listing, a sifted batch, explanations and labels."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from benchmarks.resolution_world import make_world
from directory.errors import InputError
from directory.models import Listing
from resolution.blocking import find_pairs, make_keys
from resolution.comparison import Weigher
from resolution.explain import explain_merge, export_labels
from resolution.features import fold_phone, fold_postal, fold_site, split_street
from resolution.frequency import Frequencies
from resolution.light import Pool
from resolution.pairs import Pairs
from resolution.parsing import parse_batches, parse_listings
from resolution.resolve import are_links, resolve_listings, resolve_table
from resolution.standalone import resolve_files
from resolution.table import COLUMNS, FeatureTable
from resolution.vetoes import are_surely_two, find_vetoes

ANN = Listing(
    listing_id="a1",
    source="guide",
    name="Ann Example",
    street="12 Oak Street",
    city="Denver",
    region="CO",
    country="US",
    phone="303-555-0101",
)
AGAIN = replace(ANN, listing_id="a2", source="map", name="Annie Example, LMT", street="12 Oak St #4")


def write_lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_gives_one_line_a_listing_in_its_own_order(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"listing_id": "z", "source": "s", "title": "Serenity – Ann Example, LMT", "phone": "303-555-0101", "extra": 1},
        {"listing_id": "y", "source": "s", "practice": "Serenity Massage"},
        {"listing_id": "x", "source": "t", "name": "Ann Example", "phone": "(303) 555-0101", "claims": ["LMT #12345"]},
        {"listing_id": "w", "source": "t", "name": None, "title": None},
    ]
    out = tmp_path / "out.csv"
    summary = resolve_files(write_lines(tmp_path / "in.jsonl", rows), out)
    found = read_rows(out)
    assert list(found[0]) == ["listing_id", "entity_id", "kind"]
    assert [row["listing_id"] for row in found] == ["z", "y", "x", "w"]
    assert [row["kind"] for row in found] == ["person", "practice", "person", "person"]
    assert found[0]["entity_id"] == found[2]["entity_id"] != found[1]["entity_id"]
    assert (summary.listings, summary.merged) == (4, 1)


def test_the_order_of_a_file_changes_no_id(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"listing_id": "z", "source": "s", "name": "Ann Example", "phone": "303-555-0101"},
        {"listing_id": "x", "source": "t", "name": "Ann Example", "phone": "303-555-0101"},
    ]
    resolve_files(write_lines(tmp_path / "1.jsonl", rows), tmp_path / "1.csv")
    resolve_files(write_lines(tmp_path / "2.jsonl", rows[::-1]), tmp_path / "2.csv")
    assert sorted(map(str, read_rows(tmp_path / "1.csv"))) == sorted(map(str, read_rows(tmp_path / "2.csv")))


def test_an_id_that_comes_twice_gives_two_lines(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"listing_id": "x", "source": "s", "name": "Ann Example"},
        {"listing_id": "x", "source": "s", "name": "Bob Sample"},
    ]
    resolve_files(write_lines(tmp_path / "in.jsonl", rows), tmp_path / "out.csv")
    assert len({row["entity_id"] for row in read_rows(tmp_path / "out.csv")}) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [("{", "line 1 is not JSON"), ('{"name": "Ann"}', "line 1 has no listing_id"), ("[1]", "no listing_id")],
)
def test_an_unreadable_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "in.jsonl").write_text(line + "\n", "utf-8")
    with pytest.raises(InputError, match=says):
        resolve_files(tmp_path / "in.jsonl", tmp_path / "out.csv")


def test_a_missing_file_is_one_plain_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        resolve_files(tmp_path / "none.jsonl", tmp_path / "out.csv")


def test_one_new_listing_finds_whom_a_batch_would_merge_it_with() -> None:
    world = make_world(3, people=250)
    known, new = world.listings[:-25], world.listings[-25:]
    pool = Pool(known)
    found = {listing.listing_id: pool.find_matches(listing) for listing in new}
    clusters = resolve_listings([*known, *new])
    together = {member: set(cluster.members) for cluster in clusters for member in cluster.members}
    merging = {
        listing_id: matches[0].listing_id for listing_id, matches in found.items() if matches and matches[0].merges
    }
    assert len(merging) >= 5
    agreeing = sum(match in together[listing_id] for listing_id, match in merging.items())
    assert agreeing >= 0.9 * len(merging)


def test_splink_sifts_without_losing_what_the_plain_path_merges() -> None:
    table = parse_listings(make_world(4, people=400).listings)
    plain = {cluster.members for cluster in resolve_table(table, sift=False)}
    sifted = {cluster.members for cluster in resolve_table(table, sift=True)}
    assert len(plain ^ sifted) <= len(plain) // 100


def test_no_pair_left_out_could_have_been_linked() -> None:
    table = parse_listings(make_world(5, people=200).listings)
    weigher = Weigher(table, Frequencies(table))
    left, right = np.triu_indices(len(table), 1)
    linked = are_links(weigher.weigh(left, right))
    links = set(zip(left[linked].tolist(), right[linked].tolist(), strict=True))
    sharing: set[tuple[int, int]] = set()
    for rows, digests in make_keys(table):
        for digest in np.unique(digests):
            sharing |= set(combinations(rows[digests == digest].tolist(), 2))
    kept = set(zip(*(side.tolist() for side in find_pairs(table)), strict=True))
    assert len(links & sharing) > 100
    assert links & sharing <= kept <= sharing
    assert len(kept) < 0.7 * len(sharing)


def test_pairs_of_surely_two_people_are_vetoed() -> None:
    table = parse_listings(make_world(6, people=150).listings)
    pairs = Pairs(table, *np.triu_indices(len(table), 1))
    surely = are_surely_two(pairs)
    assert surely.sum() > 10_000
    assert find_vetoes(pairs)[surely].all()


def test_parsing_in_several_processes_gives_the_same_columns() -> None:
    listings = make_world(7, people=60).listings
    spread = FeatureTable.from_batches(list(parse_batches(listings, spread_from=10)))
    alone = parse_listings(listings)
    assert spread.ids.tolist() == alone.ids.tolist()
    for name in COLUMNS:
        one, other = getattr(spread, name), getattr(alone, name)
        assert one.texts[one.codes].tolist() == other.texts[other.codes].tolist()


def test_nothing_resolves_to_nothing() -> None:
    assert resolve_listings([]) == []


def test_an_explanation_adds_up_and_says_the_verdict() -> None:
    explained = explain_merge(ANN, AGAIN)
    assert explained.merges
    assert explained.steps[-1].total == pytest.approx(explained.weight, abs=0.05)
    assert sum(step.weight for step in explained.steps) == pytest.approx(explained.weight, abs=0.1)
    assert {step.field for step in explained.steps} >= {"given name", "surname", "phone", "street", "city"}
    assert explained.sentence.startswith("Merged")
    assert "another given name" in explain_merge(ANN, replace(AGAIN, name="Bob Example")).sentence
    alone = replace(AGAIN, phone=None, street=None)
    assert "besides the name" in explain_merge(ANN, alone).sentence


@dataclass(frozen=True)
class Judged:
    left: str
    right: str
    verdict: str
    by: str = "reviewer"
    at: datetime = datetime(2026, 11, 20, tzinfo=UTC)


def test_decisions_become_labels_and_unsure_ones_do_not() -> None:
    judged = [Judged("a1", "a2", "positive"), Judged("a1", "a2", "unsure"), Judged("a1", "gone", "negative")]
    (label,) = export_labels(judged, {"a1": ANN, "a2": AGAIN})
    assert (label.left, label.right, label.same, label.by) == ("a1", "a2", True, "reviewer")
    assert ("phone", "same") in label.levels


def test_contacts_fold_to_what_identifies() -> None:
    assert fold_phone("(303) 555-0101 ext. 4") == fold_phone("+1 303 555 0101") == "13035550101"
    assert fold_phone("800-555-0100") == fold_phone("0000000000") == ""
    assert fold_site("https://www.Serenity.example.com/about?x=1") == "serenity.example.com"
    assert fold_site("https://facebook.com/serenity/") == "facebook.com/serenity"
    assert fold_site("https://facebook.com/") == ""
    assert split_street("0012 Oak Street, Suite 4") == split_street("12 OAK ST. #9") == ("12", "oak st")
    assert split_street("Suite 4, 12 North Oak Avenue") == ("12", "n oak ave")
    assert (fold_postal("80202-1234"), fold_postal("k1a 0b1")) == ("80202", "k1a0b1")


def test_values_of_the_wrong_kind_are_passed_over(tmp_path: Path) -> None:
    row = {
        "listing_id": 7,
        "name": "Ann Example",
        "claims": [12917, None, "LMT"],
        "conditions": 3,
        "phone": 13035550100,
    }
    (tmp_path / "in.jsonl").write_text(json.dumps(row) + "\n\n", "utf-8")
    assert resolve_files(tmp_path / "in.jsonl", tmp_path / "out.csv").listings == 1
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[1].startswith("7,p-")
