"""Commands that keep it going: schedule and work."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click
import orjson

from cli.app import App, open_app
from directory.errors import PalpateError

every_option = click.option(
    "--every", default=5, show_default=True, type=click.IntRange(1, 3600), help="Seconds between two looks."
)
alive_option = click.option(
    "--alive", type=click.Path(path_type=Path), help="Touch this file again and again, for a health check to look at."
)
lines_option = click.option("--json", "as_json", is_flag=True, help="Say what happens as JSON, one line each.")


@click.command(epilog="Example: palpate schedule --parts 4")
@every_option
@click.option(
    "--parts",
    default=1,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Into how many jobs the checks, practices' sites and NPPES are split; as many as there are workers.",
)
@alive_option
@lines_option
def schedule(every: int, parts: int, alive: Path | None, as_json: bool) -> int:
    """Keep things going: ask for what is due, bring decisions to the index, send mail. Workers do the jobs.

    Two of them do no harm; what one does while it is killed, it does when it is started again.
    """
    from cli.keep import keep_up

    say = make_sayer(as_json)

    def look(app: App) -> None:
        keep_up(app, parts=parts, say=say)
        beat(alive)

    with open_app() as app:
        return go_on(lambda: look(app), every)


@click.command(epilog="Example: palpate work --every 5")
@every_option
@click.option("--once", is_flag=True, help="Do what can be done now, then end.")
@alive_option
@lines_option
def work(every: int, once: bool, alive: Path | None, as_json: bool) -> int:
    """Do the jobs that were asked for, one after another; start as many workers as you like on one PostgreSQL.

    A worker that is killed loses its job to the next one after two minutes; one that is told to stop (SIGTERM) gives it
    back at once.
    """
    from cli.keep import Ways, do_next
    from search.locks import make_owner

    say, worker = make_sayer(as_json), make_owner()

    def do_all(app: App) -> None:
        try:
            while do_next(app, worker, ways=Ways(), say=say, beat=lambda: beat(alive)):
                pass
        except PalpateError as error:  # the database is away: what was asked for is still there when it is back
            say(str(error))
        beat(alive)

    with open_app() as app:
        if once:
            do_all(app)
            return 0
        return go_on(lambda: do_all(app), every)


def go_on(act: Callable[[], object], every_s: float) -> int:
    """Act again and again, with a pause between, until SIGTERM or Ctrl-C; then end well."""
    told: list[int] = []  # a driver that is interrupted may raise an error of its own, which hides the interruption

    def stop(number: int, _: FrameType | None) -> None:
        told.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    waiting = threading.Event()
    try:
        while not told:
            act()
            if not told:
                waiting.wait(every_s)
    except KeyboardInterrupt:
        pass
    except PalpateError:
        if not told:
            raise
    return 0


def beat(alive: Path | None) -> None:
    """Show that the process still does something."""
    if alive is not None:
        alive.touch()


def make_sayer(as_json: bool) -> Callable[[str], None]:
    """What says one line at a time, at once, plainly or as JSON with the time."""

    def say(text: str) -> None:
        line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "said": text}
        sys.stdout.buffer.write(orjson.dumps(line) + b"\n" if as_json else f"{text}\n".encode())
        sys.stdout.buffer.flush()

    return say


COMMANDS = (schedule, work)
