"""Mails go out over a real server, each once and in order; without one they become files."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cli.app import App
from cli.doctor import examine
from cli.main import main
from directory.errors import InputError, MailServerError, UsageError
from directory.settings import Settings, load_settings
from notices.mailing import FileMailer, SmtpMailer, send_waiting
from notices.messages import make_draft, parse_address
from records import mail
from records.database import Database, open_database
from search.node.process import reserve_port
from tests.mail_server import MailServer, run_mail_server
from tests.records_fixtures import START, StepClock, open_new

SENDER = "palpate@example.org"
SETTINGS = Settings(base_url="https://palpate.example.org", mail_from=SENDER)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with run_mail_server() as found:
        yield found


@pytest.fixture
def clock() -> StepClock:
    return StepClock(START)


@pytest.fixture
def database(tmp_path: Path, clock: StepClock) -> Iterator[Database]:
    found = open_new(Settings(data_dir=tmp_path / "data", session_secret="only-for-tests"), clock=clock)
    yield found
    found.close()


def queue(database: Database, *names: str) -> None:
    with database.begin() as session:
        for name in names:
            draft = make_draft(
                SETTINGS, key=name, owner="o", to=f"{name}@example.com", subject=f"Für {name}",
                body="Bien à vous – José\n", language="fr", at=START,
            )  # fmt: skip
            assert mail.queue(session, draft)


def send(database: Database, url: str) -> tuple[int, int, int]:
    summary = send_waiting(database, SmtpMailer(url), sender=SENDER)
    return summary.sent, summary.refused, summary.waiting


def test_a_message_arrives_whole_once_and_nothing_of_it_is_kept(server: MailServer, database: Database) -> None:
    queue(database, "ana")
    assert send(database, server.url) == (1, 0, 0)
    assert send(database, server.url) == (0, 0, 0)
    (message,) = server.taken
    assert server.recipients == ["ana@example.com"]
    assert (message["Subject"], message["From"]) == ("Für ana", f"Palpate <{SENDER}>")
    assert message.get_content().strip() == "Bien à vous – José"
    assert message["Auto-Submitted"] == "auto-generated"
    assert str(message["Message-ID"]).endswith("@palpate.example.org>")
    with database.read() as session:
        kept = session.execute(text("SELECT * FROM mails")).one()
    assert "ana@" not in str(kept)
    assert (kept.recipient, kept.message) == (None, None)


def test_while_the_server_is_away_nothing_is_lost_and_all_goes_in_order_afterwards(
    server: MailServer, database: Database, clock: StepClock
) -> None:
    queue(database, "a")
    assert send(database, server.url) == (1, 0, 0)
    server.stop()
    queue(database, "b", "c")
    assert send(database, server.url) == (0, 0, 2)
    queue(database, "d")
    clock.step(minutes=3)
    assert send(database, server.url) == (0, 0, 3)
    server.start()
    assert send(database, server.url) == (0, 0, 3), "it waits out its time"
    clock.step(minutes=10)
    assert send(database, server.url) == (3, 0, 0)
    assert server.recipients == [f"{name}@example.com" for name in "abcd"]


def test_a_worker_that_dies_before_it_says_so_sends_again_under_the_same_id(
    server: MailServer, database: Database, clock: StepClock
) -> None:
    queue(database, "ana")
    with database.begin() as session:
        taken = mail.claim(session, "dies")
    assert taken is not None
    mailer = SmtpMailer(server.url)
    mailer.send(taken, SENDER)
    mailer.close()
    assert send(database, server.url) == (0, 0, 1)
    clock.step(minutes=6)
    assert send(database, server.url) == (1, 0, 0)
    assert len({message["Message-ID"] for message in server.taken}) == 1


def test_a_refused_recipient_does_not_hold_up_the_others(
    server: MailServer, database: Database, clock: StepClock
) -> None:
    queue(database, "gone", "grey", "ana")
    server.answers = {"gone@example.com": "550 nobody here", "grey@example.com": "451 come again"}
    assert send(database, server.url) == (1, 2, 1)
    server.answers = {}
    clock.step(minutes=1)
    assert send(database, server.url) == (1, 0, 0)
    assert server.recipients == ["ana@example.com", "grey@example.com"]
    with database.read() as session:
        assert mail.count(session).given_up == 1


def test_a_server_that_is_busy_keeps_everything_waiting(server: MailServer, database: Database) -> None:
    queue(database, "ana", "bo")
    server.answers = {"ana@example.com": "421 too busy"}
    assert send(database, server.url) == (0, 0, 2)


def test_no_address_is_written_to_a_log_or_an_error(
    server: MailServer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    queue(database, "gone")
    server.answers = {"gone@example.com": "550 gone@example.com does not live here"}
    send(database, server.url)
    assert "refused" in caplog.text
    assert "example.com" not in caplog.text
    with database.read() as session:
        assert "example.com" not in str(mail.count(session))


def make_tls(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context under a certificate of its own, and a client's that trusts it."""
    openssl = shutil.which("openssl")
    assert openssl
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {certificate}"
    subprocess.run([openssl, *words.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context, ssl.create_default_context(cafile=str(certificate))


def test_tls_is_used_and_a_certificate_nobody_vouches_for_is_not_accepted(tmp_path: Path, database: Database) -> None:
    tls, trusting = make_tls(tmp_path)
    queue(database, "ana")
    with run_mail_server(tls=tls, password="sesame") as server:
        url = f"smtp+starttls://me:sesame@127.0.0.1:{server.port}"
        assert send(database, url) == (0, 0, 1), "this certificate is not trusted"
        database.clock.at += timedelta(minutes=1)  # type: ignore[attr-defined]  # a StepClock
        summary = send_waiting(database, SmtpMailer(url, context=trusting), sender=SENDER)
        assert (summary.sent, summary.trouble) == (1, None)
        assert len(server.taken) == 1


def test_a_wrong_password_is_the_servers_trouble_and_is_not_repeated_in_words(
    tmp_path: Path, database: Database
) -> None:
    queue(database, "ana")
    with run_mail_server(password="sesame") as server:
        summary = send_waiting(database, SmtpMailer(f"smtp://me:wrong@127.0.0.1:{server.port}"), sender=SENDER)
    assert summary.waiting == 1
    assert summary.trouble == "The mail server answered 535."


def test_without_tls_no_password_leaves_this_machine(server: MailServer, database: Database) -> None:
    queue(database, "ana")
    summary = send_waiting(database, SmtpMailer(f"smtp+starttls://me:sesame@127.0.0.1:{server.port}"), sender=SENDER)
    assert summary.trouble == "The mail server cannot be used (SMTPNotSupportedError)."
    assert server.taken == []


def test_without_a_server_each_message_becomes_one_private_file(tmp_path: Path, database: Database) -> None:
    queue(database, "ana", "bo")
    summary = send_waiting(database, FileMailer(tmp_path / "mail"), sender=SENDER)
    assert (summary.sent, summary.waiting) == (2, 0)
    files = sorted((tmp_path / "mail").iterdir())
    messages = [message_from_bytes(file.read_bytes(), policy=POLICY) for file in files]
    assert [message["To"] for message in messages] == ["ana@example.com", "bo@example.com"]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]


def test_a_folder_that_cannot_be_written_keeps_the_message(tmp_path: Path, database: Database) -> None:
    (tmp_path / "mail").write_text("in the way")
    queue(database, "ana")
    summary = send_waiting(database, FileMailer(tmp_path / "mail"), sender=SENDER)
    assert (summary.sent, summary.waiting) == (0, 1)
    assert summary.trouble is not None


@pytest.mark.parametrize("evil", ["a\r\nBcc: b@example.com", "a\nb", "a\x00b", "a\u2028b", "a\x7fb", "a\x0bb"])
def test_no_header_can_be_smuggled_in(evil: str) -> None:
    parts: dict[str, Any] = {
        "key": "k",
        "owner": "o",
        "to": "a@example.com",
        "body": "b",
        "language": "en",
        "at": START,
    }
    with pytest.raises(InputError, match="control character"):
        make_draft(SETTINGS, **{**parts, "subject": evil})
    with pytest.raises(InputError, match="control character"):
        make_draft(SETTINGS, **{**parts, "subject": "s", "headers": {"List-Unsubscribe": evil}})
    with pytest.raises(UsageError):
        make_draft(SETTINGS, **{**parts, "subject": "s", "to": f"{evil}@example.com"})


@pytest.mark.parametrize(
    "text",
    ["", "nobody", "a@b", "a@example.com, b@example.com", "a b@example.com", "Ana <a@example.com>", "a@example.com>",
     "a@@example.com", ".a@example.com", "a..b@example.com", "a@-example.com", "a@example..com", "ä@example.com",
     "a@example.com\r\nRCPT TO:<b@example.com>", f"{'a' * 65}@example.com", f"a@{'b' * 250}.com", '"a b"@example.com'],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_address(text)


def test_an_address_keeps_its_name_and_folds_its_domain() -> None:
    assert parse_address(" Ana.O'Hara+x@Example.COM ") == "Ana.O'Hara+x@example.com"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PALPATE_SMTP_URL", "mail.example.org:25"), ("PALPATE_SMTP_URL", "http://mail.example.org"),
     ("PALPATE_MAIL_FROM", "a@example.com\r\nBcc: b@example.com"), ("PALPATE_MAIL_FROM", "nobody")],
)  # fmt: skip
def test_settings_that_no_mail_could_use_are_named(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name):
        load_settings({name: value}, Path("nowhere.toml"))


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where nobody answers."""
    with reserve_port() as port:
        yield port


def test_the_command_sends_and_fails_plainly_while_the_server_is_away(
    silent_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALPATE_DATA_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("PALPATE_SMTP_URL", f"smtp://127.0.0.1:{silent_port}")
    settings = load_settings()
    database = open_database(settings)
    queue(database, "ana")
    database.close()
    assert main(["mail", "send"]) == 1
    assert "1 wait. The mail server cannot be used" in capsys.readouterr().out
    assert main(["mail", "status"]) == 0
    assert "1 mails wait" in capsys.readouterr().out


def test_the_doctor_says_where_mails_go_and_when_they_do_not(
    database: Database, clock: StepClock, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "data", session_secret="only-for-tests")

    def look() -> dict[str, tuple[bool, str]]:
        return {item.what: (item.ok, item.found) for item in examine(App(settings, clock, database))}

    assert look()["mail"] == (True, f"into files under {tmp_path / 'data' / 'mail'}")
    assert look()["mail queue"] == (True, "0 wait, 0 given up")
    queue(database, "ana")
    clock.step(hours=2)
    assert look()["mail queue"] == (False, "1 wait, 0 given up")


def test_a_server_that_is_away_is_an_error_of_the_tree(silent_port: int) -> None:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{silent_port}")
    with pytest.raises(MailServerError):
        mailer.send(mail.Mail(seq=1, key="k", recipient="a@example.com", message="m", attempts=1), SENDER)
