"""Fault drills on a whole installation of real servers, as long as one likes; the suite runs the same for seconds.

    python -m benchmarks.drills kills --minutes 10            kill -9 of sites, worker and scheduler at random
    python -m benchmarks.drills postgresql --minutes 5        PostgreSQL killed again and again under load
    python -m benchmarks.drills elasticsearch --minutes 5     Elasticsearch away for so long

All the while reviewers decide and take people out, visitors search and ask to follow a region by letter; in `kills` the
mail server goes and comes back too. Prints what was killed how often, what people were told, and a table of what they
were told against what is there; ends with 0 only if nothing acknowledged is lost, everything is there once, the chains
are whole, and index and records are the same.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from pathlib import Path

from records import outbox
from search.node.process import wait_until_up
from tests.drill_checks import Figures, check_everything
from tests.drill_crew import DEADLINE_S, Crew, start_crew
from tests.drill_work import Work, at_work

PAUSE_S = (2.0, 8.0)  # between two blows
AWAY_S = 3.0
MAIL_AWAY_S = (20.0, 60.0)
REMOVALS = 12


def kill_at_random(crew: Crew, work: Work, until: float, chance: random.Random) -> str:
    """Kill one process after another, in no order, once somebody decided again; the mail server comes and goes."""
    between = threading.Event()
    turn, is_away = time.monotonic() + chance.uniform(*MAIL_AWAY_S), False
    while time.monotonic() < until:
        crew.ask_for_round()
        if time.monotonic() > turn:
            (crew.mail.start if is_away else crew.mail.stop)()
            turn, is_away = time.monotonic() + chance.uniform(*MAIL_AWAY_S), not is_away
        crew.members[chance.choice(list(crew.members))].kill()
        between.wait(chance.uniform(*PAUSE_S))
        wait_for_decision(crew, work)
    if is_away:
        crew.mail.start()
    killed = [f"{name} {member.deaths} times" for name, member in crew.members.items()]
    return ", ".join([*killed, f"the mail server away {crew.mail.stops} times"])


def kill_postgresql(crew: Crew, work: Work, until: float, chance: random.Random) -> str:
    """Kill PostgreSQL, bring it back after a while, and wait until reviewers decide again."""
    between, deaths = threading.Event(), 0
    while time.monotonic() < until:
        between.wait(chance.uniform(*PAUSE_S))
        crew.postgresql.kill()
        deaths += 1
        between.wait(AWAY_S)
        crew.postgresql.start()
        wait_for_decision(crew, work)
        crew.ask_for_round()
    return f"PostgreSQL {deaths} times"


def take_elasticsearch_away(crew: Crew, work: Work, until: float, chance: random.Random) -> str:
    """Kill Elasticsearch and leave it dead until the end; what waited for it then goes in order."""
    del work, chance
    crew.wait_for(lambda: not crew.list_jobs(), why="the first round never ended")  # it too brings changes to the index
    crew.node.kill()
    threading.Event().wait(max(0.0, until - time.monotonic()))
    with crew.app.database.read() as session:
        waited = outbox.waiting_seqs(session)
    crew.node.start()
    wait_until_up(crew.node, timeout_s=DEADLINE_S)
    back = time.monotonic()
    wait_until_drained(crew, waited)
    took = time.monotonic() - back
    return f"Elasticsearch once; {len(waited)} changes waited, and went in order within {took:.1f} s of its return"


def wait_for_decision(crew: Crew, work: Work) -> None:
    """Return once a decision is acknowledged anew."""
    before = len(work.acknowledged)
    crew.wait_for(lambda: len(work.acknowledged) > before, why=lambda: f"reviewers were told {work.reviewers_told}")


def wait_until_drained(crew: Crew, waited: list[int]) -> None:
    """Return once none of these changes waits; what is left of them is at every look the newest."""

    def is_empty() -> bool:
        with crew.app.database.read() as session:
            left = set(outbox.waiting_seqs(session)).intersection(waited)
        assert left == set(waited[len(waited) - len(left) :]), "a later change went before an earlier one"
        return not left

    crew.wait_for(is_empty, why="the outbox never drained")


DRILLS = {"kills": kill_at_random, "postgresql": kill_postgresql, "elasticsearch": take_elasticsearch_away}


def write_table(figures: Figures) -> str:
    """What people were told against what is there."""
    rows = [
        ("", "told", "there, each once"),
        ("decisions", figures.decisions_acknowledged, figures.decisions_recorded),
        ("removals", figures.removals_acknowledged, figures.removals_recorded),
        ("letters", figures.letters_acknowledged, figures.letters_arrived),
    ]
    lines = [f"{what:12}{told!s:>10}{there!s:>20}" for what, told, there in rows]
    return "\n".join(
        [
            *lines,
            f"Acknowledged and lost: 0. Letters that came again, under their own id: {figures.letters_arrived_again}.",
            f"Chains whole: {figures.audit_rows} acts in the audit, {figures.ledger_rows} rows in the ledger.",
            f"Index and records the same: {figures.entries} entries.",
        ]
    )


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
        start_crew(Path(folder), cases=arguments.cases, removals=REMOVALS, lease_s=10) as crew,
    ):
        kinds = {"reviewers": arguments.reviewers, "visitors": 2, "removers": 1, "followers": 1}
        with at_work(crew, **kinds, seed=arguments.seed, pause_s=0.05) as work:
            wait_for_decision(crew, work)
            until = time.monotonic() + arguments.minutes * 60
            killed = DRILLS[arguments.drill](crew, work, until, random.Random(arguments.seed))
            wait_for_decision(crew, work)
        print(f"Killed: {killed}.", flush=True)
        print(f"Reviewers were told {dict(work.reviewers_told)}.")
        print(f"Visitors were told {dict(work.visitors_told)}.")
        print(f"Longest time without an acknowledged decision: {work.longest_silence_s:.1f} s.", flush=True)
        crew.wait_until_up()
        before = time.monotonic()
        figures = check_everything(crew, [work])
        print(f"Quiet and checked {time.monotonic() - before:.1f} s later:")
        print(write_table(figures))


if __name__ == "__main__":
    main()
