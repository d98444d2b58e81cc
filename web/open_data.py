"""For machines that read the site: sitemap, robots, feeds, and the page that explains it all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from xml.sax.saxutils import escape, quoteattr  # nosec B406

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from directory.errors import NotFoundError
from directory.names.fold import fold
from directory.regions import REGIONS
from search.interface import Hit, Sort
from web.pages import open_visit
from web.query import SearchForm
from web.searching import answer_search
from web.site import Site
from web.standing import stand
from web.values import clean, name_town

router = APIRouter(include_in_schema=False)
PAGES = ("/", "/guide", "/badges", "/conditions", "/techniques", "/refer", "/developers")
MOST_ADDRESSES = 50_000  # of a sitemap, by its standard
ILLEGAL_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def make_xml_text(text: str) -> str:
    """The text as it may stand in XML."""
    return escape(text.translate(ILLEGAL_XML))


def _send_xml(text: str, media_type: str = "application/xml") -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    return Response(body, 200, {"Cache-Control": "public, max-age=3600"}, media_type)


@router.get("/robots.txt")
def send_robots(request: Request) -> Response:
    """What crawlers may read: everything but searches and forms."""
    base = request.app.state.site.settings.base_url
    closed = "".join(f"Disallow: {path}\n" for path in ("/search", "/saved", "/corrections", "/admin/", "/refer/"))
    return Response(f"User-agent: *\n{closed}Sitemap: {base}/sitemap.xml\n", media_type="text/plain")


@router.get("/sitemap.xml")
def send_sitemap_index(request: Request) -> Response:
    """The sitemaps: one of the pages, one of each state and province."""
    base = request.app.state.site.settings.base_url
    names = ["pages", *(code.lower() for code in REGIONS)]
    items = "".join(f"<sitemap><loc>{base}/sitemaps/{name}.xml</loc></sitemap>" for name in names)
    return _send_xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</sitemapindex>')


@router.get("/sitemaps/{name}.xml")
def send_sitemap(request: Request, name: str) -> Response:
    """The addresses of one sitemap."""
    site: Site = request.app.state.site
    if name == "pages":
        terms = [f"/conditions/{term}" for term in site.vocabulary.conditions]
        paths = [*PAGES, *terms, *(f"/techniques/{term}" for term in site.vocabulary.techniques)]
    else:
        paths = [f"/therapists/{hit.document.id}" for hit in _walk_region(site, _get_region(name))]
    base = site.settings.base_url
    items = "".join(f"<url><loc>{make_xml_text(base + path)}</loc></url>" for path in paths[:MOST_ADDRESSES])
    return _send_xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>')


def _get_region(code: str) -> str:
    """The region's full name, which no town can be taken for; raises NotFoundError."""
    if code.upper() not in REGIONS:
        raise NotFoundError("There is no such state or province.")
    return code.upper()


def _walk_region(site: Site, code: str) -> Iterator[Hit]:
    form = SearchForm(near=code, sort=Sort.NAME)
    for _ in range(MOST_ADDRESSES // 200):
        page = answer_search(site, form, limit=200).page
        yield from page.hits
        if page.after is None:
            return
        form = replace(form, after=page.after)


@router.get("/feeds/{region}.atom")
def send_feed(request: Request, region: str) -> Response:
    """Atom: whose licence was checked most recently in a state or province."""
    visit = open_visit(request)
    code = _get_region(region)
    answer = answer_search(visit.site, SearchForm(near=code, verified=True, sort=Sort.RECENT), limit=50)
    entries = []
    for hit in answer.hits:
        document, day = hit.document, hit.document.verified_on
        if day is None:
            continue
        url = visit.absolute(f"/therapists/{document.id}")
        badge = stand(visit, document, hit.location)
        title = f"{clean(document.name, 120)}, {name_town(hit.location)}"
        entries.append(
            f"<entry><id>{make_xml_text(url)}#{day.isoformat()}</id><title>{make_xml_text(title)}</title>"
            f"<link href={quoteattr(url)}/><updated>{_at(day)}</updated>"
            f"<summary>{make_xml_text(f'{badge.label}. {badge.sentence}')}</summary></entry>"
        )
    newest = max(
        (hit.document.verified_on for hit in answer.hits if hit.document.verified_on), default=visit.site.today()
    )
    url = visit.absolute(f"/feeds/{region}.atom")
    title = visit.language.say("Licences checked in %(place)s", place=visit.language.name_region(code))
    return _send_xml(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>{make_xml_text(url)}</id><title>{make_xml_text(title)}</title>'
        f'<link rel="self" href={quoteattr(url)}/><updated>{_at(newest)}</updated>'
        f"<author><name>Palpate</name></author>{''.join(entries)}</feed>",
        "application/atom+xml",
    )


def _at(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()


@router.get("/developers")
def show_developers(request: Request) -> Response:
    """The API, FHIR, feeds and data, explained."""
    visit = open_visit(request)
    return visit.page(
        "developers.html",
        indexed=True,
        title=visit.language.say("Open data and API"),
        base=visit.site.settings.base_url,
        regions=sorted(((code, visit.language.name_region(code)) for code in REGIONS), key=lambda item: fold(item[1])),
    )
