"""One page that a person named, fetched at once: no queue, no journal, the same manners as the crawl."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp
from protego import Protego
from yarl import URL

from crawler.downloading import GuardedResolver, RefusedAddressError, check_url
from directory.errors import InputError

AGENT = "palpate"
MAX_REDIRECTS = 5
TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came; `url` is the address after redirects."""

    url: str
    body: bytes
    content_type: str | None


def fetch_page(url: str, *, max_bytes: int) -> Fetched:
    """The page at an address that robots.txt allows; raises `InputError` with the reason where it cannot be had.

    An address of this machine may be named by whoever sits at it, but no public page may lead there.
    """
    try:
        return asyncio.run(_fetch(url, max_bytes))
    except RefusedAddressError as error:
        raise InputError(str(error)) from error
    except TimeoutError as error:
        raise InputError("took too long") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise InputError(f"could not be fetched ({error or type(error).__name__})") from error


async def _fetch(url: str, max_bytes: int) -> Fetched:
    local = _is_local(url)
    connector = aiohttp.TCPConnector(resolver=GuardedResolver(allow_local=local, connect_to={}))
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers={"User-Agent": AGENT}) as session:
        for _ in range(MAX_REDIRECTS + 1):
            check_url(url, allow_local=local)
            if not await _may_read(session, url, max_bytes):
                raise InputError("robots.txt forbids it")
            async with session.get(URL(url), allow_redirects=False) as answer:
                if answer.status in {301, 302, 303, 307, 308} and "Location" in answer.headers:
                    url = urljoin(url, answer.headers["Location"])
                    continue
                if answer.status != 200:
                    raise InputError(f"the site answered {answer.status}")
                return Fetched(url, await _read(answer, max_bytes), answer.headers.get("Content-Type"))
    raise InputError("too many redirects")


async def _may_read(session: aiohttp.ClientSession, url: str, max_bytes: int) -> bool:
    """As RFC 9309 has it: no robots.txt allows everything, one that cannot be had forbids everything."""
    parts = urlsplit(url)
    async with session.get(f"{parts.scheme}://{parts.netloc}/robots.txt", allow_redirects=False) as answer:
        if answer.status != 200:
            return answer.status < 500
        text = (await _read(answer, max_bytes)).decode("utf-8", "replace")
    return bool(Protego.parse(text).can_fetch(url, AGENT))


async def _read(answer: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        body += piece
        if len(body) >= max_bytes:
            break
    return bytes(body[:max_bytes])


def _is_local(url: str) -> bool:
    try:
        check_url(url, allow_local=False)
    except RefusedAddressError:
        return urlsplit(url).scheme in {"http", "https"}
    return False
