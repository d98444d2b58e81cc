"""A real, small OpenID Connect provider on loopback; a test changes what it says, or how it signs, or sends it away."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import orjson
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from joserfc.jws import JWSRegistry

from directory.clock import Clock
from search.node.process import reserve_port
from web.admin import provider

provider.WAIT_S = 120  # a busy machine is slow, and no promise here is about speed
CLIENT, SECRET = "palpate", "the secret that only palpate and the provider know"
NAMES = "/.well-known/openid-configuration"


@dataclass
class OidcProvider:
    """Signs in `person`, without asking. `claims` and `header` replace what its ID tokens say (None: left out)."""

    port: int
    clock: Clock
    host: str = "127.0.0.1"  # as it names itself: for a browser, "localhost" is another site
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first", "use": "sig"}))
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    sign_with: Any = None  # in place of the key that it shows to everybody
    said: dict[str, Any] = field(default_factory=dict)  # what it says of itself, replaced
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # what an address answers in place of the truth
    shown: dict[str, Any] | None = None  # the claims that only its user info tells
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    @property
    def issuer(self) -> str:
        return f"http://{self.host}:{self.port}/realms/example"

    def behave(self, **person: Any) -> None:
        """Say and do what a provider should from now on, and sign this person in."""
        self.person, self.shown, self.sign_with = person, None, None
        for changed in (self.claims, self.header, self.said, self.answers, self.codes):
            changed.clear()
        self.asked.clear()
        if self._server is None:
            self.start()

    def visit(self, url: str) -> str:
        """What a browser does that is sent here: signs in, and is sent back. Returns the way back, without the host."""
        answer = httpx2.get(url, timeout=120, trust_env=False)
        assert answer.status_code == 303, answer.text
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"

    def describe(self) -> dict[str, Any]:
        ways = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        own = {way: f"{self.issuer}/{way}" for way in ways}
        return {"issuer": self.issuer, **own, **self.said}

    def sign_in(self, asked: dict[str, str]) -> str:
        """The way back for whoever asked so."""
        self.asked.append(asked)
        if (asked["response_type"], asked["client_id"]) != ("code", CLIENT) or "openid" not in asked["scope"].split():
            raise ValueError("not a request that this provider takes")
        code = secrets.token_urlsafe(24)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def exchange(self, given: dict[str, str], authorization: str) -> dict[str, Any]:
        """The tokens for a code, once; raises KeyError or ValueError for what does not fit it."""
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != basic and (given.get("client_id"), given.get("client_secret")) != (CLIENT, SECRET):
            raise ValueError("not the client")
        asked = self.codes.pop(given["code"])
        challenge = create_s256_code_challenge(given["code_verifier"])
        if (asked["code_challenge_method"], asked["code_challenge"]) != ("S256", challenge):
            raise ValueError("not who asked for the code")
        if given["redirect_uri"] != asked["redirect_uri"]:
            raise ValueError("not where the code was sent")
        return {"access_token": "a-token", "token_type": "Bearer", "id_token": self.make_token(asked["nonce"])}

    def make_token(self, nonce: str) -> str:
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "1729", "exp": now + 300, "iat": now, "nonce": nonce,
            **({} if self.shown else self.person), **self.claims,
        }  # fmt: skip
        header = {"alg": "ES256", "kid": "first", **self.header}
        told = {name: value for name, value in claims.items() if value is not None}
        if header["alg"] == "none":
            parts = (base64.urlsafe_b64encode(orjson.dumps(part)).decode().rstrip("=") for part in (header, told))
            return ".".join((*parts, ""))
        registry = JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        return jwt.encode(header, told, self.sign_with or self.key, registry=registry)

    def start(self) -> None:
        """Answer from now on."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _make_handler(self))
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Be away from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def _make_handler(own: OidcProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            name = parts.path.removeprefix("/realms/example").removeprefix("/")
            if self._answer_as_told(name):
                return
            if name == NAMES.removeprefix("/"):
                self._send(200, own.describe())
            elif name == "jwks_uri":
                self._send(200, dict(KeySet([own.key]).as_dict(private=False)))
            elif name == "authorization_endpoint":
                self._send(303, {}, location=own.sign_in(dict(parse_qsl(parts.query))))
            elif name == "userinfo_endpoint" and self.headers["Authorization"] == "Bearer a-token":
                self._send(200, own.shown or {"sub": "1729", **own.person})
            else:
                self._send(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            name = urlsplit(self.path).path.removeprefix("/realms/example/")
            if self._answer_as_told(name):
                return
            try:
                self._send(200, own.exchange(dict(parse_qsl(body.decode())), self.headers["Authorization"] or ""))
            except (KeyError, ValueError):
                self._send(400, {"error": "invalid_grant", "error_description": "<b>no</b>"})

        def _answer_as_told(self, name: str) -> bool:
            if name not in own.answers:
                return False
            status, body = own.answers[name]
            self._send(status, body, location=f"{own.issuer}/elsewhere" if status == 302 else None)
            return True

        def _send(self, status: int, content: Mapping[str, Any] | bytes, location: str | None = None) -> None:
            body = content if isinstance(content, bytes) else orjson.dumps(content)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    return Handler


@contextmanager
def run_oidc_provider(clock: Clock, **parts: Any) -> Iterator[OidcProvider]:
    """A provider that answers until the end of the block."""
    with reserve_port() as port:  # it stays its own while it is away
        own = OidcProvider(port, clock, **parts)
        own.start()
        try:
            yield own
        finally:
            own.stop()
