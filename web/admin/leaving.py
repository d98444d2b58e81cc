"""Who asks out is taken out: what they are known by is shown, confirmed by a person, and acted on at once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from directory.credentials import LicenceKey, key_of_record, parse_claim
from directory.errors import ConflictError, PalpateError, UsageError
from directory.models import EntityKind, Listing, Outcome
from records import entities, ledger, registers, removals, reviews
from records.database import Database, Session
from records.entities import Entity
from records.erasure import forget
from records.removals import Identity
from records.reviews import Case, CaseKind, CaseState
from records.users import Role
from resolution.run import digest_listing, load_listings
from resolution.sites import find_site_root
from web.admin.access import Desk, Reading, Reviewing
from web.admin.rooms import show
from web.values import clean

router = APIRouter()
log = logging.getLogger(__name__)

SETTLED = (Outcome.VERIFIED, Outcome.STALE, Outcome.EXPIRED, Outcome.INACTIVE, Outcome.DISCIPLINED)
LABELS = {
    "names": "Name, with the town",
    "site_names": "Name, on this web site",
    "emails": "E-mail",
    "phones": "Phone",
    "websites": "Web site, all of it",
    "npis": "NPI",
    "licences": "Licence number",
    "source_keys": "Entry of a source",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing by which somebody is known again; `value` is what the form sends for it."""

    value: str
    label: str
    text: str


@router.get("/cases/{case_id}/removal")
def show_removal(desk: Reading, case_id: str) -> Response:
    """What will be taken away, and by what the person will be known again; nothing happens yet."""
    with desk.visit.site.database.read() as session:
        case, entity = _load(session, case_id)
        listings = list(load_listings(session))
        identity = make_identity(entity, listings, _find_licences(session, entity, listings))
    own = [listing for listing in listings if listing.listing_id in entity.members]
    return show(
        desk,
        "admin/removal.html",
        title="Take out",
        case_id=case_id,
        version=case.version,
        heading=clean(next((listing.name for listing in own if listing.name), None), 160) or entity.id,
        entity_id=entity.id,
        notes=[clean(note, 400) for note in case.input.notes],
        sources=sorted({listing.source for listing in own}),
        listings=len(own),
        marks=list_marks(identity),
        may_decide=desk.may(Role.REVIEWER),
    )


