"""Commands that decide: resolve, verify, ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.app import IsoDate, Report, json_option, open_app, print_report, progress_bar
from directory.clock import SystemClock

_file = click.Path(path_type=Path)


@click.command(epilog="Example: palpate resolve --listings listings.jsonl --out entities.csv")
@click.option("--listings", type=_file, help="Stand-alone: a listings file instead of the records.")
@click.option("--out", type=_file, help="Stand-alone: where listing_id,entity_id,kind is written.")
@click.option("--one-per-source", is_flag=True, help="No two listings of one source are the same entity.")
@json_option
def resolve(listings: Path | None, out: Path | None, one_per_source: bool, as_json: bool) -> None:
    """Decide which listings are the same person or practice, on the records or on a file."""
    from resolution.run import run_resolve
    from resolution.standalone import resolve_files

    if (listings is None) != (out is None):
        raise click.UsageError("--listings and --out belong together.")
    if listings and out:
        print_report(resolve_files(listings, out, one_per_source=one_per_source), as_json)
    else:
        with open_app() as app:
            print_report(run_resolve(app.database, clock=app.clock, one_per_source=one_per_source), as_json)


@click.command(epilog="Example: palpate verify --on 2026-11-23 --mode strict")
@click.option("--on", type=IsoDate(), help="The day whose status is asked (default: today).")
@click.option("--mode", type=click.Choice(["strict", "default"]), help="How much agreement a status needs.")
@click.option("--listings", type=_file, help="Stand-alone: a listings file.")
@click.option("--register", type=_file, help="Stand-alone: a register file.")
@click.option("--out", type=_file, help="Stand-alone: where the outcomes are written, one JSON line a listing.")
@click.option("--explain", metavar="ID", help="Show both records, what agreed, and the rule that fired.")
@json_option
def verify(
    on: date | None,
    mode: str | None,
    listings: Path | None,
    register: Path | None,
    out: Path | None,
    explain: str | None,
    as_json: bool,
) -> None:
    """Check every claim against its board's register and write the ledger, on the records or on files."""
    from verification.explain import explain_entity
    from verification.run import run_verify

    files = (listings, register, out)
    if any(files) and not all(files):
        raise click.UsageError("--listings, --register and --out belong together.")
    if listings and register and out:
        print_report(_verify_files(listings, register, out, on, mode or "strict"), as_json)
        return
    with open_app() as app:
        day, mode = on or app.clock.today(), mode or app.settings.verification_mode
        report: Report = (
            explain_entity(app.database, explain, on=day, mode=mode)
            if explain is not None
            else run_verify(app.database, on=day, mode=mode, clock=app.clock)
        )
    print_report(report, as_json)


def _verify_files(listings: Path, register: Path, out: Path, on: date | None, mode: str) -> Report:
    """Files alone: neither settings nor a data folder are asked for."""
    from verification.standalone import verify_files

    with progress_bar() as progress:
        task = progress.add_task("checking claims", total=None)
        return verify_files(
            listings,
            register,
            out,
            on=on or SystemClock().today(),
            mode=mode,
            progress=lambda count: progress.update(task, completed=count),
        )


@click.group(epilog="Example: palpate ledger show p-7k2m")
def ledger() -> None:
    """The append-only record of every check."""


@ledger.command(epilog="Example: palpate ledger show p-7k2m --as-known-on 2026-06-30")
@click.argument("entity_id", metavar="ID")
@click.option("--as-known-on", type=IsoDate(), help="What was known at the end of that day (default: now).")
@json_option
def show(entity_id: str, as_known_on: date | None, as_json: bool) -> None:
    """What is, or was, known of one entity's credentials; writes nothing."""
    from verification.explain import show_ledger

    with open_app() as app:
        print_report(show_ledger(app.database, entity_id, as_known_on=as_known_on), as_json)


COMMANDS = (resolve, verify, ledger)
