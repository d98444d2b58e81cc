"""Elasticsearch's errors as Palpate's: away, full, without an index, or refusing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import ApiError, TransportError
from elasticsearch import NotFoundError as EsNotFoundError

from directory.errors import EngineAwayError, EngineFullError, EngineUnavailableError

NO_INDEX = "There is no search index yet. Run: palpate index build"
FULL = "Elasticsearch's disk is full, so it takes no changes. Make room there: waiting changes are then written."
FULL_MARKS = ("flood-stage", "read-only-allow-delete")
AWAY_STATUSES = (408, 429, 502, 503, 504)


@contextmanager
def translated() -> Iterator[None]:
    """Elasticsearch's errors as Palpate's."""
    try:
        yield
    except EsNotFoundError as error:
        raise EngineUnavailableError(NO_INDEX) from error
    except ApiError as error:
        raise make_error(
            f"Elasticsearch refused ({error.status_code}): {_find_reason(error)}", error.status_code
        ) from error
    except TransportError as error:
        raise EngineAwayError(f"Elasticsearch does not answer: {error.message}") from error


def make_error(text: str, status: int) -> EngineUnavailableError:
    """The error for a refusal: a full disk, an engine that is away or too busy, or a request it will not answer."""
    if any(mark in text for mark in FULL_MARKS):
        return EngineFullError(FULL)
    return EngineAwayError(text) if status in AWAY_STATUSES else EngineUnavailableError(text)


def _find_reason(error: ApiError) -> str:
    body = error.body
    reason = body.get("error", {}) if isinstance(body, dict) else body
    if isinstance(reason, dict):
        causes = reason.get("root_cause") or [reason]
        reason = causes[0].get("reason", reason.get("reason", ""))
    return str(reason)[:300]
