"""The provider by which an organisation signs its people in (OpenID Connect): the only module that knows Authlib.

The code flow with PKCE. What the provider says of itself, and its keys, are read anew for every sign-in: it may change
them at any time, and people seldom sign in. Nothing that it sends, and no secret, is in a log or in a sentence.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import orjson
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from joserfc.jws import JWSRegistry
from requests import RequestException

from directory.errors import NotAllowedError, ProviderUnavailableError
from directory.settings import PLAIN_ADDRESS, Settings, may_carry_secrets
from web.admin.trips import Marks

LOG = logging.getLogger("palpate.web")
CALLBACK = "/admin/sign-in/oidc/callback"
# Of two keys each: with a shared secret, or none, whoever knows the public part could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
WAIT_S = 10
CLOCKS_DIFFER_S = 60
LARGEST = 1_000_000  # bytes of an answer
PLAIN_CODE = re.compile(r"[a-z_]{1,40}")
AWAY = "Your organisation's sign-in cannot be used at the moment. Sign in with your password, or try again in a minute."
UNTRUSTED = "What your organisation's sign-in answered does not hold. Start again, or sign in with your password."
UNCONFIRMED = "Your organisation did not confirm your e-mail address, so nobody can tell which account is yours here."


class Provider:
    """The provider that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self.issuer, self._client = settings.oidc_issuer, settings.oidc_client_id
        self._ours = (("iss", self.issuer), ("aud", self._client))
        self._secret, self._back = settings.oidc_client_secret, settings.base_url + CALLBACK

    def make_url(self, marks: Marks) -> str:
        """Where a browser is sent to be signed in; raises ProviderUnavailableError."""
        with self._open() as session:
            address = self._find_address(self._describe(session), "authorization_endpoint")
            url, _ = session.create_authorization_url(
                address, state=marks.state, nonce=marks.nonce, code_verifier=marks.verifier
            )
        return str(url)

    def find_email(self, code: str, marks: Marks, *, at: datetime) -> str:
        """The address of whom the provider signed in, confirmed by it.

        Raises NotAllowedError if the answer does not hold, ProviderUnavailableError if there is none.
        """
        with self._open() as session:
            about = self._describe(session)
            token = self._fetch_token(session, about, code, marks)
            claims = self._check(session, about, token, marks, at)
            if "email" not in claims and about.get("userinfo_endpoint"):
                address = self._find_address(about, "userinfo_endpoint")
                said = _get(session, address, headers={"Authorization": f"Bearer {token.get('access_token')}"})
                if said.get("sub") != claims["sub"]:
                    raise _refuse("the user info is about somebody else")
                claims = said
        email = claims.get("email")
        if claims.get("email_verified") is not True or not isinstance(email, str) or not PLAIN_ADDRESS.fullmatch(email):
            raise _refuse("it names no confirmed address", sentence=UNCONFIRMED)
        return email

    def check(self) -> None:
        """Nothing, if the provider answers and is the one that is meant; else raises ProviderUnavailableError."""
        with self._open() as session:
            self._describe(session)

    def _describe(self, session: OAuth2Session) -> Mapping[str, Any]:
        about = _get(session, self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if about.get("issuer") != self.issuer:
            raise _miss("it names another issuer than PALPATE_OIDC_ISSUER")
        return about

    def _find_address(self, about: Mapping[str, Any], name: str) -> str:
        """An address that the provider names: a secret goes over TLS, or stays on this machine as the issuer does."""
        address = str(about.get(name))
        if not may_carry_secrets(address) or (self.issuer.startswith("https:") and not address.startswith("https:")):
            raise _miss(f"it names no {name} that can be used")
        return address

    def _open(self) -> OAuth2Session:
        return OAuth2Session(
            self._client,
            self._secret,
            scope="openid email",
            redirect_uri=self._back,
            code_challenge_method="S256",
            default_timeout=WAIT_S,
        )

    def _fetch_token(
        self, session: OAuth2Session, about: Mapping[str, Any], code: str, marks: Marks
    ) -> Mapping[str, Any]:
        address = self._find_address(about, "token_endpoint")
        if "client_secret_basic" not in about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            session.token_endpoint_auth_method = "client_secret_post"  # noqa: S105 - the name of a way
        try:
            token = session.fetch_token(
                address,
                grant_type="authorization_code",
                code=code,
                redirect_uri=self._back,
                code_verifier=marks.verifier,
                allow_redirects=False,
            )
        except RequestException as error:
            raise _miss("no token came", error) from error
        except (AuthlibBaseError, ValueError) as error:
            raise _refuse("the provider took the code for none of its own", error) from error
        return cast(Mapping[str, Any], token)

    def _check(
        self, session: OAuth2Session, about: Mapping[str, Any], token: Mapping[str, Any], marks: Marks, at: datetime
    ) -> Mapping[str, Any]:
        """The claims of the ID token, once signature, issuer, audience, nonce and times hold."""
        keys = _get(session, self._find_address(about, "jwks_uri"))
        try:
            known = [key for key in keys["keys"] if key.get("kty") in ("RSA", "EC", "OKP") and key.get("use") != "enc"]
            key_set = KeySet.import_key_set(cast(KeySetSerialization, {"keys": known}))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise _miss("its keys cannot be read", error) from error
        try:
            registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
            found = jwt.decode(token["id_token"], key_set, registry=registry)
            asked = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._client},
            }
            given = {"nonce": marks.nonce, "client_id": self._client, "access_token": token.get("access_token")}
            claims = CodeIDToken(found.claims, found.header, asked, given)
            claims.validate(now=int(at.timestamp()), leeway=CLOCKS_DIFFER_S)
            return dict(claims)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise _refuse("the ID token does not hold", error) from error


def _get(session: OAuth2Session, url: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """A JSON object; no redirect is followed, and no more is read than it may hold."""
    where, body = urlsplit(url).path, b""
    try:
        with session.get(url, headers=headers, withhold_token=True, allow_redirects=False, stream=True) as answer:
            for part in answer.iter_content(65_536):
                body += part
                if answer.status_code != 200 or len(body) > LARGEST:
                    raise _miss(f"{where} answers {answer.status_code}, {len(body)} bytes or more")
        found = orjson.loads(body)
    except (RequestException, ValueError) as error:
        raise _miss(f"{where} cannot be read", error) from error
    if not isinstance(found, dict):
        raise _miss(f"{where} is no JSON object")
    return found


def _miss(why: str, error: Exception | None = None) -> ProviderUnavailableError:
    LOG.warning("sign-in by OIDC: %s%s", why, _name(error))
    return ProviderUnavailableError(AWAY)


def _refuse(why: str, error: Exception | None = None, *, sentence: str = UNTRUSTED) -> NotAllowedError:
    LOG.warning("sign-in by OIDC refused: %s%s", why, _name(error))
    return NotAllowedError(sentence)


def _name(error: Exception | None) -> str:
    """The kind of an error, and its code if it has a plain one: never a text that somebody sent."""
    code = str(getattr(error, "error", ""))
    return "" if error is None else f" ({type(error).__name__}{' ' + code if PLAIN_CODE.fullmatch(code) else ''})"
