"""Signing in by an organisation's provider: a real one on loopback, good, wrong, away and hostile."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import orjson
import pytest
from httpx2 import Response
from joserfc.jwk import ECKey, OctKey
from starlette.testclient import TestClient

from cli.app import App
from cli.doctor import examine
from directory.clock import FixedClock
from directory.errors import SettingsError
from directory.settings import SecondFactor, Settings
from records import audit, second_factor, sign_ins, users
from records.users import Role
from tests.admin_visits import add_people, find_field, send, show_code, sign_in
from tests.oidc_provider import CLIENT, NAMES, SECRET, OidcProvider, run_oidc_provider
from tests.test_admin_accounts import enrol, give_code, load_letters
from tests.web_world import NOW, World, make_world
from web.admin.access import COOKIE, SECOND_FACTOR
from web.admin.single_sign_on import COOKIE as TRIP
from web.admin.single_sign_on import open_provider

START, CALLBACK = "/admin/sign-in/oidc", "/admin/sign-in/oidc/callback"
UNTRUSTED, AWAY = "does not hold", "cannot be used at the moment"
CLIENTS = count(1)  # each test comes from an address of its own, so that none waits for another


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    with run_oidc_provider(FixedClock(NOW)) as provider:
        yield provider


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, running: OidcProvider) -> World:
    return make_sign_on_world(tmp_path_factory, running)


@pytest.fixture
def provider(running: OidcProvider) -> OidcProvider:
    running.behave(email="Ada@example.org", email_verified=True)
    return running


@pytest.fixture
def world(shared: World, provider: OidcProvider) -> World:
    shared.clock.at = NOW
    provider.clock = shared.clock
    return shared


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with visit(world) as found:
        yield found


def make_sign_on_world(folders: pytest.TempPathFactory, provider: OidcProvider, **changes: Any) -> World:
    parts = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    world = make_world(folders.mktemp("oidc"), [], **parts, **changes)
    add_people(world)
    provider.clock = world.clock
    return world


def visit(world: World) -> TestClient:
    number = next(CLIENTS)
    return TestClient(world.app, client=(f"192.0.2.{number}", 50000))


def come_back(client: TestClient, provider: OidcProvider, back: str = "/admin/sources") -> str:
    """The address that the provider sends a browser back to."""
    answer = client.get(START, params={"back": back}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return provider.visit(answer.headers["location"])


def go(client: TestClient, provider: OidcProvider, back: str = "/admin/sources") -> Response:
    """The whole way, there and back."""
    return client.get(come_back(client, provider, back), follow_redirects=False)


def is_refused(answer: Response, sentence: str, status: int = 403) -> bool:
    """Whether nobody was signed in, and the sign-in page says so, with the password's form still there."""
    assert COOKIE not in answer.headers.get("set-cookie", "")
    assert find_field(answer.text, "back")
    return answer.status_code == status and sentence in answer.text and 'name="password"' in answer.text


def list_acts(world: World) -> list[tuple[str, str]]:
    with world.database.read() as session:
        assert audit.check_chain(session).ok
        return [(act.actor, act.action) for act in audit.load(session)]


# --- the good way -----------------------------------------------------------------------------------------


