"""Drills on real servers: whatever is killed, nothing acknowledged is lost, nothing is done twice, and it goes on."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator

import httpx2
import pytest

from search.engine import open_engine, open_visitors_reader
from search.node.home import NodeUnavailableError, prepare_home
from search.node.process import wait_until_up
from tests.drill_checks import check_everything
from tests.drill_crew import DEADLINE_S, Crew, start_crew
from tests.drill_work import PATIENCE_S, Work, at_work

ENOUGH = 5  # decisions between two blows
REMOVALS = 2


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    try:
        prepare_home()
    except NodeUnavailableError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI promises Elasticsearch: {error}")
        pytest.skip(f"no node of our own: {error}")
    with start_crew(tmp_path_factory.mktemp("drill"), cases=3000, removals=REMOVALS, lease_s=4) as started:
        yield started


def wait_for_decisions(crew: Crew, work: Work) -> None:
    """Return once some more decisions were acknowledged: what was struck works again."""
    before = len(work.acknowledged)
    crew.wait_for(
        lambda: len(work.acknowledged) >= before + ENOUGH, why=lambda: f"reviewers were told {work.reviewers_told}"
    )


def wait_for_failures(crew: Crew, work: Work) -> None:
    """Return once reviewers have noticed that something is away."""
    before = work.count_failures()
    crew.wait_for(lambda: work.count_failures() > before + 3)


def wait_for_letters(crew: Crew, work: Work) -> None:
    """Return once some more letters were promised."""
    before = len(work.letters)
    crew.wait_for(lambda: len(work.letters) > before + 2, why=lambda: f"visitors were told {work.visitors_told}")


def test_whoever_is_killed_while_the_mail_server_is_away_no_decision_and_no_letter_is_lost_or_doubled(
    crew: Crew,
) -> None:
    chance = random.Random(8)
    with at_work(crew, followers=1, seed=1) as work:
        wait_for_decisions(crew, work)
        crew.mail.stop()
        wait_for_letters(crew, work)
        crew.ask_for_round()
        names = list(crew.members)
        chance.shuffle(names)
        for name in names:
            wait_for_decisions(crew, work)
            crew.members[name].kill()
        crew.mail.start()
        wait_for_letters(crew, work)
        wait_for_decisions(crew, work)
    crew.wait_until_up()
    assert work.visitors_told["200"]
    figures = check_everything(crew, [work])
    assert figures.letters_arrived >= figures.letters_acknowledged > 0


def test_with_postgresql_killed_under_load_nothing_is_lost_and_all_go_on_by_themselves(crew: Crew) -> None:
    with at_work(crew, followers=1, seed=2) as work:
        crew.ask_for_round()
        wait_for_decisions(crew, work)
        crew.postgresql.kill()
        wait_for_failures(crew, work)
        crew.postgresql.start()
        wait_for_decisions(crew, work)
        wait_for_letters(crew, work)
    check_everything(crew, [work])


def test_a_letter_that_left_while_postgresql_was_killed_is_not_sent_again(crew: Crew) -> None:
    crew.wait_until_quiet()
    killed, arrived = threading.Event(), len(crew.mail.taken)

    def kill() -> None:
        crew.postgresql.kill()
        killed.set()

    with at_work(crew, followers=1, seed=4) as work:
        crew.mail.meanwhile = kill
        crew.wait_for(killed.is_set)
        crew.postgresql.start()
        wait_for_letters(crew, work)
    check_everything(crew, [work])
    ids = [message["Message-ID"] for message in crew.mail.taken[arrived:]]
    assert len(ids) == len(set(ids))


def test_with_elasticsearch_away_the_site_serves_its_copy_and_every_change_reaches_the_index_later(crew: Crew) -> None:
    crew.wait_until_quiet()
    with at_work(crew, removers=1, seed=3) as work:
        published = open_engine(crew.app.settings).open_reader().list_ids()
        crew.node.kill()
        wait_for_decisions(crew, work)
        crew.wait_for(lambda: work.visitors_told["200 from the copy"] > 3, why=lambda: f"{work.visitors_told}")
        crew.wait_for(lambda: len(work.removed) == REMOVALS, why=lambda: f"reviewers were told {work.reviewers_told}")
        removed = set(work.removed.values())
        copy = open_visitors_reader(open_engine(crew.app.settings))
        crew.wait_for(lambda: copy.list_ids() == published - removed, why="the copy shows who was taken out")
        for url in crew.sites:
            for entity_id in removed:
                assert httpx2.get(f"{url}/therapists/{entity_id}", timeout=PATIENCE_S).status_code == 410
        crew.node.start()
        wait_until_up(crew.node, timeout_s=DEADLINE_S)
        wait_for_decisions(crew, work)
    assert not [told for told in work.reviewers_told if "50" in told]
    check_everything(crew, [work])
