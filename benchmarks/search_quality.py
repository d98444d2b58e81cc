"""How well searches are answered: the judged set over the demo world, by kind, beside plain BM25 over all text.

palpate demo --build-only && python -m benchmarks.search_quality --data .palpate-demo [--search-url http://…]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from demo.judged import Need, Scores, judge, load_needs
from demo.world import make_world
from directory.clock import SystemClock
from directory.places import load_gazetteer
from directory.settings import Settings
from directory.vocabularies import load_vocabulary
from records.database import open_database
from search.engine import open_engine
from search.indexer import build_index
from search.interface import Reader, SearchRequest
from search.service import find_therapists

NEEDS = Path(__file__).parents[1] / "tests" / "fixtures" / "search" / "judged.yml"
Judged = list[tuple[Need, dict[str, int], Sequence[str], Scores]]


def make_askers(settings: Settings, search_url: str) -> dict[str, Callable[[Need], Sequence[str]]]:
    """For each engine, the product's answers and the baseline's, as names in order."""
    clock, gazetteer, vocabulary = SystemClock(), load_gazetteer(), load_vocabulary()
    database = open_database(settings)
    askers: dict[str, Callable[[Need], Sequence[str]]] = {}
    for name, url in (("embedded", ""), ("elasticsearch", search_url)):
        if name == "elasticsearch" and not url:
            continue
        engine = open_engine(settings.model_copy(update={"search_url": url}))
        build_index(engine, database, settings=settings, clock=clock)
        reader = engine.open_reader()

        def ask(need: Need, reader: Reader = reader) -> Sequence[str]:
            on = clock.today()
            answer = find_therapists(reader, gazetteer, vocabulary, on=on, q=need.q, near=need.near, limit=100)
            return [hit.document.name for hit in answer.hits]

        def ask_plainly(need: Need, reader: Reader = reader) -> Sequence[str]:
            page = reader.search(SearchRequest(on=clock.today(), text=f"{need.q} {need.near}", limit=100))
            return [hit.document.name for hit in page.hits]

        askers[name] = ask
        askers[f"{name}, plain BM25"] = ask_plainly
    database.close()
    return askers


def is_first_right(grades: dict[str, int], answers: Sequence[str]) -> bool:
    """Whether the first answer is one that fits (or nobody was rightly found)."""
    return grades.get(answers[0], 0) >= 1 if answers else not grades


def write_table(results: dict[str, Judged]) -> list[str]:
    """nDCG@10 and the share of right first answers, by kind of search."""
    kinds = list(dict.fromkeys(need.kind for need, *_ in next(iter(results.values()))))
    lines = ["| nDCG@10 / first right, % | n | " + " | ".join(results) + " |", "|---|---|" + "---|" * len(results)]
    for kind in [*kinds, "all"]:
        cells, count = [], 0
        for judged in results.values():
            rows = [row for row in judged if kind in (row[0].kind, "all")]
            count = len(rows)
            ndcg = sum(scores.ndcg for *_, scores in rows) / count
            first = sum(is_first_right(grades, answers) for _, grades, answers, _ in rows) / count
            cells.append(f"{ndcg:.2f} / {first:.0%}")
        lines.append(f"| {kind} | {count} | " + " | ".join(cells) + " |")
    return lines


def find_misses(judged: Judged) -> dict[str, list[str]]:
    """The queries answered worst, by kind."""
    misses: dict[str, list[str]] = defaultdict(list)
    for need, grades, answers, scores in judged:
        if scores.ndcg < 0.8 or not is_first_right(grades, answers):
            misses[need.kind].append(f"{need.q!r} {need.near!r}: {scores.ndcg:.2f} {list(answers[:3])}")
    return misses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--search-url", default="")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    settings = Settings(data_dir=arguments.data, index_alias="quality")
    world = make_world(seed=arguments.seed, on=SystemClock().today())
    needs = [need for need in load_needs(NEEDS) if not need.candidates]
    askers = make_askers(settings, arguments.search_url)
    results = {name: judge(world, needs, load_gazetteer(), ask) for name, ask in askers.items()}
    sys.stdout.write("\n".join(write_table(results)) + "\n\n")
    for kind, lines in find_misses(results["embedded"]).items():
        sys.stdout.write(f"{kind}: " + "; ".join(lines) + "\n")


if __name__ == "__main__":
    main()
