"""Commands that tell people outside: mail, watch."""

from __future__ import annotations

import signal
from threading import Event
from types import FrameType

import click

from cli.app import App, json_option, open_app, print_json, print_report
from notices.mailing import SendSummary
from notices.run import WatchSummary


@click.group(epilog="Example: palpate mail send")
def mail() -> None:
    """Messages that go out: to the mail server, or into files where none is set."""


@mail.command(epilog="Example: palpate mail send --every 20")
@click.option("--every", type=click.IntRange(1, 3600), help="Go on, looking again after so many seconds.")
@json_option
def send(every: int | None, as_json: bool) -> int:
    """Send what waits, in order and each once; exit 1 while the mail server is away."""
    ended = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    if every:
        signal.signal(signal.SIGTERM, end)
    with open_app() as app:
        while True:
            summary = send_mails(app, ended)
            if not every:
                print_report(summary, as_json)
                return 1 if summary.trouble else 0
            if summary.sent or summary.refused or summary.trouble:
                print_report(summary, as_json)
            if ended.wait(every):
                return 0


def send_mails(app: App, ended: Event | None = None) -> SendSummary:
    """One round of sending by the settings' own way."""
    from notices.mailing import open_mailer, send_waiting

    mailer, stop = open_mailer(app.settings), (ended or Event()).is_set
    return send_waiting(app.database, mailer, sender=app.settings.mail_from, stop=stop)


@mail.command(epilog="Example: palpate mail status --json")
@json_option
def status(as_json: bool) -> None:
    """How many messages wait, since when and why, and how many were given up."""
    from records import mail as mails

    with open_app() as app, app.database.read() as session:
        found = mails.count(session)
    since = None if found.oldest_at is None else found.oldest_at.isoformat()
    if as_json:
        print_json(
            {"waiting": found.waiting, "since": since, "last_error": found.last_error, "given_up": found.given_up}
        )
    else:
        click.echo(f"{found.waiting} mails wait{f' since {since}' if since else ''}; {found.given_up} were given up.")
        if found.last_error:
            click.echo(found.last_error)


@click.group(epilog="Example: palpate watch run")
def watch() -> None:
    """Those whom somebody follows: find what is new of them, and tell it once."""


@watch.command(name="run", epilog="Example: palpate watch run --json")
@json_option
def run_(as_json: bool) -> int:
    """Find what is new, write the letters and send them; run again at once, it tells nothing. Exit 1: some wait."""
    with open_app() as app:
        told = tell_watchers(app)
        sent = send_mails(app)
    if as_json:
        print_json({**told.to_json(), "mail": sent.to_json()})
    else:
        click.echo(f"{told.to_text()} {sent.to_text()}")
    return 1 if sent.trouble else 0


def tell_watchers(app: App) -> WatchSummary:
    """Find what is new of those whom somebody follows, and queue the letters."""
    from notices.run import run_watch
    from search.engine import open_engine
    from web.letters import make_writer

    reader, write = open_engine(app.settings).open_reader(), make_writer(app.settings, app.clock)
    try:
        return run_watch(app.database, reader, clock=app.clock, write=write)
    finally:
        reader.close()


@watch.command(name="status", epilog="Example: palpate watch status --json")
@json_option
def watch_status(as_json: bool) -> None:
    """How many people and regions are followed, by letters and by accounts, and what no letter says yet."""
    from records import watches

    with open_app() as app, app.database.read() as session:
        found, waiting = watches.count(session), len(watches.find_waiting(session))
    if as_json:
        followed = [{"kind": kind, "by_account": own, "count": number} for (kind, own), number in sorted(found.items())]
        print_json({"followed": followed, "letters_to_write": waiting})
        return
    for (kind, own), number in sorted(found.items()):
        click.echo(f"{number} {kind}s are followed {'by accounts' if own else 'by letter'}.")
    click.echo(f"{waiting} letters are to be written.")


COMMANDS = (mail, watch)
