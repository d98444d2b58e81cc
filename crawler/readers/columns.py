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


def choose_shape(source: Source, names: Iterable[str]) -> tuple[dict[str, Column], dict[str, str]]:
    """The columns of the shape that knows most of the names, and what it calls those that are written otherwise.

    A portal's own export heads its columns for people ("License Number"), the same data's API for programs
    (`license_number`): case, blanks and punctuation make no other column.
    """
    seen = list(names)
    shapes = [source.columns, *source.other_columns.values()]
    written = [(columns, _match_names(columns, seen)) for columns in shapes]
    return max(written, key=lambda shape: (sum(name in shape[0] for name in seen), len(shape[1])))


def _match_names(columns: Mapping[str, Column], names: list[str]) -> dict[str, str]:
    free = {_fold(name): name for name in columns if name not in names}
    matched: dict[str, str] = {}
    for name in names:
        if _find_column(columns, name) is None and (known := free.pop(_fold(name), None)):
            matched[name] = known
    return matched


def _fold(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
