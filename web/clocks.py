"""How old what is shown is: the licence's check, the contact details, the exclusion lists, each with its own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from directory.errors import RecordsUnavailableError
from directory.models import ObservationKind
from records import observations
from search.interface import DocumentLocation, TherapistDocument
from search.standing import rate_document
from verification.badge import CHECK_DAYS, CONTACT_DAYS, EXCLUSION_DAYS, BadgeCode, is_due
from web.pages import Visit
from web.site import Site

EXCLUSION_LISTS = {"leie": "LEIE", "sam": "SAM"}  # sources of exclusions, by the names physicians know them under


@dataclass(frozen=True, slots=True)
class ListReading:
    """An exclusion list, and when it was last read here: never, or too long ago, are said as such."""

    source: str
    read_on: date | None
    due: bool


def describe_clocks(site: Site, document: TherapistDocument) -> dict[str, object]:
    """For programs: the day of each check, how many days it counts for, and whether it is due again."""
    checked_on, read_on = rate_document(document, on=site.today()).badge.checked_on, document.contact_checked_on
    return {
        "licence": _describe(checked_on, CHECK_DAYS, site.today()),
        "contact": _describe(read_on, CONTACT_DAYS, site.today()),
    }


def describe_exclusion_lists(site: Site) -> list[dict[str, object]]:
    """For programs: when each exclusion list was last read."""
    return [
        {"source": item.source, **_describe(item.read_on, EXCLUSION_DAYS, site.today())}
        for item in read_exclusion_lists(site)
    ]


def _describe(day: date | None, days: int, on: date) -> dict[str, object]:
    return {"checked_on": day.isoformat() if day else None, "days": days, "due": is_due(day, days, on=on)}


def list_clocks(visit: Visit, document: TherapistDocument, at: DocumentLocation | None = None) -> tuple[str, ...]:
    """For a reader: when the licence was looked up and the contact details were read, and what is too old to use."""
    return tuple(line for line in (_say_check(visit, document, at), _say_contact(visit, document)) if line)


def _say_check(visit: Visit, document: TherapistDocument, at: DocumentLocation | None) -> str:
    """Nothing where no register was asked: the badge says why."""
    language, on = visit.language, visit.site.today()
    badge = rate_document(document, at, on=on).badge
    if badge.checked_on is None:
        return ""
    day = language.write_date(badge.checked_on)
    if is_due(badge.checked_on, CHECK_DAYS, on=on):
        return language.say(
            "Licence looked up on %(day)s, more than %(days)s days ago: that counts no longer.",
            day=day,
            days=CHECK_DAYS,
        )
    if badge.code is BadgeCode.CURRENT and badge.until:
        until = language.write_date(badge.until)
        return language.say(
            "Licence looked up on %(day)s. Unless it is looked up again, the badge ends after %(until)s.",
            day=day,
            until=until,
        )
    return language.say("Licence looked up on %(day)s.", day=day)


def _say_contact(visit: Visit, document: TherapistDocument) -> str:
    language, read_on = visit.language, document.contact_checked_on
    if read_on is None:
        return language.say("Nobody has noted when the contact details were last read: call before you set out.")
    day = language.write_date(read_on)
    if is_due(read_on, CONTACT_DAYS, on=visit.site.today()):
        return language.say(
            "Contact details read on %(day)s, more than %(days)s days ago: call before you set out.",
            day=day,
            days=CONTACT_DAYS,
        )
    return language.say("Contact details read on %(day)s.", day=day)


def read_exclusion_lists(site: Site) -> tuple[ListReading, ...]:
    """When each exclusion list was last read; what it says of anybody is for the staff alone."""
    on, found = site.today(), []
    with site.database.read() as session:
        for source in EXCLUSION_LISTS:
            day = observations.find_read_on(session, source, ObservationKind.EXCLUSION)
            found.append(ListReading(source, day, is_due(day, EXCLUSION_DAYS, on=on)))
    return tuple(found)


def say_exclusion_lists(visit: Visit, document: TherapistDocument) -> str:
    """For a physician in the United States, how old the lists are that are searched here; "" elsewhere."""
    language, say = visit.language, visit.language.say
    if not any(place.country == "US" for place in document.locations):
        return ""
    try:
        lists = read_exclusion_lists(visit.site)
    except RecordsUnavailableError:
        return ""
    told = []
    for item in lists:
        name, day = EXCLUSION_LISTS[item.source], language.write_date(item.read_on)
        if item.read_on is None:
            told.append(say("%(list)s not read", list=name))
        elif item.due:
            told.append(
                say("%(list)s read on %(day)s, more than %(days)s days ago", list=name, day=day, days=EXCLUSION_DAYS)
            )
        else:
            told.append(say("%(list)s read on %(day)s", list=name, day=day))
    return say(
        "Federal exclusion lists: %(lists)s. What they say of anybody is never shown here: search them yourself before "
        "you bill a federal programme.",
        lists=language.listed(told),
    )
