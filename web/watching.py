"""Following a licence without an account: asked for by mail, confirmed, looked at and stopped by links out of letters.

GET changes nothing: mail programs open links to look at them. Whether an address follows anybody is told to nobody but
whoever reads its mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import GoneError, NotFoundError, TooManyTriesError, UsageError
from directory.regions import REGIONS
from notices.messages import parse_address
from records import mail, watches
from records.database import Session
from records.watches import MOST_FOLLOWED, Told, Watch, Watcher, WatchKind
from search.interface import TherapistDocument
from web import link_pages
from web.admin.access import check_origin
from web.forms import FASTEST_S, read_age, sign_time
from web.keys import Purpose, make_link, make_path, read_key
from web.language import Language, load_language
from web.letters import write_confirmation, write_links
from web.limits import name_client
from web.link_pages import PRIVATE
from web.pages import Visit, open_visit
from web.patients import find_document
from web.site import Site
from web.telling import NewsView, make_feed, make_news, make_table
from web.validators import validate_content
from web.values import Link, clean

router = APIRouter(prefix="/watch", include_in_schema=False)
FORM = "watch"
LETTERS_A_DAY = 5  # that ask one address to confirm, whoever sends the form
SHOWN_NEWS = 50


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing that is followed, as it is listed."""

    id: str
    link: Link
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatcherView:
    """Everything a page shows of a watcher: whom it follows, what it was told, and where to read that elsewhere."""

    address: str | None
    followed: tuple[Followed, ...]
    news: tuple[NewsView, ...]
    feed_url: str
    csv_url: str


# --- asking -----------------------------------------------------------------------------------------------


@router.get("")
def show_form(request: Request, about: str = "", region: str = "") -> Response:
    """The form: an address, and whom or what to follow."""
    return _show_form(open_visit(request), about=about, region=region)


