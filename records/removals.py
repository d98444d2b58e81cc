"""Staying out: who asked to be left out is known again when crawled, though nothing about them is kept.

What is kept are digests, keyed with the installation's secret, of what a person is recognised by. A name counts only
together with a city, and never against a register's own row: that could be a namesake's.
"""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from directory.credentials import LicenceKey, key_of_record
from directory.errors import NotFoundError
from directory.models import ExtractedPage, Listing, NpiRecord, Observation, RegisterRecord
from directory.names import parse_name
from directory.names.fold import fold
from records.codec import keyed_digest
from records.database import Session
from records.tables import RemovalDigestRow, RemovalRow

NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What somebody who asks out is recognised by; give only what is theirs alone, not a shared clinic's.

    `source_keys` are pairs of a source and its own key, `names` of a name and a city, `site_names` of a name and the
    web site of a practice that names them among others.
    """

    source_keys: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    site_names: tuple[tuple[str, str], ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    licences: tuple[LicenceKey, ...] = ()
    npis: tuple[str, ...] = ()

    def marks(self) -> Iterator[tuple[str, ...]]:
        """Each means of recognition in its normal form."""
        yield from (("source", source, key) for source, key in self.source_keys)
        yield from (("name", plain, fold(city)) for name, city in self.names if (plain := _plain_name(name)) and city)
        yield from (
            ("site-name", plain, _find_host(site)) for name, site in self.site_names if (plain := _plain_name(name))
        )
        yield from (("email", plain) for email in self.emails if (plain := email.strip().casefold()))
        yield from (("phone", plain) for phone in self.phones if (plain := _plain_phone(phone)))
        yield from (("site", plain) for site in self.websites if (plain := _plain_site(site)))
        yield from (("licence", key.jurisdiction, str(key.family), str(key.number)) for key in self.licences)
        yield from (("npi", npi.strip()) for npi in self.npis if npi.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """That somebody asked out."""

    id: str
    entity_id: str | None
    asked_at: datetime
    by: str
    reason: str
    withdrawn_at: datetime | None


def _plain_name(name: str) -> str:
    """Given and family name alone: middle names, letters and generations are written or left out at will."""
    parsed = parse_name(name)
    return " ".join(part for part in (fold(parsed.given), *map(fold, parsed.family)) if part)


def _plain_phone(phone: str) -> str:
    digits = NOT_DIGITS.sub("", phone)
    return f"1{digits}" if len(digits) == 10 else digits


def _plain_site(website: str) -> str:
    """The host, with the path if there is one: on a shared platform the path is the person."""
    host = _find_host(website)
    path = urlsplit(website if "//" in website else f"//{website}").path if host else ""
    return f"{host}{path.rstrip('/')}"


def _find_host(website: str) -> str:
    try:
        return (urlsplit(website if "//" in website else f"//{website}").hostname or "").removeprefix("www.")
    except ValueError:  # an address that is none identifies nobody
        return ""


def _with_hosts(*websites: str | None) -> tuple[str, ...]:
    """The sites and their hosts: who asked out with a host alone has it to themselves."""
    known = [site for site in websites if site]
    return tuple(dict.fromkeys([*known, *filter(None, map(_find_host, known))]))


@dataclass(frozen=True, slots=True)
class RemovalFilter:
    """All who asked out, as keyed digests."""

    secret: bytes
    digests: frozenset[str]

    def knows(self, identity: Identity) -> bool:
        """Whether any of these means of recognition belongs to somebody who asked out."""
        return any(keyed_digest(self.secret, *mark) in self.digests for mark in identity.marks())

    def strip(self, observation: Observation) -> Observation | None:
        """The observation without those who asked out; None if it is about one of them as a whole."""
        if not self.digests:
            return observation
        if self.knows(identify(observation)):
            return None
        page = observation.payload
        if not isinstance(page, ExtractedPage):
            return observation
        gone = {name for name, identity in identify_named(observation, page) if self.knows(identity)}
        return dataclasses.replace(observation, payload=_without(page, gone), snapshot=None) if gone else observation


def _without(page: ExtractedPage, names: set[str]) -> ExtractedPage:
    """The page without these practitioners, their credentials, and the words that speak of them."""
    folded = [fold(name) for name in names]
    others = tuple(person for person in page.practitioners if person.name not in names)
    texts = {
        credential.text for person in page.practitioners if person.name in names for credential in person.credentials
    }

    def is_about(text: str | None) -> bool:
        return text is not None and any(name in fold(text) for name in folded)

    return dataclasses.replace(
        page,
        practitioners=others,
        credentials=tuple(item for item in page.credentials if item.text not in texts),
        name=None if is_about(page.name) else page.name,
        summary=None if is_about(page.summary) else page.summary,
        emails=page.emails if others else (),
        evidence=tuple(item for item in page.evidence if not is_about(f"{item.value} {item.snippet}")),
    )


def identify(observation: Observation) -> Identity:
    """What whoever an observation is about is recognised by."""
    payload = observation.payload
    source_keys = ((observation.source, observation.key),)
    if isinstance(payload, Listing):
        names = ((payload.name or payload.title or "", payload.city or ""),)
        return Identity(
            source_keys=(*source_keys, (payload.source, payload.listing_id)),
            names=names,
            emails=(payload.email,) if payload.email else (),
            phones=(payload.phone,) if payload.phone else (),
            websites=_with_hosts(payload.website),
            npis=(payload.npi,) if payload.npi else (),
        )
    if isinstance(payload, ExtractedPage):
        return Identity(
            source_keys=source_keys,
            emails=payload.emails,
            phones=payload.phones,
            websites=_with_hosts(payload.website, payload.url, observation.url),
        )
    if isinstance(payload, NpiRecord):
        person = " ".join(part for part in (payload.given, payload.family) if part) or payload.name or ""
        return Identity(
            source_keys=source_keys,
            npis=(payload.npi,),
            names=((person, payload.city or ""),),
            phones=(payload.phone,) if payload.phone else (),
        )
    if isinstance(payload, RegisterRecord):
        key = key_of_record(payload)
        return Identity(source_keys=source_keys, licences=() if key is None else (key,))
    return Identity(source_keys=source_keys)


def identify_named(observation: Observation, page: ExtractedPage) -> Iterator[tuple[str, Identity]]:
    """What each practitioner whom a page names is recognised by, there."""
    cities = {place.city for place in page.locations if place.city}
    hosts = {host for url in (page.website, page.url, observation.url) if url and (host := _find_host(url))}
    for person in page.practitioners:
        yield (
            person.name,
            Identity(
                names=tuple((person.name, city) for city in sorted(cities)),
                site_names=tuple((person.name, host) for host in sorted(hosts)),
            ),
        )


def load_filter(session: Session) -> RemovalFilter:
    """The filter for this transaction; loaded once."""
    found = session.info.get("removals")
    if not isinstance(found, RemovalFilter):
        live = sa.select(RemovalRow.id).where(RemovalRow.withdrawn_at.is_(None))
        digests = session.scalars(sa.select(RemovalDigestRow.digest).where(RemovalDigestRow.removal_id.in_(live)))
        found = session.info["removals"] = RemovalFilter(session.secret, frozenset(digests))
    return found


def make_filter(session: Session, identity: Identity) -> RemovalFilter:
    """A filter that knows only this one."""
    return RemovalFilter(session.secret, frozenset(keyed_digest(session.secret, *mark) for mark in identity.marks()))


def is_removed(session: Session, identity: Identity) -> bool:
    """Whether somebody recognised by any of this asked out."""
    return load_filter(session).knows(identity)


def ask_out(session: Session, identity: Identity, *, by: str, reason: str, entity_id: str | None = None) -> Removal:
    """Keep somebody out from now on; `records.erasure.forget` also takes away what is already there."""
    row = RemovalRow(
        id=uuid.uuid4().hex,
        entity_id=entity_id,
        asked_at=session.now(),
        by=by,
        reason=reason,
        withdrawn_at=None,
        withdrawn_by=None,
    )
    session.add(row)
    session.flush()
    for value in sorted({keyed_digest(session.secret, *mark) for mark in identity.marks()}):
        session.add(RemovalDigestRow(digest=value, removal_id=row.id))
    session.flush()
    session.info.pop("removals", None)
    return _make(row)


def withdraw(session: Session, removal_id: str, *, by: str) -> None:
    """Let somebody who changed their mind be listed again, from the next crawl on."""
    row = session.get(RemovalRow, removal_id)
    if row is None:
        raise NotFoundError("There is no such removal.")
    row.withdrawn_at, row.withdrawn_by = session.now(), by
    session.flush()
    session.info.pop("removals", None)


def history(session: Session) -> list[Removal]:
    """Every removal, newest first."""
    return [_make(row) for row in session.scalars(sa.select(RemovalRow).order_by(RemovalRow.asked_at.desc()))]


def _make(row: RemovalRow) -> Removal:
    return Removal(
        id=row.id,
        entity_id=row.entity_id,
        asked_at=row.asked_at,
        by=row.by,
        reason=row.reason,
        withdrawn_at=row.withdrawn_at,
    )
