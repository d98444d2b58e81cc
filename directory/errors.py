"""Every error Palpate raises on purpose, in one tree.

Adapters translate foreign errors into these (`raise … from`); the two tables at the end give each class its exit code
and its HTTP status. A message is a plain sentence that says what is wrong and what to do.
"""

from __future__ import annotations


class PalpateError(Exception):
    """Something went wrong that a person can act on; the message says how."""


class UsageError(PalpateError):
    """The command or request was put wrongly (exit 2, HTTP 422)."""


class SettingsError(UsageError):
    """A setting has a value that cannot be used."""


class NotFoundError(PalpateError):
    """What was asked for is not here."""


class GoneError(NotFoundError):
    """It was here and was withdrawn."""


class InputError(PalpateError):
    """An input file, page or row cannot be read; the message says which, where and why."""


class UnknownColumnError(InputError):
    """A source has a column that nobody has read, or lacks one that is needed: the source stops, by name."""


class SourceUnavailableError(PalpateError):
    """A source did not answer in a usable way."""


class QuarantineError(PalpateError):
    """A source failed its gates: what it brought is set aside and nothing is deleted because of it."""


class ConflictError(PalpateError):
    """Somebody else changed the same thing first."""


class LockedError(ConflictError):
    """Another process holds the lock."""


class EngineUnavailableError(PalpateError):
    """The search engine gave no answer that can be used."""


class EngineAwayError(EngineUnavailableError):
    """The search engine did not answer at all: asking again at once would only cost another wait."""


class EngineFullError(EngineUnavailableError):
    """The search engine has no room to write; it answers searches, and takes changes again once there is room."""


class RecordsUnavailableError(PalpateError):
    """The database of record did not answer."""


class TamperedError(PalpateError):
    """A hash chain does not hold: a row was edited, removed or put elsewhere."""


class ProviderUnavailableError(PalpateError):
    """The provider of sign-ins gave no answer that can be used; passwords still open the door."""


class MailServerError(PalpateError):
    """The mail server cannot be used now; what should be sent waits."""


class IndexGateError(PalpateError):
    """A new index failed its gate; the live one goes on serving."""


class NotAllowedError(PalpateError):
    """The person asking may not do this."""


class UnknownTokenError(NotAllowedError):
    """The token that came with the request is made up, expired or revoked."""


class TooManyTriesError(NotAllowedError):
    """Too much was asked from here in too short a time; the message says how long to wait."""


class RemovedError(PalpateError):
    """The person asked to be left out; nothing about them may be stored."""


EXIT_CODES: dict[type[PalpateError], int] = {PalpateError: 1, UsageError: 2}

HTTP_STATUSES: dict[type[PalpateError], int] = {
    PalpateError: 500,
    UsageError: 422,
    NotFoundError: 404,
    GoneError: 410,
    InputError: 422,
    SourceUnavailableError: 502,
    QuarantineError: 409,
    ConflictError: 409,
    EngineUnavailableError: 503,
    RecordsUnavailableError: 503,
    ProviderUnavailableError: 503,
    MailServerError: 503,
    IndexGateError: 409,
    NotAllowedError: 403,
    UnknownTokenError: 401,
    TooManyTriesError: 429,
    RemovedError: 410,
    TamperedError: 500,
}


def _find_nearest(table: dict[type[PalpateError], int], error: PalpateError) -> int:
    """The value of the error's own class or of its nearest ancestor in `table`."""
    return next(table[cls] for cls in type(error).__mro__ if cls in table)


def find_exit_code(error: PalpateError) -> int:
    """The exit code of the command that failed with `error`: 1 failed, 2 wrong use."""
    return _find_nearest(EXIT_CODES, error)


def find_http_status(error: PalpateError) -> int:
    """The HTTP status that answers a request that failed with `error`."""
    return _find_nearest(HTTP_STATUSES, error)
