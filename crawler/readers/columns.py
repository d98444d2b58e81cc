"""Reading rows to the end: every column is known by name, or the source stops."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from crawler.sources.model import Column, Source
from directory.errors import UnknownColumnError

_NUMBERED = re.compile(r"_\d+$")


def _find_column(columns: Mapping[str, Column], name: str) -> Column | None:
    return columns.get(name) or columns.get(_NUMBERED.sub("_#", name))


def check_columns(source: Source, columns: Mapping[str, Column], names: Iterable[str], *, header: bool) -> None:
    """Nothing, if every name has been read; else raises `UnknownColumnError` naming the source and the column.

    With `header` the names are all there are, so a needed column that is missing is an error too.
    """
    seen = set(names)
    unknown = sorted(name for name in seen if _find_column(columns, name) is None)
    if unknown:
        raise UnknownColumnError(
            f"Source {source.id}: unknown column{'s' if len(unknown) > 1 else ''} {', '.join(map(repr, unknown))}. "
            f"Say in crawler/sources/{source.id}.yml what it is kept as, or why it is ignored."
        )
    if header:
        bases = seen | {_NUMBERED.sub("_#", name) for name in seen}
        missing = sorted(name for name, column in columns.items() if not column.optional and name not in bases)
        if missing:
            raise UnknownColumnError(
                f"Source {source.id}: column {', '.join(map(repr, missing))} is missing. "
                "The publisher may have renamed it: compare the file with the source's YAML."
            )


def keep_columns(columns: Mapping[str, Column], row: Mapping[str, object]) -> dict[str, str]:
    """The kept fields of a row as trimmed text, empty ones left out; ignored columns never leave this function."""
    kept: dict[str, str] = {}
    for name, value in row.items():
        column = _find_column(columns, name)
        if column is None or column.keep is None or value is None:
            continue
        if isinstance(value, Mapping):  # a URL column of Socrata
            value = value.get("url")  # noqa: PLW2901
        text = " ".join(str(value).split()) if value is not None else ""
        if text and column.keep not in kept:
            kept[column.keep] = text
    return kept


def choose_shape(source: Source, names: Iterable[str]) -> dict[str, Column]:
    """The columns of the shape that knows most of the names: the main one, or one of the others."""
    seen = list(names)
    shapes = [source.columns, *source.other_columns.values()]
    return max(shapes, key=lambda columns: sum(_find_column(columns, name) is not None for name in seen))
