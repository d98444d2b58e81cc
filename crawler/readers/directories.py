"""Pages of a directory to listings: what its selectors pick, and what its structured data states beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urljoin

from parsel import Selector
from scrapy.http import TextResponse

from crawler.extraction.addresses import find_addresses
from crawler.extraction.document import Document, Line, Section, clean, read_document
from crawler.extraction.structured import Node, is_person, nodes_of, read_nodes, text_of, texts_of, types_of
from crawler.items import SetAside
from crawler.readers.sites import find_site, normalise_url
from crawler.readers.values import join_name, parse_npi, parse_phone
from crawler.sources.directory import DirectoryPlan, Pick
from crawler.sources.model import Source
from directory.models import EntityKind, Listing

Values = dict[str, list[str]]
LISTS = frozenset({"claims", "techniques", "languages"})
LONGEST = 2000
WORKPLACES = ("worksFor", "affiliation", "memberOf", "workLocation")


def find_cards(plan: DirectoryPlan, page: Selector) -> list[Selector]:
    """The cards of a list page, in order."""
    return list(page.css(plan.card)) if plan.card else []


def find_link(selector: Selector, css: str, base: str) -> str | None:
    """The address that a selector leads to, if it is a page of the same site."""
    href = clean(selector.css(css).get("") or "")
    try:
        url = urljoin(base, href)
        same = bool(href) and url.startswith(("http:", "https:")) and find_site(url) == find_site(base)
    except ValueError:
        return None
    return normalise_url(url) if same else None


def read_card(source: Source, plan: DirectoryPlan, card: Selector, url: str) -> Listing | SetAside:
    """A card that is all there is of somebody."""
    return make_listing(source, plan, pick_fields(plan, card), key=None, url=url)


def read_profile(source: Source, plan: DirectoryPlan, response: TextResponse, url: str) -> Listing | SetAside:
    """The one listing of a profile: what the selectors pick comes first, structured data fills what they leave."""
    values = pick_fields(plan, Selector(text=response.text or "<html/>", type="html"))
    nodes = read_page_nodes(response)
    if main := find_main(nodes, plan, url):
        stated = read_node(main, index_nodes(nodes), url)
        values = {**stated, **{name: picked for name, picked in values.items() if picked}}
    return make_listing(source, plan, values, key=url, url=url)


def read_stated(source: Source, plan: DirectoryPlan, response: TextResponse, url: str) -> Iterator[Listing | SetAside]:
    """Every listing that a page's structured data alone states; where somebody works is no listing of its own."""
    nodes = read_page_nodes(response)
    by_id = index_nodes(nodes)
    workplaces = [place for node in nodes for name in WORKPLACES for place in _resolve_all(node.get(name), by_id)]
    for node in nodes:
        if set(types_of(node)) & set(plan.types) and node not in workplaces:
            own = text_of(node.get("url")) or text_of(node.get("@id"))
            key = urljoin(url, own) if own else None  # a fragment is part of it: one page may hold everybody
            yield make_listing(source, plan, read_node(node, by_id, url), key=key, url=key or url)


def read_page_nodes(response: TextResponse) -> list[Node]:
    """The page's structured data, blocks of one `@id` merged."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
    return read_nodes(read_document(response.body, content_type))


def index_nodes(nodes: list[Node]) -> dict[str, Node]:
    """The nodes by what they call themselves."""
    return {node_id: node for node in nodes if isinstance(node_id := node.get("@id"), str)}


def find_main(nodes: list[Node], plan: DirectoryPlan, url: str) -> Node | None:
    """The node a profile is about: the one that names the page as its own, else the first person, else the first."""
    wanted = [node for node in nodes if set(types_of(node)) & set(plan.types)]
    named = [node for node in wanted if _names(node, url)]
    people = [node for node in wanted if is_person(node)]
    return next(iter([*(node for node in named if is_person(node)), *people, *named, *wanted]), None)


def _names(node: Node, url: str) -> bool:
    own = [text for name in ("url", "@id") if (text := text_of(node.get(name)))]
    return url in {normalise_url(urljoin(url, text)) for text in own}


def pick_fields(plan: DirectoryPlan, selector: Selector) -> Values:
    """What the plan's selectors find."""
    return {name: _pick(pick, selector, many=name in LISTS) for name, pick in plan.fields.items()}


def _pick(pick: Pick, selector: Selector, *, many: bool) -> list[str]:
    found = selector.css(pick.css)
    if "::" in pick.css:
        texts = [item.get() or "" for item in found]
    else:
        texts = [" ".join(item.css("::text").getall()) for item in found]
    values: list[str] = []
    for text in texts:
        value = clean(text)[:LONGEST]
        if pick.match:
            part = re.search(pick.match, value)
            value = clean(part[1] or "") if part else ""
        if value:
            values.append(value)
    return values if many else values[:1]


