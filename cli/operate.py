"""Commands that operate: run, serve, demo, export, backup, restore, doctor, dev."""

from __future__ import annotations

import time
from pathlib import Path

import click

from cli.app import App, json_option, open_app, print_json
from directory.errors import NotFoundError


@click.command(epilog="Example: palpate run --due")
@click.option("--due", is_flag=True, help="Only what is due: sources past their cadence, checks past their clock.")
@json_option
def run(due: bool, as_json: bool) -> int:
    """Crawl, resolve, verify and update the index, each step resumable."""
    from cli.steps import Plan, run_steps

    with open_app() as app:
        report = run_steps(app, Plan(due=due), say=(lambda _: None) if as_json else click.echo)
    if as_json:
        print_json(report.to_json())
    return 1 if report.failed else 0


@click.command(epilog="Example: palpate serve --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def serve(host: str, port: int) -> None:
    """Serve the site."""
    with open_app() as app:
        click.echo(f"Palpate on http://{host}:{port}/  (Ctrl-C stops it)")
        serve_site(app, host, port)


def serve_site(app: App, host: str, port: int) -> None:
    """Serve until stopped; requests under way are finished first."""
    import uvicorn

    from crawler.sources import describe_sources
    from search.engine import open_engine
    from search.service import warm
    from web.app import create_app

    site = create_app(
        app.settings,
        database=app.database,
        engine=open_engine(app.settings),
        clock=app.clock,
        list_sources=lambda session: describe_sources(
            session, app.clock, off=app.settings.sources_off, data_dir=app.settings.data_dir
        ),
    )
    parts = site.state.site
    warm(parts.reader, parts.gazetteer, parts.vocabulary, on=parts.today())
    # No access log: queries are health data and stay out of logs.
    uvicorn.run(site, host=host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=10)


@click.command(epilog="Example: palpate demo --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--seed", default=1, show_default=True, help="Another seed, another made-up world.")
@click.option(
    "--world-port", default=8808, show_default=True, type=click.IntRange(1, 65535), help="Where the made-up world is."
)
@click.option("--build-only", is_flag=True, help="Crawl, resolve, verify and index, but do not serve.")
def demo(host: str, port: int, seed: int, world_port: int, build_only: bool) -> None:
    """Make a small world, run the whole job on it, and serve the result."""
    from cli.demo import run_demo

    run_demo(host=host, port=port, seed=seed, world_port=world_port, build_only=build_only, say=click.echo)


@click.command(epilog="Example: palpate export --format csv --out therapists.csv")
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl", "fhir"]), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Default: standard output.")
def export(format_: str, out: Path | None) -> None:
    """The published directory as open data: CSV, JSON Lines or a FHIR bundle."""
    from cli.export import export_documents

    with open_app() as app:
        count = export_documents(app, format_, out)
    if out:
        click.echo(f"{count} entries written to {out}.")


@click.command(epilog="Example: palpate backup palpate-2026-11-23.zip")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write all records to one FILE, as they are at one moment; nobody has to stop working.

    It holds the secret by which removed people are known again: keep it where nobody else reads it.
    """
    from records.backup import write_backup

    with open_app() as app:
        manifest = write_backup(app.database, file)
    click.echo(f"{sum(manifest.rows.values())} rows of {len(manifest.rows)} tables written to {file}.")


@click.command(epilog="Example: palpate restore palpate-2026-11-23.zip")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace the records that are there.")
def restore(file: Path, overwrite: bool) -> None:
    """Bring back the records that a backup FILE holds: all of them, or none; then build the index from them."""
    from directory.settings import load_settings
    from records.backup import restore as bring_back

    # Not by `open_app`: it would make a new secret where the backup brings its own.
    manifest = bring_back(load_settings(), file, overwrite=overwrite)
    click.echo(
        f"{sum(manifest.rows.values())} rows of {len(manifest.rows)} tables are back, as they were on "
        f"{manifest.made_at:%Y-%m-%d at %H:%M} UTC; both chains hold. Now run: palpate index build"
    )


@click.command(epilog="Example: palpate doctor --json")
@json_option
def doctor(as_json: bool) -> int:
    """Check settings, records, engine and freshness, and say how to mend what is not well."""
    from cli.doctor import examine

    with open_app() as app:
        findings = examine(app)
    if as_json:
        print_json([finding.to_json() for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.ok else 'MEND'}  {finding.what}: {finding.found}")
            if finding.mend:
                click.echo(f"      {finding.mend}")
    return 0 if all(finding.ok for finding in findings) else 1


@click.group(epilog="Example: palpate dev elasticsearch")
def dev() -> None:
    """For developers."""


@dev.command(epilog="Example: palpate dev elasticsearch --port 9200")
@click.option("--port", default=9200, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", type=click.Path(path_type=Path), help="Keep the node's data here (default: thrown away).")
def elasticsearch(port: int, data: Path | None) -> None:
    """A real Elasticsearch node without Docker; needs the `node` extra and the Maven client."""
    from search.node import start_node

    with start_node(http_port=port, data_dir=data) as node:
        click.echo(f"Elasticsearch on {node.url}  (Ctrl-C stops it)")
        click.echo(f"  PALPATE_SEARCH_URL={node.url} palpate index build")
        try:
            while node.is_alive():
                time.sleep(1)
        except KeyboardInterrupt:
            return
    raise NotFoundError("The node ended by itself; its log says why.")


COMMANDS = (run, serve, demo, export, backup, restore, doctor, dev)
