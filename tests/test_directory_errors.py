"""Errors: one tree, and two tables from which no class is missing."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from directory import errors
from directory.errors import EXIT_CODES, HTTP_STATUSES, PalpateError, UsageError, find_exit_code, find_http_status


def walk(cls: type[PalpateError]) -> Iterator[type[PalpateError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from walk(child)


def test_every_error_of_the_module_is_in_the_tree() -> None:
    declared = {cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, Exception)}
    assert declared == {cls for cls in walk(PalpateError) if cls.__module__ == errors.__name__}


def test_the_tables_name_only_errors_of_the_tree() -> None:
    assert set(HTTP_STATUSES) | set(EXIT_CODES) <= set(walk(PalpateError))


@pytest.mark.parametrize("cls", [cls for cls in walk(PalpateError) if cls.__module__ == errors.__name__])
def test_every_error_has_an_exit_code_and_a_status_of_its_own_or_its_parents(cls: type[PalpateError]) -> None:
    error = cls("why")
    assert find_exit_code(error) == (2 if isinstance(error, UsageError) else 1)
    assert find_http_status(error) in range(400, 600)
    assert any(parent in HTTP_STATUSES for parent in cls.__mro__ if parent is not PalpateError) or cls is PalpateError


def test_the_nearest_ancestor_decides() -> None:
    class NewKindError(errors.GoneError):
        """Made for this test."""

    assert find_http_status(NewKindError("gone")) == 410
    assert find_exit_code(errors.SettingsError("wrong")) == 2


@pytest.mark.parametrize("cls", [cls for cls in walk(PalpateError) if cls.__module__ == errors.__name__])
def test_every_error_says_what_it_means(cls: type[PalpateError]) -> None:
    assert cls.__doc__
    assert cls.__doc__.strip().endswith(".")