def read_node(node: Node, by_id: Mapping[str, Node], url: str) -> Values:
    """What a person or a business states in structured data."""
    work: Node = next((place for name in WORKPLACES for place in _resolve_all(node.get(name), by_id)), {})
    person = is_person(node)
    name = text_of(node.get("name")) or join_name(text_of(node.get("givenName")), text_of(node.get("familyName")))
    place: Node = next((one for held in (node, work) for one in _resolve_all(held.get("address"), by_id)), {})
    geo: Node = next((one for held in (node, work) for one in _resolve_all(held.get("geo"), by_id)), {})
    plain = next((text for held in (node, work) if (text := _plain(held.get("address")))), "")
    sites = [*texts_of(node.get("url")), *texts_of(node.get("sameAs")), *texts_of(work.get("url"))]
    stated: dict[str, Sequence[str | None]] = {
        "name": [name] if person else [],
        "practice": [text_of(work.get("name")) if person else name],
        "address": [plain],
        "street": [text_of(place.get("streetAddress"))],
        "city": [text_of(place.get("addressLocality"))],
        "region": [text_of(place.get("addressRegion"))],
        "postal_code": [text_of(place.get("postalCode"))],
        "country": [text_of(place.get("addressCountry"))],
        "phone": [text_of(node.get("telephone")) or text_of(work.get("telephone"))],
        "email": [text_of(node.get("email")) or text_of(work.get("email"))],
        "website": [next((site for site in sites if _is_elsewhere(site, url)), None)],
        "claims": [*texts_of(node.get("honorificSuffix")), *_read_credentials(node, by_id)],
        "languages": texts_of(node.get("knowsLanguage")),
        "lat": [text_of(geo.get("latitude"))],
        "lon": [text_of(geo.get("longitude"))],
    }
    return {field: [value for value in values if value] for field, values in stated.items() if any(values)}


def _read_credentials(node: Node, by_id: Mapping[str, Node]) -> Iterator[str]:
    for credential in _resolve_all(node.get("hasCredential"), by_id):
        names = ("credentialCategory", "name", "propertyID", "identifier", "value")
        yield " ".join(dict.fromkeys(part for name in names if (part := text_of(credential.get(name)))))
    if isinstance(node.get("hasCredential"), str):
        yield from texts_of(node.get("hasCredential"))


def _resolve_all(value: object, by_id: Mapping[str, Node]) -> list[Node]:
    """The nodes in a value, those that are only referred to as well."""
    found = nodes_of(value)  # type: ignore[arg-type]  # it bears any value
    return [by_id.get(own, node) if isinstance(own := node.get("@id"), str) else node for node in found]


def _plain(address: object) -> str:
    return clean(address) if isinstance(address, str) else ""


def _is_elsewhere(site: str, url: str) -> bool:
    try:
        return site.startswith(("http:", "https:")) and find_site(site) != find_site(url)
    except ValueError:
        return False


def make_listing(
    source: Source, plan: DirectoryPlan, values: Values, *, key: str | None, url: str
) -> Listing | SetAside:
    """The listing these values make; somebody without a name is nobody."""
    first = {name: found[0] for name, found in values.items() if found}
    if not (first.get("name") or first.get("practice") or first.get("title")):
        return SetAside(url, "no name")
    country = _country(first.get("country") or plan.country or source.country)
    if "address" in first and "street" not in first and "city" not in first:
        first = {**_split_address(first["address"]), **first}
    lat, lon = _read_point(first)
    region = first.get("region")
    return Listing(
        listing_id=key or "|".join(first[part] for part in ("name", "practice", "title", "city") if part in first),
        source=source.id,
        title=first.get("title"),
        name=first.get("name"),
        practice=first.get("practice"),
        street=first.get("street"),
        city=first.get("city"),
        postal_code=first.get("postal_code"),
        opening_hours=first.get("opening_hours"),
        summary=first.get("summary"),
        region=region.upper() if region and len(region) == 2 else region,
        country=country,
        phone=parse_phone(first.get("phone"), country or "US"),
        email=(first.get("email") or "").removeprefix("mailto:").split("?")[0] or None,
        website=first.get("website"),
        booking_url=first.get("booking_url"),
        npi=parse_npi(first.get("npi")),
        lat=lat,
        lon=lon,
        claims=tuple(dict.fromkeys(values.get("claims", ()))),
        techniques=tuple(dict.fromkeys(values.get("techniques", ()))),
        languages=tuple(dict.fromkeys(values.get("languages", ()))),
        kind=EntityKind.PRACTICE if not first.get("name") and first.get("practice") else None,
        url=url,
        tier=source.tier,
    )


def _country(text: str | None) -> str | None:
    names = {"usa": "US", "united states": "US", "canada": "CA"}
    return names.get(text.casefold(), text.upper() if len(text) == 2 else None) if text else None


def _split_address(text: str) -> dict[str, str]:
    place = next(iter(find_addresses(Document(lines=[Line(text, "p", Section.DATA, 0)]))), None)
    if place is None:
        return {}
    parts = {"street": place.street, "city": place.city, "region": place.region, "postal_code": place.postal_code}
    return {name: value for name, value in parts.items() if value}


def _read_point(first: Mapping[str, str]) -> tuple[float | None, float | None]:
    try:
        lat, lon = float(first["lat"]), float(first["lon"])
    except (KeyError, ValueError):
        return None, None
    is_point = abs(lat) <= 90 and abs(lon) <= 180 and (abs(lat) > 0.01 or abs(lon) > 0.01)
    return (lat, lon) if is_point else (None, None)
