"""How messages leave: to a mail server or, without one, into files; taken from the queue in order and each once.

A message is sent between two transactions, one that takes it and one that says it is gone; that one is tried again
while the records are away. Only a worker that dies between the server's last word and that note sends it again, under
the same Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from directory.errors import MailServerError, PalpateError, RecordsUnavailableError
from directory.meanwhile import meanwhile
from directory.settings import Settings
from records import mail
from records.database import Database
from records.mail import Mail

log = logging.getLogger(__name__)
TIMEOUT_S = 30
TRIES = 600  # a second apart, to write down that a message left
SERVER_BUSY = 421  # "service not available, closing the channel": at any point of the talk


class RefusedError(Exception):
    """This one message was not taken; `lasting` if asking again would not help."""

    def __init__(self, code: int, *, lasting: bool) -> None:
        super().__init__(f"The server answered {code}.")
        self.lasting = lasting


class Mailer(Protocol):
    """Takes messages away; raises RefusedError for one of them, MailServerError when none can go."""

    def send(self, message: Mail, sender: str) -> None: ...

    def close(self) -> None: ...


class FileMailer:
    """Writes each message to a file that a mail program opens: what stands in for a server where none is set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Mail, sender: str) -> None:  # noqa: ARG002  the message says it itself
        """Write the file whole or not at all; writing it again changes nothing."""
        path = self.folder / f"{message.seq:08d}.eml"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = path.with_suffix(".part")
            partial.touch(mode=0o600)
            partial.write_text(message.message, "ascii", newline="")
            partial.replace(path)
        except OSError as error:
            raise MailServerError(f"Mails cannot be written to {self.folder} ({error.strerror}).") from error

    def close(self) -> None:
        """Nothing is held open."""


class SmtpMailer:
    """Hands messages to a server over one connection, made when the first one goes."""

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        self._parts, self._context = urlsplit(url), context or ssl.create_default_context()
        self._server: smtplib.SMTP | None = None

    def send(self, message: Mail, sender: str) -> None:
        """Returns once the server has taken the message over."""
        try:
            server = self._server or self._connect()
            self._server = server
            server.sendmail(sender, [message.recipient], message.message.encode("ascii"))
        except smtplib.SMTPRecipientsRefused as error:
            code = max((answer[0] for answer in error.recipients.values()), default=550)
            self._refuse(code, error)
        except smtplib.SMTPDataError as error:
            self._refuse(error.smtp_code, error)
        except smtplib.SMTPResponseException as error:  # of the greeting, the password or the sender
            self.close()
            raise MailServerError(f"The mail server answered {error.smtp_code}.") from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise MailServerError(f"The mail server cannot be used ({type(error).__name__}).") from error

    def _refuse(self, code: int, error: Exception) -> None:
        if code == SERVER_BUSY:
            self.close()
            raise MailServerError(f"The mail server answered {code}.") from error
        raise RefusedError(code, lasting=code >= 500) from error

    def _connect(self) -> smtplib.SMTP:
        parts = self._parts
        host, secure = parts.hostname or "", parts.scheme == "smtps"
        server: smtplib.SMTP
        if secure:
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=self._context)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_S)
        try:
            server.ehlo_or_helo_if_needed()
            if not secure and (parts.scheme == "smtp+starttls" or server.has_extn("starttls")):
                server.starttls(context=self._context)
                server.ehlo()
                secure = True
            if parts.username:
                if not secure and not _is_own(host):
                    raise MailServerError("The mail server offers no TLS: the password was not sent.")
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server = None


def _is_own(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def open_mailer(settings: Settings) -> Mailer:
    """The mailer that the settings ask for."""
    return SmtpMailer(settings.smtp_url) if settings.smtp_url else FileMailer(settings.data_dir / "mail")


@dataclass(frozen=True, slots=True)
class SendSummary:
    """What one round of sending came to."""

    sent: int
    refused: int
    waiting: int
    trouble: str | None

    def to_json(self) -> dict[str, object]:
        """As plain JSON values."""
        return {"sent": self.sent, "refused": self.refused, "waiting": self.waiting, "trouble": self.trouble}

    def to_text(self) -> str:
        """As a line a person reads."""
        parts = [f"{self.sent} mails sent, {self.refused} refused, {self.waiting} wait."]
        return " ".join([*parts, *([self.trouble] if self.trouble else [])])


def send_waiting(
    database: Database, mailer: Mailer, *, sender: str, stop: Callable[[], bool] = lambda: False
) -> SendSummary:
    """Send what is due, oldest first, until nothing is, the server is in trouble, or `stop` says so."""
    worker, sent, refused, trouble = uuid4().hex, 0, 0, None
    try:
        while trouble is None and not stop():
            with database.begin() as session:
                message = mail.claim(session, worker)
            if message is None:
                break
            try:
                with _kept_claimed(database, message, worker):
                    mailer.send(message, sender)
            except RefusedError as error:
                refused += 1
                _put_aside(database, message, error)
            except MailServerError as error:
                trouble = str(error)
                with database.begin() as session:
                    mail.put_off(session, message.seq, trouble, server=True)
            else:
                sent += 1
                _write_down(database, message)
    finally:
        mailer.close()
    with database.begin() as session:
        mail.prune(session)
        waiting = mail.count(session).waiting
    return SendSummary(sent, refused, waiting, trouble)


def _kept_claimed(database: Database, message: Mail, worker: str) -> AbstractContextManager[None]:
    """Renew the claim on a message while the server takes its time."""

    def renew() -> None:
        with suppress(PalpateError), database.begin() as session:
            mail.renew(session, message.seq, worker)

    return meanwhile(renew, mail.LEASE_S / 4)


def _write_down(database: Database, message: Mail) -> None:
    """Note that a message left, as soon as the records answer: whoever finds no note of it sends it again."""
    between = Event()
    for tries in range(TRIES):
        try:
            with database.begin() as session:
                mail.sent(session, message.seq)
        except RecordsUnavailableError as error:
            if tries == 0:
                log.warning("Mail %d left, which cannot be written down yet: %s", message.seq, error)
            between.wait(1)
        else:
            return
    log.error("Mail %d left and could not be written down: it will be sent again.", message.seq)


def _put_aside(database: Database, message: Mail, error: RefusedError) -> None:
    log.warning("Mail %d was refused: %s", message.seq, error)
    with database.begin() as session:
        if error.lasting:
            mail.give_up(session, message.seq, str(error))
        else:
            mail.put_off(session, message.seq, str(error), server=False)
