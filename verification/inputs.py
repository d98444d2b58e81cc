"""Everything a run over the records reads before it decides, in one moment of the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from directory.credentials import Family, LicenceKey, parse_claim
from directory.models import Exclusion, Listing, NpiRecord, ObservationKind, Tier
from directory.names import parse_name
from records import entities, ledger, observations, registers, reviews
from records.cases import Case, Decision
from records.database import Session
from records.ledger import FhirStatus
from resolution.features import fold_city, fold_phone, fold_postal
from resolution.run import load_listings
from verification.claims import Claimant, EntityClaim, gather_claims, make_claimants
from verification.entries import substance
from verification.exclusions import ExclusionIndex
from verification.lookup import MemoryRegister, make_candidate
from verification.model import Candidate, Corroboration
from verification.sharing import Sharing


@dataclass(slots=True)
class Inputs:
    """Registers, listings by entity, NPPES, exclusions, decisions, and what the ledger last said of each claim."""

    lookup: MemoryRegister
    read_on: dict[tuple[str, Family], date]
    claimants: dict[str, tuple[Claimant, ...]]
    claims: dict[str, tuple[EntityClaim, ...]]
    sharing: Sharing
    exclusions: ExclusionIndex
    decided: dict[str, tuple[Case, Decision]]
    known: dict[str, dict[str, tuple[str, FhirStatus]]]


def load_inputs(session: Session) -> Inputs:
    """All inputs of a run, from one transaction."""
    read_on: dict[tuple[str, Family], date] = {}

    def rows() -> Iterator[Candidate]:
        for key, record in registers.iter_all(session):
            if key is not None and record.read_on is not None:
                place = (key.jurisdiction, key.family)
                read_on[place] = max(read_on.get(place, record.read_on), record.read_on)
            yield make_candidate(record, key)

    corroborations = load_corroborations(session)
    lookup = MemoryRegister(rows(), corroborations)
    claimants = _load_claimants(session)
    claims = {entity_id: gather_claims(items) for entity_id, items in claimants.items()}
    sharing = Sharing(lookup)
    for entity_id, own in claims.items():
        for claimant in claimants[entity_id]:
            sharing.bearers.add(claimant.subject, person=entity_id)
        for claim in own:
            for parsed, claimant in claim.uses:
                if parsed.key is not None and claimant.listing.tier is not Tier.FEDERAL:
                    sharing.add(parsed, claimant.subject, person=entity_id)
    rows_excluded = (item.payload for item in observations.load_current(session, ObservationKind.EXCLUSION))
    return Inputs(
        lookup=lookup,
        read_on=read_on,
        claimants=claimants,
        claims=claims,
        sharing=sharing,
        exclusions=ExclusionIndex(row for row in rows_excluded if isinstance(row, Exclusion)),
        decided={case.id: (case, decision) for case, decision in reviews.load_decided(session)},
        known=_load_known(session),
    )


def _load_claimants(session: Session) -> dict[str, tuple[Claimant, ...]]:
    members = entities.load_members(session)
    listings: dict[str, list[Listing]] = defaultdict(list)
    for listing in load_listings(session):
        entity_id = members.get(listing.listing_id)
        if entity_id is not None and listing.publish:
            listings[entity_id].append(listing)
    return {entity_id: make_claimants(items) for entity_id, items in listings.items()}


def load_corroborations(session: Session) -> dict[LicenceKey, list[Corroboration]]:
    """What NPPES holds, by the licence numbers people typed into it."""
    found: dict[LicenceKey, list[Corroboration]] = defaultdict(list)
    for item in observations.load_current(session, ObservationKind.NPI):
        record = item.payload
        if isinstance(record, NpiRecord) and record.active:
            for licence in record.licences:
                key = parse_claim(licence.number or "", licence.region).key if licence.number else None
                if key is not None:
                    found[key].append(make_corroboration(record))
    return found


def make_corroboration(record: NpiRecord) -> Corroboration:
    """What one NPI can agree with."""
    parts = (record.given, record.middle, record.family)
    return Corroboration(
        npi=record.npi,
        name=parse_name(" ".join(part for part in parts if part) or record.name or ""),
        city=fold_city(record.city or ""),
        phone=fold_phone(record.phone or "", record.country) or None,
        postal_code=fold_postal(record.postal_code or "") or None,
    )


def _load_known(session: Session) -> dict[str, dict[str, tuple[str, FhirStatus]]]:
    known: dict[str, dict[str, tuple[str, FhirStatus]]] = defaultdict(dict)
    for row in ledger.latest_all(session):
        known[row.entry.entity_id][row.entry.claim_id] = (substance(row.entry), row.entry.fhir_status)
    return known
