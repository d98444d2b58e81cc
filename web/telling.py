"""What happened to a licence, in words: the same sentence in a letter, in a feed, in a table and on a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree  # nosec B405

from directory.regions import find_region
from directory.settings import Settings
from records.watches import Event, EventKind, Told
from web.language import Language
from web.referrals import make_cell
from web.values import clean

ATOM = "http://www.w3.org/2005/Atom"
ICONS = {
    EventKind.ENDS: ("clock", "look"),
    EventKind.ENDED: ("ended", "bad"),
    EventKind.RENEWED: ("check", "good"),
    EventKind.CURRENT: ("check", "good"),
    EventKind.INACTIVE: ("pause", "bad"),
    EventKind.BOARD_ACTION: ("flag", "bad"),
    EventKind.NOT_FOUND: ("question", "look"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsView:
    """One thing that was told."""

    day: str
    who: str
    what: str
    url: str
    icon: str
    tone: str


def say_event(language: Language, event: Event) -> str:
    """What happened, in one sentence."""
    say, day = language.say, language.write_date(event.expires_on)
    if event.kind is EventKind.ENDED and not day:
        return say("The register shows that the licence has ended.")
    if event.kind is EventKind.RENEWED:
        return say("The licence was renewed and lasts until %(day)s.", day=day)
    return {
        EventKind.ENDS: say("The licence ends on %(day)s."),
        EventKind.ENDED: say("The licence ended on %(day)s."),
        EventKind.CURRENT: say("The register shows the licence as current."),
        EventKind.INACTIVE: say("The register shows the licence as inactive."),
        EventKind.BOARD_ACTION: say("The board has an action on file. A person has confirmed it."),
        EventKind.NOT_FOUND: say("The register no longer lists the licence."),
    }[event.kind].replace("%(day)s", day)


def name_whom(language: Language, event: Event) -> str:
    """Whom it is about: the name, the title and the place."""
    region = find_region(event.jurisdiction)
    where = language.name_region(region) if region else ""
    return ", ".join(part for part in (clean(event.name, 160), clean(event.title, 60), where) if part)


def make_news(language: Language, told: Told, url: str) -> NewsView:
    """What was told as a page shows it; `url` leads to the therapist."""
    icon, tone = ICONS[told.event.kind]
    return NewsView(
        day=language.write_date(told.at.date()),
        who=name_whom(language, told.event),
        what=say_event(language, told.event),
        url=url,
        icon=icon,
        tone=tone,
    )


def make_address(settings: Settings, event: Event) -> str:
    """The whole address of the page of whom it is about."""
    return f"{settings.base_url}/therapists/{event.entity_id}"


def make_feed(
    settings: Settings, language: Language, told: Sequence[Told], *, own_url: str, watcher_id: str, since: datetime
) -> bytes:
    """An Atom feed (RFC 4287) of what was told, newest first; the same news give the same bytes."""
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language.code})
    _add(feed, "id", uuid5(NAMESPACE_URL, f"{settings.base_url}/watch/{watcher_id}").urn)
    _add(feed, "title", language.say("Palpate: those you follow"))
    _add(feed, "updated", max((item.at for item in told), default=since).isoformat())
    _add(_add(feed, "author", None), "name", "Palpate")
    _add(feed, "link", None, rel="self", type="application/atom+xml", href=own_url)
    for item in told:
        entry = _add(feed, "entry", None)
        _add(entry, "id", uuid5(NAMESPACE_URL, f"{settings.base_url}/watch/{watcher_id}/{item.event.key}").urn)
        _add(entry, "title", f"{name_whom(language, item.event)}: {say_event(language, item.event)}")
        _add(entry, "updated", item.at.isoformat())
        _add(entry, "link", None, rel="alternate", href=make_address(settings, item.event))
        _add(entry, "category", None, term=item.event.kind.value)
        _add(entry, "summary", say_event(language, item.event))
    text: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def make_table(settings: Settings, language: Language, told: Sequence[Told]) -> str:
    """What was told, for a spreadsheet; no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("told_at", "id", "name", "title", "jurisdiction", "what", "expires_on", "sentence", "address"))
    for item in told:
        event = item.event
        cells = (
            item.at.isoformat(timespec="seconds"), event.entity_id, clean(event.name, 160), clean(event.title, 60),
            event.jurisdiction or "", event.kind.value, event.expires_on.isoformat() if event.expires_on else "",
            say_event(language, event), make_address(settings, event),
        )  # fmt: skip
        writer.writerow([make_cell(cell) for cell in cells])
    return out.getvalue()


def _add(parent: ElementTree.Element, name: str, text: str | None, **attributes: str) -> ElementTree.Element:
    found = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text is not None:  # XML has no place for control characters, written in whatever way
        found.text = "".join(character for character in text if ord(character) >= 32)
    return found
