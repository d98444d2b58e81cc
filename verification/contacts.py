"""What ties listings to one person: the contacts they give, as digests."""

from __future__ import annotations

from dataclasses import dataclass

from directory.names.fold import fold
from verification.subject import Subject


@dataclass(frozen=True, slots=True)
class Use:
    """Listings' use of a number: digests of the contacts they give, and of the name and city they are under.

    A shared contact ties two listings to one person; a shared name in one city only makes it likely. `anchored`: its
    name is the register's, and its city or middle name too. A digest of 0 stands for nothing given.
    """

    phone: int
    contacts: tuple[int, ...]
    likely: int
    anchored: bool = False


def digest_contact(kind: str, text: str | None) -> int:
    """64 bits in place of a contact, the same within one process only: they are compared, never stored."""
    return hash((kind, text)) & 0xFFFF_FFFF_FFFF_FFFF or 1 if text else 0


def make_use(subject: Subject, person: str | None = None, *, anchored: bool = False, named_alike: bool = False) -> Use:
    """How a listing uses a number; listings of one `person` (an entity's id) are tied together.

    `named_alike`: its name is the register's, so that the city alone tells whether two such are likely one.
    """
    name, city = subject.name, subject.city
    phone = digest_contact("phone", subject.phone)
    contacts = (
        digest_contact("person", person),
        phone,
        digest_contact("email", subject.email),
        digest_contact("site", subject.website),
        digest_contact("street", subject.street and subject.postal_code and f"{subject.street}|{subject.postal_code}"),
        digest_contact("street", subject.street and city and f"{subject.street}|{city}"),
        digest_contact("practice", subject.practice and city and f"{fold(subject.practice)}|{city}"),
    )
    named = name is not None and name.is_full and bool(city)
    likely = f"{name.given_key}|{' '.join(name.family_keys)}|{city}" if name and named else None
    likely = city if named_alike else likely
    return Use(phone, tuple(contact for contact in contacts if contact), digest_contact("name", likely), anchored)
