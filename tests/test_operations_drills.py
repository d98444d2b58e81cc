"""Drills on real servers: whatever is killed, nothing acknowledged is lost, nothing is done twice, and it goes on."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from records import rounds
from records.rounds import Reading
from search.node.home import NodeUnavailableError, prepare_home
from tests.drill_crew import Crew, Work, at_work, check_everything, start_crew, wait_for

ENOUGH = 25  # decisions between two blows


@pytest.fixture(scope="module")
def crew(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    try:
        prepare_home()
    except NodeUnavailableError as error:
        pytest.skip(f"no node of our own: {error}")
    with start_crew(tmp_path_factory.mktemp("drill"), cases=3000, lease_s=4) as started:
        yield started


def wait_for_decisions(work: Work, more: int = ENOUGH) -> None:
    """Return once so many more decisions were acknowledged: what was struck works again."""
    before = len(work.acknowledged)
    wait_for(lambda: len(work.acknowledged) >= before + more, why=f"reviewers were told {work.reviewers_told}")


def ask_for_round(crew: Crew) -> None:
    with crew.app.database.begin() as session:
        rounds.ask(session, [Reading(source="wa_doh"), Reading(source="co_dora")], parts=2)


def test_whoever_is_killed_no_decision_is_lost_and_none_is_made_twice(crew: Crew) -> None:
    chance = random.Random(8)
    ask_for_round(crew)
    with at_work(crew, seed=1) as work:
        names = list(crew.members)
        chance.shuffle(names)
        for name in names:
            wait_for_decisions(work)
            crew.members[name].kill()
        ask_for_round(crew)
        crew.members["worker"].kill()
        wait_for_decisions(work)
    crew.wait_until_up()
    assert work.visitors_told["200"]
    check_everything(crew, [work])