def test_whom_the_provider_confirms_is_signed_in_under_their_own_account(
    world: World, client: TestClient, provider: OidcProvider
) -> None:
    assert f'href="{START}?back=%2Fadmin%2Fsources"' in client.get("/admin/sign-in?back=/admin/sources").text
    answer = go(client, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/sources")
    page = client.get("/admin/account").text
    assert "ada" in page
    assert client.get("/admin/accounts").status_code == 403  # a reviewer, as here and not as there
    assert list_acts(world)[:2] == [("ada", "sign-in"), ("ada", "sign-in.by-oidc")]
    (asked,) = provider.asked
    assert asked["redirect_uri"] == f"http://127.0.0.1:8000{CALLBACK}"
    assert (asked["scope"], asked["code_challenge_method"]) == ("openid email", "S256")


def test_signing_in_ends_the_session_that_the_browser_held_and_takes_no_planted_one(
    world: World, client: TestClient, provider: OidcProvider
) -> None:
    sign_in(client, "bo")
    held = client.cookies[COOKIE]
    go(client, provider)
    assert client.cookies[COOKIE] != held
    with world.database.read() as session:
        assert sign_ins.find_user(session, held) is None
        fresh = sign_ins.find_user(session, client.cookies[COOKIE])
        assert fresh is not None
        assert fresh.name == "ada"


def test_signing_out_ends_it_here_and_says_what_it_does_not_end(client: TestClient, provider: OidcProvider) -> None:
    go(client, provider)
    answer = send(client, "/admin/sign-out")
    assert "on a shared computer, sign out there too" in client.get(answer.headers["location"]).text
    assert client.get("/admin/", follow_redirects=False).status_code == 303


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(
    tmp_path_factory: pytest.TempPathFactory, provider: OidcProvider
) -> None:
    world = make_sign_on_world(tmp_path_factory, provider, secure_cookies=True)
    with TestClient(world.app, base_url="https://testserver") as client:
        start = client.get(START, follow_redirects=False)
        signed_in = client.get(provider.visit(start.headers["location"]), follow_redirects=False)
    for answer, name, path in ((start, TRIP, START), (signed_in, COOKIE, "/admin")):
        (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{name}=")]
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"secure", "httponly", "samesite=lax", f"path={path}"} <= parts
    assert client.cookies.get(TRIP) is None


def test_the_provider_s_keys_may_change_from_one_day_to_the_next(client: TestClient, provider: OidcProvider) -> None:
    assert go(client, provider).status_code == 303
    old, provider.key = provider.key, ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
    try:
        assert go(client, provider).status_code == 303
    finally:
        provider.key = old


def test_a_secret_may_be_asked_for_in_the_form(client: TestClient, provider: OidcProvider) -> None:
    provider.said = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert go(client, provider).status_code == 303


def test_the_address_may_come_by_the_user_info_of_the_same_person_alone(
    client: TestClient, provider: OidcProvider
) -> None:
    provider.shown = {"sub": "1729", "email": "bo@example.org", "email_verified": True}
    assert go(client, provider).status_code == 303
    assert "bo" in client.get("/admin/account").text
    provider.shown = {**provider.shown, "sub": "1730"}
    assert is_refused(go(client, provider), UNTRUSTED)


# --- the second factor ------------------------------------------------------------------------------------


def test_who_has_a_phone_is_asked_for_its_code_here_too(
    tmp_path_factory: pytest.TempPathFactory, provider: OidcProvider
) -> None:
    world = make_sign_on_world(tmp_path_factory, provider)
    provider.claims = {"amr": ["pwd", "mfa"]}  # what was asked for there does not count here
    with visit(world) as client:
        sign_in(client, "ada")
        phone, _ = enrol(client, world)
        client.cookies.clear()
        page = go(client, provider)
        assert page.status_code == 200
        assert COOKIE not in page.headers.get("set-cookie", "")
        assert client.get("/admin/", follow_redirects=False).status_code == 303
        world.clock.at += timedelta(seconds=30)
        assert give_code(client, page.text, show_code(phone, world.clock)) == 303
        assert client.get("/admin/").status_code == 200


def test_who_guesses_codes_behind_the_provider_gets_no_further_than_behind_a_password(
    tmp_path_factory: pytest.TempPathFactory, provider: OidcProvider
) -> None:
    world = make_sign_on_world(tmp_path_factory, provider)
    with visit(world) as client:
        sign_in(client, "ada")
        phone, _ = enrol(client, world)
        with world.database.begin() as session:
            for _ in range(second_factor.MOST_FAILURES):
                assert not second_factor.check(session, "ada", "no code")
        page = go(client, provider).text
        world.clock.at += timedelta(seconds=30)
        data = {"ticket": find_field(page, "ticket"), "code": show_code(phone, world.clock)}
        answer = client.post("/admin/sign-in/code", data=data, follow_redirects=False)
        assert is_refused(answer, "Set a new password by mail first")


def test_who_lacks_the_phone_that_is_asked_for_is_led_to_it(
    tmp_path_factory: pytest.TempPathFactory, provider: OidcProvider
) -> None:
    world = make_sign_on_world(tmp_path_factory, provider, second_factor=SecondFactor.EVERYBODY)
    with visit(world) as client:
        go(client, provider)
        assert client.get("/admin/sources", follow_redirects=False).headers["location"] == SECOND_FACTOR
        assert "Ask for a link that sets one" in client.get(SECOND_FACTOR).text
        assert "Ask for a link that sets one" in client.get("/admin/account").text


# --- answers that do not hold -----------------------------------------------------------------------------

NOW_S = int(NOW.timestamp())
WRONG_CLAIMS: dict[str, dict[str, object]] = {
    "another sign-in's nonce": {"nonce": "0" * 64},
    "no nonce": {"nonce": None},
    "for another client": {"aud": "somebody-else"},
    "for others": {"aud": ["somebody-else", "and-another"]},
    "for us among others, and not ours": {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"},
    "for nobody": {"aud": None},
    "by another issuer": {"iss": "https://login.example.net"},
    "by a like issuer": {"iss": "http://127.0.0.1/realms/example"},
    "by nobody": {"iss": None},
    "expired": {"exp": NOW_S - 61},
    "without an end": {"exp": None},
    "with an end that is no number": {"exp": "tomorrow"},
    "of the future": {"iat": NOW_S + 61},
    "not yet good": {"nbf": NOW_S + 61},
    "about nobody": {"sub": None},
    "for another access token": {"at_hash": "bm90IHRoaXMgb25l"},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_that_says_something_wrong_opens_nothing(
    client: TestClient, provider: OidcProvider, claims: dict[str, object]
) -> None:
    provider.claims = claims
    assert is_refused(go(client, provider), UNTRUSTED)


def test_a_minute_between_two_clocks_is_borne(client: TestClient, provider: OidcProvider) -> None:
    provider.claims = {"exp": NOW_S - 59, "iat": NOW_S + 59}
    assert go(client, provider).status_code == 303


@pytest.mark.parametrize("kind", ["another key", "nobody's key", "the secret", "the public key as a secret"])
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    client: TestClient, provider: OidcProvider, kind: str
) -> None:
    if kind == "another key":
        provider.sign_with = ECKey.generate_key("P-256", {"kid": "first"})
    elif kind == "nobody's key":
        provider.sign_with, provider.header = ECKey.generate_key("P-256"), {"kid": "second"}
    else:
        shown = provider.key.as_pem(private=False)
        secret = SECRET.encode() if kind == "the secret" else b"".join(shown.splitlines()[1:-1])
        provider.sign_with, provider.header = OctKey.import_key(secret), {"alg": "HS256"}
    assert is_refused(go(client, provider), UNTRUSTED)


def test_a_token_without_a_signature_opens_nothing(client: TestClient, provider: OidcProvider) -> None:
    provider.header = {"alg": "none"}
    assert is_refused(go(client, provider), UNTRUSTED)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", None, 7])
def test_a_token_that_is_none_opens_nothing(client: TestClient, provider: OidcProvider, token: object) -> None:
    way = come_back(client, provider)
    body = {"access_token": "a-token", "token_type": "Bearer", "id_token": token}
    provider.answers["token_endpoint"] = (200, orjson.dumps(body))
    assert is_refused(client.get(way, follow_redirects=False), UNTRUSTED)


def test_a_code_is_good_once(client: TestClient, provider: OidcProvider) -> None:
    way = come_back(client, provider)
    trip = client.cookies[TRIP]
    assert client.get(way, follow_redirects=False).status_code == 303
    client.cookies.clear()
    assert is_refused(client.get(way, follow_redirects=False), "not begun in this browser")
    client.cookies.set(TRIP, trip, domain="testserver.local", path=START)
    assert is_refused(client.get(way, follow_redirects=False), UNTRUSTED)


# --- answers to another question --------------------------------------------------------------------------


def test_an_answer_under_another_state_is_none(client: TestClient, provider: OidcProvider) -> None:
    way = come_back(client, provider)
    for wrong in (re.sub("state=[^&]*", "state=" + "0" * 64, way), re.sub("&state=[^&]*", "", way), way + "&state=é"):
        assert is_refused(client.get(wrong, follow_redirects=False), "not begun in this browser")
    assert provider.codes, "the code was shown to nobody"
    assert client.get(way, follow_redirects=False).status_code == 303  # and the right answer still holds


def test_an_answer_opens_no_other_browser(world: World, client: TestClient, provider: OidcProvider) -> None:
    way = come_back(client, provider)
    with visit(world) as victim:
        assert is_refused(victim.get(way, follow_redirects=False), "not begun in this browser")
        come_back(victim, provider)
        assert is_refused(victim.get(way, follow_redirects=False), "not begun in this browser")


def test_an_answer_after_ten_minutes_is_too_late(world: World, client: TestClient, provider: OidcProvider) -> None:
    way = come_back(client, provider)
    world.clock.at += timedelta(minutes=11)
    assert is_refused(client.get(way, follow_redirects=False), "took too long")


@pytest.mark.parametrize("trip", ["", "x", "W10.made-up", "a" * 3000])
def test_a_trip_that_was_made_up_is_none(client: TestClient, provider: OidcProvider, trip: str) -> None:
    way = come_back(client, provider)
    client.cookies.clear()
    client.cookies.set(TRIP, trip, domain="testserver.local", path=START)
    assert is_refused(client.get(way, follow_redirects=False), "not begun in this browser")


def test_an_answer_that_names_another_issuer_is_not_taken_to_this_one(
    client: TestClient, provider: OidcProvider
) -> None:
    way = re.sub("iss=[^&]*", "iss=https%3A%2F%2Flogin.example.net", come_back(client, provider))
    assert is_refused(client.get(way, follow_redirects=False), "did not sign you in")
    assert provider.codes


def test_what_the_provider_says_against_somebody_is_not_repeated(client: TestClient, provider: OidcProvider) -> None:
    state = re.search("state=[^&]*", come_back(client, provider))
    assert state
    way = f"{CALLBACK}?error=access_denied&error_description=<script>evil</script>&{state[0]}"
    answer = client.get(way, follow_redirects=False)
    assert is_refused(answer, "Your organisation did not sign you in.")
    assert "evil" not in answer.text


# --- people -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["nobody@example.org", "ada@example.net", "ada@example.org.example.net"])
def test_nobody_without_an_account_comes_in_and_none_is_made(
    world: World, client: TestClient, provider: OidcProvider, email: str
) -> None:
    provider.behave(email=email, email_verified=True)
    assert is_refused(go(client, provider), "No open account here")
    with world.database.read() as session:
        assert {user.name for user in users.load_all(session)} == {"rae", "ada", "bo", "max"}


@pytest.mark.parametrize(
    "person",
    [
        {"email": "ada@example.org"},
        {"email": "ada@example.org", "email_verified": False},
        {"email": "ada@example.org", "email_verified": "true"},
        {"email": "ada@example.org", "email_verified": 1},
        {"email": ["ada@example.org"], "email_verified": True},
        {"email": "MA\u212a@example.org", "email_verified": True},  # a Kelvin sign is no K
        {"email_verified": True},
    ],
    ids=str,
)
def test_an_address_that_nobody_confirmed_opens_nothing(
    client: TestClient, provider: OidcProvider, person: dict[str, Any]
) -> None:
    provider.behave(**person)
    assert is_refused(go(client, provider), "did not confirm your e-mail address")


def test_a_closed_account_stays_closed_and_the_audit_has_it(
    tmp_path_factory: pytest.TempPathFactory, provider: OidcProvider
) -> None:
    world = make_sign_on_world(tmp_path_factory, provider)
    with world.database.begin() as session:
        users.disable(session, "ada")
    with visit(world) as client:
        assert is_refused(go(client, provider), "No open account here")
        assert list_acts(world)[0] == ("ada", "sign-in.refused")
        with world.database.begin() as session:
            users.enable(session, "ada")
            users.create_user(session, name="eva", password=None, role=Role.ADMIN, email="ADA@example.org")
        assert is_refused(go(client, provider), "No open account here"), "of two, nobody can tell which is meant"


def test_who_was_invited_needs_no_password(tmp_path_factory: pytest.TempPathFactory, provider: OidcProvider) -> None:
    world = make_sign_on_world(tmp_path_factory, provider)
    with visit(world) as client:
        sign_in(client, "max")
        send(client, "/admin/accounts", name="eva", email="eva@example.org", role="reviewer")
        (letter,) = load_letters(world)
        assert "Or sign in with your organisation, without a password: http" in str(letter.get_payload())
        client.cookies.clear()
        provider.behave(email="eva@example.org", email_verified=True)
        assert go(client, provider).status_code == 303
        assert client.get("/admin/").status_code == 200


# --- the provider away ------------------------------------------------------------------------------------


def test_while_the_provider_is_away_the_page_says_so_and_passwords_work(
    client: TestClient, provider: OidcProvider
) -> None:
    way = come_back(client, provider)
    provider.stop()
    assert is_refused(client.get(way, follow_redirects=False), AWAY, 503)
    assert is_refused(client.get(START, follow_redirects=False), AWAY, 503)
    assert client.get("/admin/sign-in").status_code == 200
    assert sign_in(client, "ada").status_code == 303
    provider.start()
    assert go(client, provider).status_code == 303


ABOUT = NAMES.removeprefix("/")
BROKEN = [
    (ABOUT, 500, b"{}"), (ABOUT, 404, b""), (ABOUT, 302, b""), (ABOUT, 200, b"<html>"), (ABOUT, 200, b"[]"),
    (ABOUT, 200, b'{"issuer": "https://login.example.net"}'), (ABOUT, 200, b" " * 1_000_001),
    ("jwks_uri", 200, b"{}"), ("jwks_uri", 200, b'{"keys": [{"kty": "EC"}]}'), ("jwks_uri", 200, b'{"keys": 7}'),
    ("jwks_uri", 200, b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}'), ("jwks_uri", 302, b""),
    ("token_endpoint", 500, b"{}"), ("token_endpoint", 429, b"slow down"), ("token_endpoint", 302, b""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status", "body"), BROKEN)
def test_a_provider_that_answers_nonsense_opens_nothing(
    client: TestClient, provider: OidcProvider, name: str, status: int, body: bytes
) -> None:
    way = come_back(client, provider)
    provider.answers[name] = (status, body)
    answer = client.get(way, follow_redirects=False)
    assert is_refused(answer, AWAY, 503) or is_refused(answer, UNTRUSTED)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("address", ["http://login.example.net/", "javascript:alert(1)", "file:///etc/hostname", "", 7])
def test_no_secret_goes_where_it_could_be_read_on_the_way(
    client: TestClient, provider: OidcProvider, name: str, address: object
) -> None:
    way = come_back(client, provider)
    provider.said = {name: address}
    if name == "authorization_endpoint":
        way = START
    assert is_refused(client.get(way, follow_redirects=False), AWAY, 503)


# --- ways out, crowds, logs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/search", "javascript:x"]
)
def test_the_way_back_never_leads_out_of_these_rooms(client: TestClient, provider: OidcProvider, back: str) -> None:
    assert go(client, provider, back).headers["location"] == "/admin/"


def test_another_site_begins_no_sign_in_and_uses_up_nobody_s_tries(client: TestClient, provider: OidcProvider) -> None:
    for _ in range(101):
        answer = client.get(START, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
        assert answer.status_code == 403
    assert not provider.asked
    assert sign_in(client, "ada").status_code == 303


def test_who_begins_again_and_again_is_stopped(world: World, client: TestClient, provider: OidcProvider) -> None:
    provider.answers[ABOUT] = (500, b"")
    answers = {client.get(START, follow_redirects=False).status_code for _ in range(100)}
    assert answers == {503}
    assert client.get(START, follow_redirects=False).status_code == 429
    with visit(world) as colleague:
        assert sign_in(colleague, "ada").status_code == 303


def test_no_log_holds_a_secret_a_code_a_token_or_an_address(
    client: TestClient, provider: OidcProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    way = come_back(client, provider)
    (code,) = provider.codes
    provider.claims = {"nonce": "a wrong one"}
    client.get(way, follow_redirects=False)
    go(client, provider)
    assert "sign-in by OIDC refused: the ID token does not hold (InvalidClaimError invalid_claim)" in caplog.text
    browsers = ("httpx", "httpcore")  # the tests' own
    own = [record.getMessage() for record in caplog.records if not record.name.startswith(browsers)]
    assert own
    for told in (SECRET, code, "a-token", "ada@"):
        assert not [line for line in own if told.casefold() in line.casefold()]


def test_the_doctor_says_whether_the_provider_is_there_and_the_one_that_is_meant(
    world: World, provider: OidcProvider
) -> None:
    app = App(world.settings, world.clock, world.database)

    def look() -> list[tuple[bool, str]]:
        return [(found.ok, found.found) for found in examine(app) if found.what == "sign-in by OIDC"]

    assert look() == [(True, provider.issuer)]
    provider.said = {"issuer": "https://login.example.net"}
    assert look() == [(False, f"{provider.issuer} cannot be used")]


# --- settings ---------------------------------------------------------------------------------------------


def test_until_the_settings_name_a_provider_there_is_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    with TestClient(make_world(tmp_path_factory.mktemp("off"), []).app) as client:
        assert "organisation" not in client.get("/admin/sign-in").text
        assert [client.get(path).status_code for path in (START, CALLBACK)] == [404, 404]


@pytest.mark.parametrize("missing", ["oidc_client_id", "oidc_client_secret"])
def test_half_a_provider_is_refused_with_what_is_missing(missing: str) -> None:
    whole = {"oidc_issuer": "https://login.example.org", "oidc_client_id": "x", "oidc_client_secret": "y"}
    assert open_provider(Settings(**whole)) is not None
    with pytest.raises(SettingsError, match=f"PALPATE_{missing.upper()}"):
        open_provider(Settings(**{**whole, missing: ""}))


def test_without_its_extra_the_setting_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "web.admin.provider", raising=False)
    monkeypatch.setitem(sys.modules, "authlib.integrations.requests_client", None)
    settings = Settings(oidc_issuer="https://login.example.org", oidc_client_id="x", oidc_client_secret="y")
    with pytest.raises(SettingsError, match=r"PALPATE_OIDC_ISSUER needs Authlib: pip install 'palpate\[oidc\]'"):
        open_provider(settings)
