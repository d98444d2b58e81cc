"""Whoever is signed in follows people and regions too, without a letter to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from directory.models import Outcome
from notices.run import run_watch
from records import ledger, mail, users, watches
from records.users import Role
from tests.records_fixtures import make_entry
from tests.test_web_admin import PASSWORD, find_field, sign_in
from tests.web_world import World, make_documents, make_world
from web.letters import make_writer

ROOM = "/admin/following"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path, make_documents())
    with world.database.begin() as session:
        users.create_user(session, name="ada", password=PASSWORD, role=Role.REVIEWER, email="ada@example.org")
        users.create_user(session, name="bo", password=PASSWORD, role=Role.READ_ONLY)
    return world


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app) as found:
        yield found


def send(client: TestClient, act: str, **more: str) -> tuple[int, str]:
    page = client.get(ROOM).text
    answer = client.post(ROOM, data={"form_token": find_field(page, "form_token"), "act": act, **more})
    return answer.status_code, answer.text


def tell(world: World) -> int:
    """Have something happen to Carla and Fern, both of Washington, and run the watch."""
    for entity, claim in (("wa-carla", "v-ma00012345"), ("wa-fern", "v-ma00020003")):
        with world.database.begin() as session:
            ledger.append(session, make_entry(entity, claim, Outcome.INACTIVE))
    site = world.app.state.site
    return run_watch(
        world.database, site.reader, clock=world.clock, write=make_writer(world.settings, world.clock)
    ).letters


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("wa-carla", "Carla Dupont"),
        ("https://palpate.example.org/therapists/wa-carla?lang=fr", "Carla Dupont"),
        ("Washington", "everybody in Washington"),
        (" wa ", "everybody in Washington"),
    ],
)
def test_somebody_is_followed_by_address_or_id_and_a_region_by_its_name(
    client: TestClient, subject: str, shown: str
) -> None:
    sign_in(client, "ada")
    status, page = send(client, "follow", subject=subject)
    assert status == 200
    assert f">{shown}</a>" in page


def test_what_nobody_goes_by_is_said_and_kept(client: TestClient) -> None:
    sign_in(client, "ada")
    status, page = send(client, "follow", subject='Nobody "here"')
    assert status == 422
    assert "Nobody goes by that" in page
    assert 'value="Nobody &#34;here&#34;"' in page


def test_an_account_with_an_address_gets_letters_and_one_without_reads_the_feed(
    world: World, client: TestClient
) -> None:
    for name in ("ada", "bo"):
        sign_in(client, name)
        send(client, "follow", subject="WA")
    assert tell(world) == 1
    with world.database.begin() as session:
        letter = mail.claim(session, "test")
    assert letter is not None
    assert letter.recipient == "ada@example.org"
    page = client.get(ROOM).text
    assert "Your account has no e-mail address" in page
    assert page.count("The register shows the licence as inactive.") == 2
    feed = re.search(r'href="http://[^/]+(/watch/feed\?[^"]+)"', page)
    assert feed
    client.cookies.clear()
    assert client.get(feed[1]).text.count("<entry>") == 2


def test_an_account_that_is_shut_gets_no_letter_and_its_feed_is_dead(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    page = send(client, "follow", subject="WA")[1]
    feed = re.search(r'href="http://[^/]+(/watch/feed\?[^"]+)"', page)
    assert feed
    assert client.get(feed[1]).status_code == 200
    with world.database.begin() as session:
        users.disable(session, "ada")
    assert client.get(feed[1]).status_code == 410
    assert tell(world) == 0


def test_everybody_sees_and_stops_their_own_alone(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    send(client, "follow", subject="WA")
    with world.database.read() as session:
        (watch,) = watches.load(session)
    sign_in(client, "bo")
    assert "everybody in Washington" not in client.get(ROOM).text
    send(client, "follow", subject="CO")
    send(client, "stop", watch=watch.id)
    sign_in(client, "ada")
    assert "everybody in Washington" in client.get(ROOM).text
    assert "Stopped." in send(client, "stop", watch=watch.id)[1]
    assert "everybody in Washington" not in client.get(ROOM).text


def test_nothing_is_followed_without_the_sign_in_s_own_form(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    for token in ("", "made up"):
        assert client.post(ROOM, data={"form_token": token, "act": "follow", "subject": "WA"}).status_code == 403
    with world.database.read() as session:
        assert watches.load(session) == []
