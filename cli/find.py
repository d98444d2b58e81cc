"""Commands that find: index and search."""

from __future__ import annotations

import click

from cli.app import App, Report, json_option, open_app, print_json, print_report


@click.group(epilog="Example: palpate index build")
def index() -> None:
    """Build, update and roll back the search index."""


@index.command(epilog="Example: palpate index build")
@json_option
def build(as_json: bool) -> None:
    """Build a new index beside the live one and switch to it once it passes its gates."""
    with open_app() as app:
        report = build_index(app)
    print_report(report, as_json)


@index.command(epilog="Example: palpate index update --sweep")
@click.option("--sweep", is_flag=True, help="Then compare every entry with the records and mend what differs.")
@json_option
def update(sweep: bool, as_json: bool) -> None:
    """Bring waiting changes into the live index."""
    with open_app() as app:
        report = update_index(app, sweep=sweep)
    print_report(report, as_json)


@index.command(epilog="Example: palpate index status --json")
@json_option
def status(as_json: bool) -> None:
    """The live index, earlier builds, and what waits."""
    from search.engine import open_engine
    from search.indexer import index_status

    with open_app() as app:
        print_report(
            index_status(open_engine(app.settings), app.database, settings=app.settings, clock=app.clock), as_json
        )


@index.command(epilog="Example: palpate index rollback")
@json_option
def rollback(as_json: bool) -> None:
    """Go back to the build before the live one."""
    from search.engine import open_engine
    from search.indexer import rollback as roll

    with open_app() as app:
        print_report(roll(open_engine(app.settings), settings=app.settings, clock=app.clock), as_json)


def build_index(app: App) -> Report:
    """Build, gate and publish a new index."""
    from search.engine import open_engine
    from search.indexer import build_index as build_it

    return build_it(open_engine(app.settings), app.database, settings=app.settings, clock=app.clock)


def update_index(app: App, *, sweep: bool = False) -> Report:
    """Bring the outbox into the live index; with `sweep`, all that differs from the records too."""
    from search.engine import open_engine
    from search.indexer import update_index as update_it

    return update_it(open_engine(app.settings), app.database, settings=app.settings, clock=app.clock, sweep=sweep)


@click.command(epilog='Example: palpate search "trapped nerve near Stony Plain" --radius-km 40')
@click.argument("text", default="")
@click.option("--near", metavar="PLACE", help='"Denver", "Stony Plain, AB", a ZIP or postal code, or lat,lon.')
@click.option("--radius-km", type=float, help="Only within this distance of the place.")
@click.option("--condition", "conditions", multiple=True, metavar="ID", help="A condition id; repeatable.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--explain", is_flag=True, help="Say what was understood, and what each result's score is made of.")
@json_option
def search(
    text: str,
    near: str | None,
    radius_km: float | None,
    conditions: tuple[str, ...],
    limit: int,
    explain: bool,
    as_json: bool,
) -> None:
    """Search for therapists, as the site does."""
    from directory.places import load_gazetteer
    from directory.vocabularies import load_vocabulary
    from search.engine import open_engine, open_visitors_reader
    from search.service import find_therapists

    with open_app() as app:
        answer = find_therapists(
            open_visitors_reader(open_engine(app.settings)),
            load_gazetteer(),
            load_vocabulary(),
            q=text,
            near=near or "",
            radius_km=radius_km,
            condition=conditions,
            limit=limit,
            explain=explain,
            on=app.clock.today(),
        )
    if as_json:
        print_json(answer.to_json())
        return
    if answer.page.snapshot_at:
        click.echo(f"The search engine is away; this was kept on {answer.page.snapshot_at:%Y-%m-%d}.", err=True)
    click.echo(answer.heading)
    if answer.border_notice:
        click.echo(answer.border_notice)
    if explain:
        understood = [f"{chip.kind} {chip.label} (“{chip.text}”)" for chip in answer.chips]
        click.echo(f"Understood: {'; '.join(understood) or 'nothing but words'}.")
        if answer.relaxed:
            click.echo(f"Left out, because nobody matches: {', '.join(answer.relaxed)}.")
    for hit in answer.page.hits:
        where = hit.location.city if hit.location and hit.location.city else ""
        distance = f"{hit.distance_km:.1f} km" if hit.distance_km is not None else ""
        click.echo(f"  {hit.document.name:<36.36} {where:<20.20} {distance:>10}  {hit.document.id}")
        if hit.explanation:
            factors = " × ".join(f"{name} {value:.3g}" for name, value in hit.explanation.items())
            click.echo(f"    {hit.score:.3g} = {factors}")


COMMANDS = (index, search)
