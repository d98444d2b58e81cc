"""An entity's claims: everything its listings say of its credentials, each claim once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from directory.credentials import REGISTER_KINDS, ParsedClaim, parse_claim
from directory.models import Listing
from directory.names.fold import fold
from records.ledger import make_claim_id
from verification.subject import Subject, make_subject


@dataclass(frozen=True, slots=True)
class Claimant:
    """A listing of an entity, ready for comparing."""

    listing: Listing
    subject: Subject


@dataclass(frozen=True, slots=True)
class EntityClaim:
    """One claim of an entity with the listings that make it, the most trusted source first."""

    claim_id: str
    uses: tuple[tuple[ParsedClaim, Claimant], ...]


_TIERS = ("register", "issuer", "federal", "own-site", "association", "third-party")


def make_claimants(listings: Iterable[Listing]) -> tuple[Claimant, ...]:
    """The listings of one entity in a fixed order."""
    ordered = sorted(listings, key=lambda item: (_TIERS.index(item.tier.value), item.listing_id))
    return tuple(Claimant(item, make_subject(item)) for item in ordered)


def gather_claims(claimants: Sequence[Claimant]) -> tuple[EntityClaim, ...]:
    """Each claim of an entity once: by its licence key, else by its title and place, else by its words.

    A bare title is left out where the entity gives a number for a licence of the same place.
    """
    found: dict[str, list[tuple[ParsedClaim, Claimant]]] = {}
    for claimant in claimants:
        for text in claimant.listing.claims:
            claim = parse_claim(text, claimant.subject.region, claimant.subject.country)
            found.setdefault(identify_claim(claim), []).append((claim, claimant))
    numbered = {claim.jurisdiction for uses in found.values() for claim, _ in uses if claim.key is not None}
    return tuple(
        EntityClaim(claim_id, tuple(uses))
        for claim_id, uses in sorted(found.items())
        if not _is_bare_repeat(uses[0][0], numbered)
    )


def _is_bare_repeat(claim: ParsedClaim, numbered: set[str | None]) -> bool:
    bare = claim.number is None and claim.kind in REGISTER_KINDS and claim.issuer is None
    return bare and bool(numbered) and (claim.jurisdiction is None or claim.jurisdiction in numbered)


def identify_claim(claim: ParsedClaim) -> str:
    """The claim's id within its entity: stable however the claim is written."""
    if claim.key is not None:
        return make_claim_id("key", claim.key.jurisdiction, claim.key.family.value, str(claim.key.number))
    if claim.title is not None and claim.number is None:
        return make_claim_id("title", claim.title, claim.jurisdiction or "")
    return make_claim_id("words", fold(claim.raw), claim.jurisdiction or "")
