"""The listings of one person or practice, with what was seen of each; the rest of the records is left alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from directory.models import LOCATION_KEY, ExtractedPage, Listing, ObservationKind
from records import sightings
from records.database import Session
from records.observations import StoredObservation
from resolution.listings import derive_listings, make_site_id
from resolution.sites import find_root

NPI, SITE = "npi-", "site-"
SITE_LENGTH = len(make_site_id("", ""))


@dataclass(frozen=True, slots=True)
class FoundListing:
    """A listing as it is now, and the observations that it comes from."""

    listing: Listing
    seen: tuple[StoredObservation, ...]


def find_listings(session: Session, keys: Iterable[str]) -> dict[str, FoundListing]:
    """The listings with these keys, by key; those that nothing makes any longer are left out."""
    wanted = set(keys)
    sites = {key[:SITE_LENGTH] for key in wanted if key.startswith(SITE)}
    npis = [key.removeprefix(NPI) for key in wanted if key.startswith(NPI)]
    seen = sightings.find_by_keys(session, ObservationKind.LISTING, wanted)
    seen += sightings.find_by_keys(session, ObservationKind.NPI, npis) if npis else []
    pages = _find_pages(session, sites) if sites else []
    if not sites <= {key[:SITE_LENGTH] for key in _derive(pages)}:  # a page that names another site as its own
        pages = sightings.find_pages(session, lambda *_: True)
    listings, makers = _derive([*seen, *pages]), _find_makers([*seen, *pages])
    return {
        key: FoundListing(listing, tuple(makers.get(key[:SITE_LENGTH] if key.startswith(SITE) else key, ())))
        for key, listing in listings.items()
        if key in wanted
    }


def _derive(seen: Iterable[StoredObservation]) -> dict[str, Listing]:
    open_ = (item for item in seen if item.closed_at is None)
    return {listing.listing_id: listing for listing in derive_listings(open_)}


def _find_pages(session: Session, sites: Collection[str]) -> list[StoredObservation]:
    def is_wanted(source: str, url: str, key: str) -> bool:
        root = find_root(url or key.removeprefix(LOCATION_KEY), is_location=key.startswith(LOCATION_KEY))
        return root.endswith("/*") or make_site_id(source, root) in sites  # at a shared root, pages must be compared

    return sightings.find_pages(session, is_wanted)


def _find_makers(seen: Iterable[StoredObservation]) -> dict[str, list[StoredObservation]]:
    """By the listing's key, or that of its site, what it was made from."""
    makers: dict[str, list[StoredObservation]] = defaultdict(list)
    for item in seen:
        if isinstance(item.payload, Listing):
            makers[item.payload.listing_id].append(item)
        elif isinstance(item.payload, ExtractedPage):
            makers[_find_site(item, item.payload)].append(item)
        else:
            makers[f"{NPI}{item.key}"].append(item)
    return makers


def guess_listing(seen: StoredObservation) -> tuple[str, str]:
    """The key of the listing (of a page: of its practice) that an observation makes, and what it is called there."""
    payload = seen.payload
    if isinstance(payload, Listing):
        return payload.listing_id, payload.name or payload.title or payload.practice or payload.listing_id
    if isinstance(payload, ExtractedPage):
        return _find_site(seen, payload), payload.name or _find_address(seen, payload)
    return f"{NPI}{seen.key}", f"NPI {seen.key}"


def _find_site(seen: StoredObservation, page: ExtractedPage) -> str:
    """The key of the listing of the practice whose site a page belongs to."""
    root = find_root(_find_address(seen, page), is_location=seen.key.startswith(LOCATION_KEY))
    return make_site_id(seen.source, root)


def _find_address(seen: StoredObservation, page: ExtractedPage) -> str:
    return page.url or seen.url or seen.key
