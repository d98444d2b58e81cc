"""One frozen `Settings`, built at the edge and handed down.

Values come from `PALPATE_*` in the environment, then from `palpate.toml`, then from the defaults here.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from directory.errors import SettingsError

PREFIX = "PALPATE_"
FILE = "_file"
SMTP_SCHEMES = ("smtp", "smtp+starttls", "smtps")
PLAIN_ADDRESS = re.compile(
    r"(?!\.)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}(?<!\.)@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


class SecondFactor(StrEnum):
    """Whom the site asks for a second factor."""

    OPTIONAL = "optional"
    ADMINS = "admins"
    EVERYBODY = "everybody"


class Settings(BaseModel):
    """How this Palpate runs; every field is documented in docs/settings.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path(".palpate"), description="Folder of the records, snapshots and the embedded index.")
    search_url: str = Field("", description="Empty: the embedded engine. http(s)://…: Elasticsearch.")
    database_url: str = Field("", description="Empty: SQLite in the data folder. postgresql://…: PostgreSQL.")
    session_secret: str = Field("", description="Signs sessions and keyed digests; made in the data folder if empty.")
    base_url: str = Field("http://127.0.0.1:8000", description="The site's public address, for links and feeds.")
    contact_url: str = Field(
        "https://palpate.example/crawler", description="Page about the crawler, named in its user agent."
    )
    index_alias: str = Field(
        "therapists", pattern=r"^[a-z][a-z0-9_-]*$", description="Public name of the search index."
    )
    index_shards: int = Field(1, ge=1, le=128, description="Primary shards of a new Elasticsearch index.")
    index_replicas: int = Field(
        1, ge=0, le=10, description="Replicas of a new Elasticsearch index, as far as there are nodes to hold them."
    )
    index_keep_previous: int = Field(1, ge=0, le=20, description="Earlier builds kept for rollback.")
    index_max_shrink_percent: float = Field(
        20.0, ge=0, le=100, description="A build this much smaller than the live one fails its gate."
    )
    search_fallback: bool = Field(
        False, description="Keep an embedded copy of each Elasticsearch build, and answer from it while that is away."
    )
    search_timeout_s: float = Field(5.0, gt=0, le=120, description="Longest wait for the search engine, in seconds.")
    verification_mode: Literal["strict", "default"] = Field("strict", description="How much agreement a status needs.")
    crawl_page_limit_bytes: int = Field(5_000_000, ge=10_000, description="A larger page is set aside.")
    crawl_site_pages: int = Field(12, ge=1, le=1000, description="Pages read of one practice site.")
    crawl_delay_s: float = Field(2.0, ge=0, le=600, description="Least pause between two requests to one site.")
    sources_off: str = Field("", description="Sources that are switched off, separated by commas.")
    tiles_url: str = Field("", description="Map tile address template; empty: no tiles, no third-party request.")
    tiles_attribution: str = Field("", description="Credit line of the tiles.")
    api_requests_per_minute: int = Field(
        600, ge=0, description="Requests a client may send the API a minute; 0: no limit."
    )
    smtp_url: str = Field("", description="Mail server, smtp://user:password@host:port; empty: mails become files.")
    mail_from: str = Field("palpate@localhost", description="Address that mails come from.")
    second_factor: SecondFactor = Field(
        SecondFactor.OPTIONAL, description="Who must have a second factor: optional, admins or everybody."
    )
    oidc_issuer: str = Field("", description="Provider by which reviewers may sign in (OpenID Connect); empty: none.")
    oidc_client_id: str = Field("", description="The name that the provider knows this installation by.")
    oidc_client_secret: str = Field("", description="The secret that the provider gave with that name.")
    secure_cookies: bool = Field(False, description="Mark the reviewers' cookie Secure (set behind TLS).")

    @field_validator("search_url", "base_url", "contact_url")
    @classmethod
    def _check_http(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must be an http:// or https:// address")
        return value.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _check_issuer(cls, value: str) -> str:
        if value and (not may_carry_secrets(value) or set(value) & set("?#")):
            raise ValueError("must be an https:// address (http:// only on this machine), without a question mark")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in SMTP_SCHEMES or not urlsplit(value).hostname):
            raise ValueError("must begin with smtp://, smtp+starttls:// or smtps:// and name a host")
        return value

    @field_validator("mail_from")
    @classmethod
    def _check_sender(cls, value: str) -> str:
        if not PLAIN_ADDRESS.fullmatch(value):
            raise ValueError("must be a plain address, as palpate@example.org")
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return value


def may_carry_secrets(address: str) -> bool:
    """Whether secrets may be sent to an address: over TLS, or to this machine itself."""
    parts = urlsplit(address)
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    return bool(parts.hostname) and (parts.scheme == "https" or is_here)


def load_settings(environ: Mapping[str, str] | None = None, toml: Path = Path("palpate.toml")) -> Settings:
    """Settings from the environment over `toml` over the defaults.

    Raises `SettingsError` naming the setting, what is wrong with it and where it was set.
    """
    environ = os.environ if environ is None else environ
    try:
        from_file: dict[str, Any] = tomllib.loads(toml.read_text("utf-8")) if toml.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{toml} cannot be read: {error}. Mend it or move it away.") from error
    from_environ = {key.removeprefix(PREFIX).lower(): value for key, value in environ.items() if key.startswith(PREFIX)}
    from_environ = _read_files(from_environ)
    try:
        return Settings(**{**from_file, **from_environ})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        where = f"{PREFIX}{name.upper()}" if name in from_environ else f"'{name}' in {toml}"
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(Settings.model_fields))
            raise SettingsError(f"{where} is not a setting. Known: {known}.") from error
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{where} cannot be used: {reason}. Correct it or leave it out.") from error


def _read_files(values: Mapping[str, str]) -> dict[str, str]:
    """The values with those that are kept in files, as `database_url_file` names one; a secret needs no environment."""
    found = {name: value for name, value in values.items() if name.removesuffix(FILE) not in Settings.model_fields}
    found |= {name: value for name, value in values.items() if name in Settings.model_fields}
    for name, path in values.items():
        setting = name.removesuffix(FILE)
        if setting == name or setting not in Settings.model_fields:
            continue
        where = f"{PREFIX}{name.upper()}"
        if setting in values:
            raise SettingsError(f"{where} and {PREFIX}{setting.upper()} are both set. Leave one out.")
        try:
            found[setting] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{where} names a file that cannot be read: {path}. Correct it or leave it out."
            ) from error
    return found


def ensure_secret(settings: Settings) -> Settings:
    """The settings with a session secret: the one given, else the data folder's own, made there once."""
    if settings.session_secret:
        return settings
    path = settings.data_dir / "session-secret"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="ascii") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(32))
        except FileExistsError:
            pass
        secret = path.read_text("ascii").strip()
    except OSError as error:
        raise SettingsError(
            f"The data folder {settings.data_dir} cannot be used ({error.strerror}). "
            "Set PALPATE_DATA_DIR to one you may write."
        ) from error
    return settings.model_copy(update={"session_secret": secret})
