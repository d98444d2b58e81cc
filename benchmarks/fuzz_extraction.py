"""Fuzz the page reader for a while and print what it could not take.

    python benchmarks/fuzz_extraction.py [--minutes 10] [--seed N] [FOLDER]

Pages of FOLDER (default: the made-up pages of the tests) are cut, doubled, mixed and sown with odd pieces. The reader's
inside is called, where nothing is caught. Exit 1 when an error or a slow page was found; each is saved to --out.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from crawler.extraction.page import read_page, to_contract_json

ROOT = Path(__file__).resolve().parent.parent
SLOW_S = 3.0
PIECES = (
    "LMT # 12345",
    "(303) 555-0100",
    "123 Main St",
    "Denver, CO 80202",
    "M5V 2T6",
    "Jane Doe, LMT",
    "I'm Jane",
    "[at]",
    "Mon-Fri 9am-5pm",
    '<script type="application/ld+json">',
    "</script>",
    '{"@type":"MassageTherapist","@id":"#a","address":',
    '"openingHours":["Mo 9-5"]',
    "[[[[",
    "}}}}",
    "<div itemscope itemtype='http://schema.org/LocalBusiness'>",
    "<span itemprop='address'>",
    "<h1>",
    "<blockquote>",
    "<br>",
    "<table><tr><td>",
    "&#0;",
    "&nbsp;",
    "\x00",
    "\ufffe",
    "\u202e",
    "<a href='tel:+1",
    "<a href='mailto:a@b.example'>",
    "<a href='http://[",
    "we accept insurance",
    "massage massage massage",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "A A A A A A A A A A A A A A",
    "1 1 1 1 1 1 1 1 1 1 1",
    "., ., ., ., ., .,",
    "-----------------",
    "’’’’’’’’’’",
    "©©©©",
)


def mutate(pages: list[bytes], dice: random.Random) -> bytes:
    """One damaged page."""
    body = bytearray(dice.choice(pages))
    for _ in range(dice.randint(1, 12)):
        at, size = dice.randint(0, len(body)), dice.choice((1, 4, 40, 400))
        match dice.randint(0, 6):
            case 0:
                del body[at : at + size]
            case 1:
                body[at:at] = bytes(dice.getrandbits(8) for _ in range(size))
            case 2:
                body[at:at] = dice.choice(PIECES).encode("utf-8", "replace")
            case 3:
                body[at:at] = dice.choice(PIECES).encode("utf-8", "replace") * dice.choice((2, 20, 400))
            case 4:
                body[at:at] = body[at : at + size] * dice.choice((2, 50))
            case 5:
                other = dice.choice(pages)
                start = dice.randint(0, len(other))
                body[at:at] = other[start : start + 400]
            case _:
                body[at : at + size] = body[at : at + size].swapcase()
    return bytes(body[:400_000])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "tests" / "fixtures" / "extraction")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"))
    args = parser.parse_args()
    pages = [path.read_bytes() for path in sorted(args.folder.glob("*.html"))]
    if not pages:
        print(f"{args.folder} holds no .html pages", file=sys.stderr)
        return 2
    dice = random.Random(args.seed)
    end = time.monotonic() + args.minutes * 60
    count, found, slowest = 0, 0, 0.0
    while time.monotonic() < end:
        body = mutate(pages, dice)
        started = time.process_time()
        problem = ""
        try:
            to_contract_json(read_page(body, None, None, None))
        except Exception:  # what may come out is the question
            problem = traceback.format_exc()
        spent = time.process_time() - started
        slowest = max(slowest, spent)
        if spent > SLOW_S:
            problem = problem or f"took {spent:.1f} s"
        if problem:
            found += 1
            args.out.mkdir(exist_ok=True)
            (args.out / f"{found:04d}.html").write_bytes(body)
            print(f"{found:04d}.html: {problem.strip().splitlines()[-1]}", file=sys.stderr)
        count += 1
    print(f"{count} pages in {args.minutes:g} minutes, {found} findings, slowest {slowest * 1000:.0f} ms")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
