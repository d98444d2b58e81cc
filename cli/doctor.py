"""What `palpate doctor` looks at: each finding says what is well, or how to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any

from cli.app import App
from crawler.sources import describe_sources
from directory.errors import PalpateError, ProviderUnavailableError
from records import audit, ledger, mail, outbox, requests
from search.engine import open_engine
from search.indexer import index_status

LOW_DISK_BYTES = 1_000_000_000
LATE_MAIL = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    found: str
    mend: str = ""

    def to_json(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return {"what": self.what, "ok": self.ok, "found": self.found, "mend": self.mend or None}


def examine(app: App) -> list[Finding]:
    """Look at everything; one part's failure does not hide another's."""
    checks: tuple[tuple[str, Callable[[App], Iterator[Finding]]], ...] = (
        ("data folder", _look_at_folder),
        ("records", _look_at_records),
        ("sources", _look_at_sources),
        ("index", _look_at_index),
        ("mail", _look_at_mail),
        ("sign-in by OIDC", _look_at_provider),
        ("requests", _look_at_requests),
        ("site", _look_at_site),
    )
    findings: list[Finding] = []
    for what, look in checks:
        try:
            findings.extend(look(app))
        except PalpateError as error:
            findings.append(Finding(what, ok=False, found="could not be examined", mend=str(error)))
    return findings


def _look_at_folder(app: App) -> Iterator[Finding]:
    folder = app.settings.data_dir
    writable = os.access(folder, os.W_OK)
    yield Finding(
        "data folder", writable, str(folder), "" if writable else "Make it writable, or set PALPATE_DATA_DIR."
    )
    free = shutil.disk_usage(folder).free
    yield Finding(
        "free disk", free > LOW_DISK_BYTES, f"{free / 1e9:.1f} GB", "" if free > LOW_DISK_BYTES else "Make room."
    )


def _look_at_records(app: App) -> Iterator[Finding]:
    kind = "PostgreSQL" if app.database.is_postgresql else "SQLite"
    yield Finding("records", ok=True, found=f"{kind}, migrated")
    with app.database.read() as session:
        for name, report in (("ledger", ledger.check_chain(session)), ("audit", audit.check_chain(session))):
            mend = "" if report.ok else "Restore the last backup whose chain is whole, and find out who edited it."
            yield Finding(f"{name} chain", report.ok, f"{report.checked} rows", mend)
        waiting = outbox.count_waiting(session)
    yield Finding("outbox", ok=True, found=f"{waiting} changes wait for `palpate index update`")


def _look_at_sources(app: App) -> Iterator[Finding]:
    with app.database.read() as session:
        statuses = describe_sources(session, app.clock, off=app.settings.sources_off, data_dir=app.settings.data_dir)
    for status in statuses:
        if not status.enabled or status.last_run_at is None:
            continue
        mend = f"Run `palpate crawl --source {status.id}`." if status.is_due else ""
        yield Finding(f"source {status.id}", not status.is_due, status.freshness, mend)


def _look_at_index(app: App) -> Iterator[Finding]:
    engine = open_engine(app.settings)
    where = app.settings.search_url or "embedded"
    if not engine.ping():
        yield Finding(
            "engine", ok=False, found=f"{where} does not answer", mend="Start it, or mend PALPATE_SEARCH_URL."
        )
        return
    yield Finding("engine", ok=True, found=where)
    status = index_status(engine, app.database, settings=app.settings, clock=app.clock)
    live = status.live is not None
    yield Finding("index", live, status.to_text(), "" if live else "Run `palpate index build`.")


def _look_at_mail(app: App) -> Iterator[Finding]:
    """Where mails go, and whether they do: nobody notices a letter that never came."""
    to_server = bool(app.settings.smtp_url)
    where = "to the mail server" if to_server else f"into files under {app.settings.data_dir / 'mail'}"
    mend = "" if to_server else "Fine for a trial. Set PALPATE_SMTP_URL and PALPATE_MAIL_FROM to reach people."
    yield Finding("mail", ok=True, found=where, mend=mend)
    with app.database.read() as session:
        found = mail.count(session)
    late = found.oldest_at is not None and app.clock.now() - found.oldest_at > LATE_MAIL
    mend = f"Run `palpate mail send` often. {found.last_error or ''}".strip() if late else ""
    yield Finding("mail queue", not late, f"{found.waiting} wait, {found.given_up} given up", mend)


def _look_at_provider(app: App) -> Iterator[Finding]:
    """Whether the provider that reviewers may sign in by is there; without one there is nothing to look at."""
    from web.admin.single_sign_on import open_provider

    provider = open_provider(app.settings)
    if provider is None:
        return
    try:
        provider.check()
    except ProviderUnavailableError:
        mend = "Start it, or mend PALPATE_OIDC_ISSUER: the log says what it answers. Passwords still work."
        yield Finding("sign-in by OIDC", ok=False, found=f"{provider.issuer} cannot be used", mend=mend)
        return
    yield Finding("sign-in by OIDC", ok=True, found=provider.issuer)


def _look_at_requests(app: App) -> Iterator[Finding]:
    """What therapists and patients asked for, and whether the two working days were kept."""
    with app.database.read() as session:
        late = len(requests.load_overdue(session))
    yield Finding(
        "requests", not late, f"{late} overdue", "Answer them first: they head the review queue." if late else ""
    )


def _look_at_site(_: App) -> Iterator[Finding]:
    vendor = files("web") / "static" / "vendor" / "leaflet.js"
    found = "the map is here" if vendor.is_file() else "without the map (npm was not found at setup)"
    yield Finding("browser code", ok=True, found=found)
