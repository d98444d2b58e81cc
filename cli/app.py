"""What a command starts from: settings, the clock and the records, made at the edge and handed down."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from directory.clock import Clock, SystemClock
from directory.settings import Settings, ensure_secret, load_settings
from records.database import Database, open_database

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


class IsoDate(click.ParamType[date]):
    """A calendar day, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a day; write it as 2026-11-23.", param, ctx)


@dataclass(frozen=True)
class App:
    """The edge's own things; `database` is migrated and open."""

    settings: Settings
    clock: Clock
    database: Database


@contextmanager
def open_app(settings: Settings | None = None) -> Iterator[App]:
    """Load the settings, make and migrate the data folder, and close it all at the end."""
    settings = ensure_secret(settings or load_settings())
    database = open_database(settings)
    try:
        yield App(settings, SystemClock(), database)
    finally:
        database.close()


def print_json(value: Any) -> None:
    """One indented JSON document on standard output."""
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


class Report(Protocol):
    """What a step came to, for a person and for a program."""

    def to_json(self) -> Any: ...

    def to_text(self) -> str: ...


def print_report(report: Report, as_json: bool) -> None:
    """The report on standard output, as its sentences or as JSON."""
    if as_json:
        print_json(report.to_json())
    else:
        click.echo(report.to_text())


def print_json_lines(values: Iterable[Any]) -> None:
    """One JSON value a line, each flushed as it comes so that a reader sees progress."""
    for value in values:
        sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A progress display on standard error; silent where that is not a terminal."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield progress
