"""Fault drills on a whole installation of real servers, as long as one likes; the suite runs the same for seconds.

    python -m benchmarks.drills kills --minutes 10            kill -9 of sites, worker and scheduler at random
    python -m benchmarks.drills postgresql --minutes 5        PostgreSQL killed again and again under load
    python -m benchmarks.drills elasticsearch --minutes 5     Elasticsearch away for so long

Prints what was killed how often, what reviewers and visitors were told, and the longest time without an acknowledged
decision; ends with 0 only if nothing acknowledged is lost, every decision is there once, and index and records are the
same.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from pathlib import Path

from records import rounds
from records.rounds import Reading
from search.node.process import wait_until_up
from tests.drill_crew import Crew, Work, at_work, check_everything, start_crew, wait_for

PAUSE_S = (2.0, 8.0)  # between two blows
AWAY_S = 3.0


def kill_at_random(crew: Crew, work: Work, until: float, chance: random.Random) -> str:
    """Kill one process after another, in no order; rounds of crawling and checking are asked for all the time."""
    between = threading.Event()
    while time.monotonic() < until:
        with crew.app.database.begin() as session:
            if not rounds.is_under_way(session):
                rounds.ask(session, [Reading(source="wa_doh"), Reading(source="co_dora")], parts=2)
        crew.members[chance.choice(list(crew.members))].kill()
        between.wait(chance.uniform(*PAUSE_S))
    del work
    return ", ".join(f"{name} {member.deaths} times" for name, member in crew.members.items())


def kill_postgresql(crew: Crew, work: Work, until: float, chance: random.Random) -> str:
    """Kill PostgreSQL, bring it back after a while, and wait until reviewers decide again."""
    between, deaths = threading.Event(), 0
    while time.monotonic() < until:
        between.wait(chance.uniform(*PAUSE_S))
        crew.postgresql.kill()
        deaths += 1
        between.wait(AWAY_S)
        crew.postgresql.start()
        before = len(work.acknowledged)
        wait_for(lambda before=before: len(work.acknowledged) > before + 5)  # type: ignore[misc]
    return f"PostgreSQL {deaths} times"


def take_elasticsearch_away(crew: Crew, work: Work, until: float, chance: random.Random) -> str:
    """Kill Elasticsearch and leave it dead until the end."""
    del work, chance
    crew.node.kill()
    threading.Event().wait(max(0.0, until - time.monotonic()))
    crew.node.start()
    wait_until_up(crew.node)
    return "Elasticsearch once, away all the time"


DRILLS = {"kills": kill_at_random, "postgresql": kill_postgresql, "elasticsearch": take_elasticsearch_away}


def main() -> None:
    """Run one drill and check everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drill", choices=DRILLS)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--cases", type=int, default=30_000)
    parser.add_argument("--reviewers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="palpate-drill-") as folder,
        start_crew(Path(folder), cases=arguments.cases, lease_s=10) as crew,
    ):
        with at_work(crew, reviewers=arguments.reviewers, visitors=2, seed=arguments.seed) as work:
            wait_for(lambda: len(work.acknowledged) > 0)
            until = time.monotonic() + arguments.minutes * 60
            killed = DRILLS[arguments.drill](crew, work, until, random.Random(arguments.seed))
        print(f"Killed: {killed}.", flush=True)
        print(f"{len(work.acknowledged)} decisions acknowledged; reviewers were told {dict(work.reviewers_told)}.")
        print(f"Visitors were told {dict(work.visitors_told)}.")
        print(f"Longest time without an acknowledged decision: {work.longest_silence_s:.1f} s.", flush=True)
        crew.wait_until_up()
        before = time.monotonic()
        check_everything(crew, [work])
        print(f"Quiet and checked {time.monotonic() - before:.1f} s later: nothing lost, nothing twice, all the same.")


if __name__ == "__main__":
    main()
