"""Commands that gather: sources, crawl, import, extract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
from rich.progress import TaskID

from cli.app import IsoDate, json_option, open_app, print_json, print_json_lines, print_report, progress_bar
from crawler.tally import SourceSummary
from directory.errors import InputError


@click.command(epilog="Example: palpate sources --json")
@json_option
def sources(as_json: bool) -> None:
    """Every source: kind, licence, terms reviewed on, last run, freshness, off switch."""
    from crawler.sources import describe_sources

    with open_app() as app, app.database.read() as session:
        statuses = describe_sources(session, app.clock, off=app.settings.sources_off, data_dir=app.settings.data_dir)
    if as_json:
        print_json([status.to_json() for status in statuses])
        return
    click.echo(f"{'source':<16}{'kind':<16}{'licence':<26}{'terms reviewed':<16}{'last run':<18}freshness")
    for s in statuses:
        last = s.last_run_at.strftime("%Y-%m-%d %H:%M") if s.last_run_at else "never"
        state = s.freshness if s.enabled else "switched off"
        reviewed = s.terms_reviewed_on.isoformat() if s.terms_reviewed_on else "not yet"
        click.echo(f"{s.id:<16}{s.kind:<16}{s.licence[:24]:<26}{reviewed:<16}{last:<18}{state}")


@click.command(epilog='Example: palpate crawl --source wa_doh --source practice_sites --region "Denver, CO"')
@click.option("--source", "source_ids", multiple=True, metavar="ID", help="A source of `palpate sources`; repeatable.")
@click.option("--region", "regions", multiple=True, metavar="PLACE", help='CO, AB, "Denver, CO" …; repeatable.')
@click.option("--shard", metavar="i/n", help="Only part i of n of the work, for several machines on one database.")
@click.option("--from", "from_", metavar="PATH_OR_URL", help="A saved file, a folder, or a start page.")
@click.option("--full", is_flag=True, help="--from holds the whole source: check its counts, close what is gone.")
@click.option("--read-on", type=IsoDate(), help="The day the source was read (default: the file's own date).")
@click.option("--allow-local", is_flag=True, help="Allow addresses of this machine and of private networks.")
@json_option
def crawl(
    source_ids: tuple[str, ...],
    regions: tuple[str, ...],
    shard: str | None,
    from_: str | None,
    full: bool,
    read_on: date | None,
    allow_local: bool,
    as_json: bool,
) -> int:
    """Run sources; a run that was killed goes on where it stopped.

    Prints a summary a source: fetched, new, changed, unchanged, set aside (with reasons), gates.
    """
    from crawler.run import run_crawl

    tasks: dict[str, TaskID] = {}

    if from_ and len(source_ids) != 1:
        raise click.UsageError("--from needs exactly one --source, which says how to read it.")
    with open_app() as app, progress_bar() as progress:

        def show(source: str, read: int) -> None:
            if source not in tasks:
                tasks[source] = progress.add_task(source, total=None)
            progress.update(tasks[source], completed=read)

        summaries = run_crawl(
            app.settings,
            database=app.database,
            sources=source_ids,
            regions=regions,
            shard=shard,
            from_=from_,
            full=full,
            read_on=read_on,
            allow_local=allow_local,
            clock=app.clock,
            progress=show,
        )
    if as_json:
        print_json([summary.to_json() for summary in summaries])
    else:
        for summary in summaries:
            click.echo(summary.to_text())
    return _tell_failures(summaries)


@click.command(name="import", epilog="Example: palpate import partner.jsonl --source clinic_chain")
@click.argument("listings", type=click.Path(path_type=Path))
@click.option("--source", default="import", metavar="ID", help="Source of listings that name none.", show_default=True)
@json_option
def import_listings(listings: Path, source: str, as_json: bool) -> int:
    """Load a listings file (JSON Lines) as observations."""
    from crawler.listings_file import import_file

    with open_app() as app:
        summary = import_file(app.database, listings, source=source, clock=app.clock)
    print_report(summary, as_json)
    return _tell_failures([summary])


def _tell_failures(summaries: Sequence[SourceSummary]) -> int:
    """One line on standard error where a source failed, and the exit code."""
    failed = [summary for summary in summaries if summary.failed]
    if failed:
        first = failed[0]
        why = first.error or "; ".join(first.errors) or "its gates were not passed"
        more = f" And {len(failed) - 1} more." if len(failed) > 1 else ""
        click.echo(f"palpate: {first.source} failed: {why}{more}", err=True)
    return 1 if failed else 0


@click.command(epilog="Example: palpate extract page.html --url https://practice.example/about")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|URL …")
@click.option("--url", metavar="ADDRESS", help="The page's address (default: its own canonical one).")
def extract(inputs: tuple[str, ...], url: str | None) -> int:
    """Read pages and print what they state, one JSON line an input, even if unreadable."""
    from crawler.extraction import to_contract_json
    from crawler.extraction.files import extract_files

    if url and len(inputs) > 1:
        raise click.UsageError("--url is the address of one page; give one FILE with it.")
    readable = 0

    with progress_bar() as progress:
        task = progress.add_task("reading pages", total=len(inputs))
        for page in extract_files(inputs, url=url):
            readable += "unreadable" not in " ".join(page.hold_reasons)
            print_json_lines([to_contract_json(page)])
            progress.advance(task)
    if not readable:
        raise InputError("None of the inputs could be read; each line above says why.")
    return 0


COMMANDS = (sources, crawl, import_listings, extract)
