"""Where practice sites are known from: a list given by hand, the data folder's own, and listings in the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from crawler.items import SetAside
from crawler.readers.tables import load_table
from crawler.regions import Region
from crawler.sources.model import Chain
from directory.errors import InputError
from directory.models import Listing, ObservationKind
from records.database import Database
from records.observations import load_current

LIST_SUFFIXES = frozenset({".txt", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".yml", ".yaml"})
_COLUMNS = ("website", "url", "site", "address", "web")


def load_addresses(path: Path) -> Iterator[str | SetAside]:
    """The web addresses in a list: one a line, a table with a `website` column, or YAML with `start_urls`."""
    if path.suffix in {".yml", ".yaml"}:
        loaded = yaml.safe_load(path.read_text("utf-8"))
        urls = loaded.get("start_urls", [] if "chains" in loaded else None) if isinstance(loaded, dict) else loaded
        if not isinstance(urls, list):
            raise InputError(f"{path.name} holds no list of addresses.")
        yield from (complete_url(str(url)) or SetAside(f"{path.name}: {url}", "not a web address") for url in urls)
    elif path.suffix == ".txt":
        for place, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            text = line.split("#")[0].strip() if not line.strip().startswith("http") else line.strip()
            if text:
                yield complete_url(text) or SetAside(f"{path.name} line {place}", "not a web address")
    else:
        yield from _load_column(path)


def _load_column(path: Path) -> Iterator[str | SetAside]:
    with closing(load_table(path)) as table:
        for where, row in table.rows:
            if isinstance(row, SetAside):
                yield row
                continue
            folded: Mapping[str, object] = {key.casefold(): value for key, value in row.items()}
            text = next((str(folded[name]) for name in _COLUMNS if folded.get(name)), "")
            if text:
                yield complete_url(text) or SetAside(where, "not a web address")


def complete_url(text: str) -> str | None:
    """A whole http(s) address of what somebody wrote down, or None."""
    text = text.strip()
    if not text or any(space in text for space in " \t\n"):
        return None
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError for nonsense
    except ValueError:
        return None
    host = parts.hostname or ""
    return url if parts.scheme in {"http", "https"} and ("." in host or host == "localhost") else None


def load_chains(path: Path) -> tuple[Chain, ...]:
    """The chains in a YAML list (`chains:` with `sitemap` and `pages`); raises InputError naming what is wrong."""
    if path.suffix not in {".yml", ".yaml"} or not path.is_file():
        return ()
    loaded = yaml.safe_load(path.read_text("utf-8"))
    listed = loaded.get("chains", ()) if isinstance(loaded, dict) else ()
    try:
        return tuple(Chain.model_validate(chain) for chain in listed)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path.name}: chains: {where}: {first['msg']}.") from error


def find_own_list(data_dir: Path) -> Path | None:
    """The data folder's list of practice sites."""
    paths = (data_dir / f"practice_sites{suffix}" for suffix in sorted(LIST_SUFFIXES))
    return next((path for path in paths if path.is_file()), None)


def load_known_websites(database: Database, regions: Iterable[Region]) -> Iterator[str]:
    """The web addresses that listings in the records state, of these regions (or all)."""
    wanted = tuple(regions)
    with database.read() as session:
        for stored in load_current(session, ObservationKind.LISTING):
            payload = stored.payload
            if not isinstance(payload, Listing) or not payload.website or not _is_wanted(payload, wanted):
                continue
            if url := complete_url(payload.website):
                yield url


def _is_wanted(listing: Listing, regions: tuple[Region, ...]) -> bool:
    if not regions or listing.region is None:
        return True
    city = (listing.city or "").casefold()
    return any(
        region.code == listing.region.upper() and (region.city is None or region.city.casefold() == city)
        for region in regions
    )