@router.post("/cases/{case_id}/removal")
def take_out(
    desk: Reviewing,
    case_id: str,
    *,
    version: Annotated[int, Form()],
    mark: Annotated[list[str] | None, Form()] = None,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Erase the person and keep them out by the marks that were ticked; their address answers 410 from now on."""
    site = desk.visit.site
    with site.database.read() as session:
        case, entity = _load(session, case_id)
        if case.version != version:
            raise ConflictError("Somebody else changed this case first. Look at it again.")
        listings = list(load_listings(session))
        identity = make_identity(entity, listings, _find_licences(session, entity, listings))
    identity = choose_marks(identity, frozenset(mark or ()))
    if not list_marks(identity):
        raise UsageError("Tick at least one thing by which the person is known again.")
    done = forget(site.database, identity, by=desk.user.name, reason=reason.strip() or "asked out", entity_id=entity.id)
    _take_from_index(desk, entity)
    tell_neighbours(site.database, listings)
    return RedirectResponse(desk.visit.url("/admin/removals", done=done.removal_id), 303)


@router.get("/removals")
def show_removals(desk: Reading, done: str = "") -> Response:
    """Everybody who was taken out: when, by whom and why; who they were is not kept."""
    with desk.visit.site.database.read() as session:
        found = removals.history(session)
    return show(desk, "admin/removals.html", title="Taken out", removals=found, done=done)


def _load(session: Session, case_id: str) -> tuple[Case, Entity]:
    """The removal case and whom it is about; raises UsageError where it is about nobody, GoneError once it is done."""
    case = reviews.get(session, case_id)
    if not asks_out(case):
        raise UsageError("This case asks for nobody's removal.")
    assert case.entity_id is not None
    return case, entities.get(session, case.entity_id)


def asks_out(case: Case) -> bool:
    """Whether accepting the case takes an entry out."""
    return case.kind is CaseKind.REMOVAL and case.entity_id is not None and case.state is not CaseState.DECIDED


def make_identity(entity: Entity, listings: Iterable[Listing], licences: Iterable[LicenceKey]) -> Identity:
    """What the entity's listings are known again by, without what other people's listings share with them."""
    listings = list(listings)
    own = [listing for listing in listings if listing.listing_id in entity.members]
    others = [listing for listing in listings if listing.listing_id not in entity.members]
    shared = {
        value for listing in others if listing.kind is not EntityKind.PRACTICE for value in _list_contacts(listing)
    }
    is_person = entity.kind is EntityKind.PERSON
    names = {text for item in own if (text := (item.name or item.title) if is_person else item.practice)}
    sites = {root for item in own for root in _list_sites(item)}
    return Identity(
        source_keys=tuple(sorted((item.source, item.listing_id) for item in own)),
        names=tuple(sorted({(name, item.city) for item in own if item.city for name in names})),
        site_names=tuple(sorted((name, site) for name in names for site in sites)) if is_person else (),
        emails=tuple(sorted({item.email for item in own if item.email} - shared)),
        phones=tuple(sorted({item.phone for item in own if item.phone} - shared)),
        websites=tuple(sorted(sites - shared)),
        licences=tuple(licences),
        npis=tuple(sorted({item.npi for item in own if item.npi} - shared)),
    )


def _list_contacts(listing: Listing) -> set[str]:
    return {value for value in (listing.email, listing.phone, listing.npi) if value} | _list_sites(listing)


def _list_sites(listing: Listing) -> set[str]:
    """The roots of a listing's web site; where many share a host and there is no folder, the page's own address."""
    urls = [listing.website, listing.url if listing.listing_id.startswith("site-") else None]
    found = set()
    for url in urls:
        if url:
            root = find_site_root(url if "//" in url else f"//{url}")
            found.add(url if root.endswith("/*") else root)
    return found - {""}


def _find_licences(session: Session, entity: Entity, listings: Iterable[Listing]) -> tuple[LicenceKey, ...]:
    """The numbers that were found to be theirs; a number somebody only claims may be another's."""
    rows = ledger.load(session, entity.id)
    theirs = {row.entry.facts.register_id for row in rows if row.entry.outcome in SETTLED} - {None}
    own = [listing for listing in listings if listing.listing_id in entity.members]
    keys = {parse_claim(text, item.region, item.country).key for item in own for text in item.claims} - {None}
    records = registers.find_by_keys(session, [key for key in keys if key is not None])
    found = [key_of_record(record) for group in records.values() for record in group if record.register_id in theirs]
    return tuple(key for key in dict.fromkeys(found) if key is not None)


def list_marks(identity: Identity) -> tuple[Mark, ...]:
    """The marks of an identity, as they are shown and sent back."""
    return tuple(
        Mark(_write_mark(field, value), label, clean(_show_mark(value), 200))
        for field, label in LABELS.items()
        for value in getattr(identity, field)
    )


def choose_marks(identity: Identity, chosen: frozenset[str]) -> Identity:
    """The identity with the chosen marks alone."""
    kept = {
        field: tuple(value for value in getattr(identity, field) if _write_mark(field, value) in chosen)
        for field in LABELS
    }
    return replace(identity, **kept)


def _write_mark(field: str, value: object) -> str:
    return f"{field}:{_show_mark(value)}"


def _show_mark(value: object) -> str:
    if isinstance(value, LicenceKey):
        return f"{value.jurisdiction} {value.family.value} {value.number}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def tell_neighbours(database: Database, before: Iterable[Listing]) -> None:
    """Have the entries made again that say something else than `before`: a page may have named whoever was taken out.

    Read and compared outside of any writing transaction; what a crash leaves undone here, the next round does.
    """
    said = {listing.listing_id: digest_listing(listing) for listing in before}
    with database.read() as session:
        says = {listing.listing_id: digest_listing(listing) for listing in load_listings(session)}
    changed = [listing_id for listing_id, digest in said.items() if says.get(listing_id) != digest]
    with database.begin() as session:
        entities.touch(session, entities.find_by_listings(session, changed).values(), "removal")


def _take_from_index(desk: Desk, entity: Entity) -> None:
    """Take the entry from the live index at once; with the engine away, the change waits in the outbox."""
    try:
        desk.visit.site.engine.delete({entity.id: entity.version})
    except PalpateError as error:
        log.warning("A removed entry leaves the index later: %s", error)