@router.post("")
def take_form(
    request: Request,
    *,
    token: Annotated[str, Form(max_length=200)] = "",
    email: Annotated[str, Form(max_length=300)] = "",
    about: Annotated[str, Form(max_length=100)] = "",
    region: Annotated[str, Form(max_length=10)] = "",
    what: Annotated[str, Form(max_length=20)] = "",
    website: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Send the letter that asks to confirm; the answer is the same whatever the address follows already."""
    visit = open_visit(request)
    check_origin(request)
    say, given = visit.language.say, {"about": about, "region": region, "email": email}
    age_s = read_age(visit.site, FORM, token)
    if age_s is None:
        return _show_form(visit, **given, problem=say("The form was open for too long. Please send it again."))
    try:
        address = parse_address(email)
    except UsageError:
        return _show_form(visit, **given, problem=say("Please write one e-mail address, as name@example.org."))
    document = None if what == WatchKind.REGION else _find(visit.site, about)
    kind, subject = (WatchKind.THERAPIST, document.id) if document else (WatchKind.REGION, region)
    if kind is WatchKind.REGION and subject not in REGIONS:
        return _show_form(visit, **given, problem=say("Please choose what to follow."))
    if not request.app.state.watching.take(name_client(request)).allowed:
        raise TooManyTriesError("Many requests came from here. Try again in an hour.")
    if age_s >= FASTEST_S and not website:
        with visit.site.database.begin() as session:
            _ask(visit, session, address, kind, subject)
    return link_pages.say_done(
        visit,
        "mail",
        say("Please look at your mail"),
        say("A letter is on its way. Open its link to confirm; nothing is sent to the address before that."),
    )


def _ask(visit: Visit, session: Session, address: str, kind: WatchKind, subject: str) -> None:
    """Queue the one letter that fits: to confirm, or the link again where this is followed already."""
    settings, now = visit.site.settings, session.now()
    watcher = watches.open_watcher(session, email=address, language=visit.language.code)
    if watches.count_followed(session, watcher.id) >= MOST_FOLLOWED:
        return
    watch = watches.follow(session, watcher, kind, subject)
    if watch.confirmed_at is not None:
        day = f"links:{watcher.id}:{now.date()}"
        mail.queue(session, write_links(settings, watcher, key=day, at=now))
    elif mail.count_to(session, address, now - timedelta(days=1), prefix="confirm:") < LETTERS_A_DAY:
        name = name_followed(visit.site, load_language(watcher.language), watch)
        mail.queue(session, write_confirmation(settings, watcher, watch, name=name, at=now))


def _show_form(visit: Visit, *, about: str, region: str, email: str = "", problem: str = "") -> Response:
    document, language = _find(visit.site, about), visit.language
    if document is not None and not region:
        region = next((place.region for place in document.locations if place.region in REGIONS), None) or ""
    return visit.page(
        "watch.html",
        status=422 if problem else 200,
        headers=PRIVATE,
        title=language.say("Follow a licence"),
        token=sign_time(visit.site, FORM),
        about=document.id if document else "",
        name=clean(document.name, 120) if document else "",
        region=region,
        regions=sorted(((language.name_region(code), code) for code in REGIONS), key=lambda item: item[0].casefold()),
        email=email,
        problem=problem,
    )


# --- confirming and stopping ------------------------------------------------------------------------------


@router.get("/confirm")
def show_confirmation(request: Request, key: str = "") -> Response:
    """The page behind the letter's link: one button."""
    visit = open_visit(request)

    def show() -> Response:
        (watch_id,) = read_key(visit.site.settings, Purpose.CONFIRM, key)
        with visit.site.database.read() as session:
            watch = watches.get(session, watch_id)
        say, name = visit.language.say, name_followed(visit.site, visit.language, watch)
        text = say("A letter comes when a licence is about to end or its status changes, at most one a day.")
        return link_pages.ask(visit, say("Follow %(name)s?", name=name), text, say("Yes, follow"))

    return _answer(visit, show)


@router.post("/confirm")
def confirm(request: Request, key: str = "") -> Response:
    """Begin to tell; leads to the page where everything that is followed stands."""
    visit = open_visit(request)

    def act() -> Response:
        settings = visit.site.settings
        (watch_id,) = read_key(settings, Purpose.CONFIRM, key)
        with visit.site.database.begin() as session:
            watcher = watches.get_watcher(session, watches.confirm(session, watch_id).watcher_id)
        path = make_path(settings, Purpose.MANAGE, watcher.id, watcher.link_version, lang=visit.lang_param)
        return RedirectResponse(f"{path}&done=confirmed", 303, PRIVATE)

    return _answer(visit, act)


@router.get("/stop")
def show_stop(request: Request, key: str = "") -> Response:
    """The page behind a letter's last link: one button."""
    visit = open_visit(request)

    def show() -> Response:
        with visit.site.database.read() as session:
            _open(visit.site, session, Purpose.STOP, key)
        say = visit.language.say
        text = say("You will get no more letters, and your address and what you follow are erased.")
        return link_pages.ask(visit, say("Stop all letters?"), text, say("Stop all letters"))

    return _answer(visit, show)


@router.post("/stop")
def stop(request: Request, key: str = "") -> Response:
    """Forget whoever holds the key, at once: mail programs send this by themselves (RFC 8058)."""
    visit = open_visit(request)
    with suppress(GoneError), visit.site.database.begin() as session:
        watches.forget(session, _open(visit.site, session, Purpose.STOP, key).id)
    say = visit.language.say
    return link_pages.say_done(visit, "check", say("Stopped"), say("No more letters come, and the address is erased."))


# --- everything that is followed --------------------------------------------------------------------------


@router.get("/manage")
def show_followed(request: Request, key: str = "", done: str = "") -> Response:
    """What is followed, what was told, and the addresses of the feed and the table."""
    visit = open_visit(request)

    def show() -> Response:
        with visit.site.database.read() as session:
            watcher = _open(visit.site, session, Purpose.MANAGE, key)
            found, told = watches.load(session, watcher.id), watches.load_told(session, watcher.id, limit=SHOWN_NEWS)
        return visit.page(
            "watch_manage.html",
            headers=PRIVATE,
            title=visit.language.say("What you follow"),
            done=done,
            view=make_watcher_view(visit, watcher, found, told),
        )

    return _answer(visit, show)


@router.post("/manage")
def change_followed(
    request: Request,
    key: str = "",
    *,
    act: Annotated[str, Form(max_length=20)] = "",
    watch: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Stop following one, stop everything, or make every address given out so far useless."""
    visit = open_visit(request)
    check_origin(request)

    def change() -> Response:
        settings, say = visit.site.settings, visit.language.say
        with visit.site.database.begin() as session:
            watcher = _open(visit.site, session, Purpose.MANAGE, key)
            if act == "renew":
                watcher = watches.renew_links(session, watcher.id)
            elif act == "stop":
                watches.stop(session, watcher.id, watch)
            elif act == "forget":
                watches.forget(session, watcher.id)
            left = watches.count_followed(session, watcher.id)
        if not left:
            return link_pages.say_done(
                visit, "check", say("Stopped"), say("No more letters come, and the address is erased.")
            )
        path = make_path(settings, Purpose.MANAGE, watcher.id, watcher.link_version, lang=visit.lang_param)
        return RedirectResponse(f"{path}&done={'renewed' if act == 'renew' else 'stopped'}", 303, PRIVATE)

    return _answer(visit, change)


@router.get("/feed")
def send_feed(request: Request, key: str = "") -> Response:
    """What was told, as an Atom feed; 304 while nothing is new."""
    visit = open_visit(request)
    watcher, told = _load_told(request, visit, Purpose.FEED, key)
    own_url = make_link(visit.site.settings, Purpose.FEED, watcher.id, watcher.link_version)
    body = make_feed(
        visit.site.settings,
        load_language(watcher.language),
        told,
        own_url=own_url,
        watcher_id=watcher.id,
        since=watcher.created_at,
    )
    headers = {"Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"}
    return validate_content(request, Response(body, 200, headers, "application/atom+xml; charset=utf-8"))


@router.get("/list.csv")
def send_table(request: Request, key: str = "") -> Response:
    """What was told, for a spreadsheet."""
    visit = open_visit(request)
    watcher, told = _load_told(request, visit, Purpose.LIST, key)
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="palpate-changes.csv"'}
    body = make_table(visit.site.settings, load_language(watcher.language), told)
    return Response(body, 200, headers, "text/csv; charset=utf-8")


def _load_told(request: Request, visit: Visit, purpose: Purpose, key: str) -> tuple[Watcher, list[Told]]:
    if not request.app.state.feeds.take(name_client(request)).allowed:
        raise TooManyTriesError("Many requests came from here. Try again in a minute.")
    with visit.site.database.read() as session:
        watcher = _open(visit.site, session, purpose, key)
        return watcher, watches.load_told(session, watcher.id)


# --- what these pages share -------------------------------------------------------------------------------


def make_watcher_view(visit: Visit, watcher: Watcher, found: Sequence[Watch], told: Sequence[Told]) -> WatcherView:
    """What a page shows of a watcher."""
    settings, language, names = visit.site.settings, visit.language, name_many(visit.site, visit.language, found)
    return WatcherView(
        address=watcher.address,
        followed=tuple(
            Followed(
                watch.id,
                Link(names[watch.id], _find_url(visit, watch)),
                language.write_date((watch.confirmed_at or watch.created_at).date()),
            )
            for watch in found
        ),
        news=tuple(make_news(language, item, visit.url(f"/therapists/{item.event.entity_id}")) for item in told),
        feed_url=make_link(settings, Purpose.FEED, watcher.id, watcher.link_version),
        csv_url=make_path(settings, Purpose.LIST, watcher.id, watcher.link_version),
    )


def name_followed(site: Site, language: Language, watch: Watch) -> str:
    """The name of whom or what is followed; a therapist who is not published now goes by their id."""
    return name_many(site, language, [watch])[watch.id]


def name_many(site: Site, language: Language, found: Sequence[Watch]) -> dict[str, str]:
    """As `name_followed` for many at once, by the watches' ids."""
    ids = [watch.subject for watch in found if watch.kind is WatchKind.THERAPIST]
    documents, names = site.reader.get_many(ids), dict[str, str]()
    for watch in found:
        if watch.kind is WatchKind.REGION:
            names[watch.id] = language.say("everybody in %(place)s", place=language.name_region(watch.subject))
        else:
            document = documents.get(watch.subject) or _find(site, watch.subject)  # merged meanwhile
            names[watch.id] = clean(document.name, 120) if document else watch.subject
    return names


def _find_url(visit: Visit, watch: Watch) -> str:
    if watch.kind is WatchKind.REGION:
        return visit.url("/search", near=REGIONS[watch.subject])
    return visit.url(f"/therapists/{watch.subject}")


def _find(site: Site, about: str) -> TherapistDocument | None:
    try:
        return find_document(site, about) if about else None
    except (NotFoundError, GoneError):
        return None


def _open(site: Site, session: Session, purpose: Purpose, key: str) -> Watcher:
    """The watcher whose key this is; raises GoneError where it was renewed or everything was stopped."""
    watcher_id, version = (*read_key(site.settings, purpose, key), "", "")[:2]
    watcher = watches.get_watcher(session, watcher_id)
    if version != str(watcher.link_version) or not watcher.is_open:
        raise GoneError("This link was made useless by a newer one, or its account was shut.")
    return watcher


def _answer(visit: Visit, act: link_pages.Act) -> Response:
    """What `act` answers; a dead link leads back to the form."""
    text = visit.language.say("It is too old, or a newer one took its place, or everything was stopped.")
    again = Link(visit.language.say("Follow a licence"), visit.url("/watch"))
    return link_pages.answer(visit, act, text=text, again=again)
