"""Whatever the bytes, one page comes back, soon, and says why it is held."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extraction import extract_page, to_contract_json
from crawler.extraction.files import extract_files

FOLDER = Path(__file__).parent / "fixtures" / "extraction"
LIMIT_S = 15.0  # of the processor, generous: a runaway pattern takes minutes

HOSTILE = {
    "nothing": b"",
    "null bytes": b"\0" * 50_000,
    "noise": bytes(range(256)) * 400,
    "deep nesting": b"<div>" * 60_000 + b"massage" + b"</div>" * 60_000,
    "deep lists in data": b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script>massage therapy",
    "wide table": b"<table>" + b"<tr>" + b"<td>massage 555" * 80_000 + b"</table>",
    "one long word": b"<p>" + b"a" * 2_000_000,
    "endless capitals": b"<p>" + b"Aa Bb Cc Dd " * 60_000,
    "endless numbers": b"<p>" + b"555-0100 12 " * 60_000,
    "endless signs": b"<p>#" + b"LMT # " * 60_000,
    "endless streets": b"<p>" + b"12 North Main " * 40_000,
    "endless addresses at": b"<p>" + b"a.b.c.d-" * 40_000 + b"@",
    "open tags": b"<a href='" * 40_000,
    "entities": b"&amp;lt;" * 100_000,
    "broken data": b'<script type="application/ld+json">{"@type":"MassageTherapist","name":</script>massage therapist',
    "data that refers to itself": (
        b'<script type="application/ld+json">{"@graph":[{"@id":"#a","@type":"Person","worksFor":{"@id":"#a"}}]}'
        b"</script>"
    ),
    "utf-16": "<h1>Massage</h1>".encode("utf-16"),
    "declared wrongly": b'<meta charset="utf-16"><h1>Massage th\xe9rapeutique</h1>',
    "unknown charset": b'<meta charset="klingon"><h1>Massage \xe9</h1>',
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(5000),
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "many spaces": b"<p>call" + b" " * 500_000 + b"me at",
    "quotes": b"<p>" + b'"' * 200_000,
    "slashes in data": b'<script type="application/ld+json">' + b"//" * 100_000 + b"{}</script>",
    "commas in data": b'<script type="application/ld+json">{' + b", " * 100_000 + b"}</script>",
    "an odd address": b'<a href="http://[::1">book</a><link rel="canonical" href="http://[bad"><p>massage',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_give_a_page_in_bounded_time(body: bytes) -> None:
    started = time.process_time()
    page = extract_page(body, url="https://hostile.example/", file="hostile.html")
    assert time.process_time() - started < LIMIT_S
    assert page.file == "hostile.html"
    assert page.publish or page.hold_reasons
    to_contract_json(page)


FRAGMENTS = st.sampled_from(
    [
        "<div>",
        "</div>",
        "<h1>",
        "</h1>",
        "<br>",
        "<li>",
        "<script type='application/ld+json'>",
        "</script>",
        "{",
        "}",
        '"',
        ":",
        ",",
        "[",
        "]",
        '"@type"',
        '"MassageTherapist"',
        '"address"',
        '"telephone"',
        "LMT",
        "LMT #",
        "License No.",
        "12345",
        "(303) 555-0100",
        "123 Main St",
        "Denver, CO 80202",
        "M5V 2T6",
        "Toronto, ON",
        "Jane Doe, LMT",
        "I'm Jane",
        "a@b.example",
        "[at]",
        "Mon-Fri",
        "9am",
        "-",
        "5pm",
        "massage",
        "we accept",
        "insurance",
        "©",
        "2024",
        "<a href='tel:",
        "<a href='mailto:",
        "'>",
        "</a>",
        "\0",
        "\ufffe",
        "é",
        "\u202e",
        "&nbsp;",
        "&#0;",
        "itemscope",
        "<div itemscope itemtype='http://schema.org/Person'>",
    ]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=60).map(" ".join))
def test_pages_of_random_pieces_are_always_read(text: str) -> None:
    page = extract_page(text)
    assert page.publish or page.hold_reasons
    to_contract_json(page)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_always_read(body: bytes) -> None:
    to_contract_json(extract_page(body))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(FOLDER.glob("*.html"))), st.data())
def test_damaged_pages_are_always_read(page: Path, data: st.DataObject) -> None:
    body = bytearray(page.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
    to_contract_json(extract_page(bytes(body)))


def test_an_unreadable_file_gives_a_held_page_in_its_place(tmp_path: Path) -> None:
    good = FOLDER / "wix_footer_br.html"
    pages = list(extract_files([tmp_path / "absent.html", good, tmp_path, "bad\0name"]))
    assert [page.publish for page in pages] == [False, True, False, False]
    assert [page.file for page in pages] == [str(tmp_path / "absent.html"), str(good), str(tmp_path), "bad\0name"]
    assert all(page.hold_reasons[0].startswith("unreadable") for page in pages if not page.publish)


def test_processes_and_one_process_read_the_same() -> None:
    pages = sorted(FOLDER.glob("*.html"))[:6]
    assert list(extract_files(pages, processes=2)) == list(extract_files(pages, processes=1))
