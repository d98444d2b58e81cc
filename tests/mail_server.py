"""A real mail server on loopback that keeps what it takes, and can be stopped, started again or told to refuse."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from search.node.process import reserve_port


@dataclass
class MailServer:
    """Takes mail at `port`; `answers` holds what it says to a recipient in place of 250, `stops` how often it went.

    `meanwhile` is done once, after a message was taken and before the sender is told.
    """

    port: int
    tls: ssl.SSLContext | None = None
    password: str | None = None
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    stops: int = 0
    meanwhile: Callable[[], object] | None = None
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802  the server's own name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = cast(bytes, envelope.content)
        self.recipients += envelope.rcpt_tos
        self.taken.append(message_from_bytes(content, policy=POLICY))
        if meanwhile := self.meanwhile:
            self.meanwhile = None
            meanwhile()
        return "250 taken"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=data.password == (self.password or "").encode(), handled=False)

    def start(self) -> None:
        """Answer from now on."""
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=self.tls,
            authenticator=self._authenticate if self.password else None,
            auth_require_tls=self.tls is not None,
            ready_timeout=120,  # a busy machine is slow
        )
        self._controller.start()

    def stop(self) -> None:
        """Be away from now on."""
        if self._controller is not None:
            self._controller.stop()
            self._controller, self.stops = None, self.stops + 1


@contextmanager
def run_mail_server(**parts: Any) -> Iterator[MailServer]:
    """A server that answers until the end of the block."""
    with reserve_port() as port:  # it stays its own while it is away
        server = MailServer(port, **parts)
        server.start()
        try:
            yield server
        finally:
            server.stop()
