"""Fetching with care: addresses are resolved first and refused if they are nobody's public server."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.ssl import _make_ssl_context

from crawler.job import get_job

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from scrapy import Request
    from scrapy.crawler import Crawler


REFUSED = "address of this machine or a private network refused"


class RefusedAddressError(IgnoreRequest):
    """The address leads to this machine or a private network."""


def is_public(address: str) -> bool:
    """Whether an IP address is of the public Internet, and not one mapped into another network."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class GuardedResolver(AbstractResolver):
    """Resolves a name and passes on only addresses that may be visited, so that what was checked is what is used.

    `connect_to` leads made-up hosts to a server of one's own: {"*.example": "127.0.0.1:8080"}.
    """

    def __init__(self, *, allow_local: bool, connect_to: Mapping[str, str]) -> None:
        self._allow_local = allow_local
        self._connect_to = connect_to

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host; raises OSError if none of them may be visited."""
        if target := find_target(self._connect_to, host):
            address, _, target_port = target.rpartition(":")
            return [_make_result(host, address, int(target_port), socket.AF_INET)]
        if self._allow_local and (host == "localhost" or host.endswith(".localhost")):  # RFC 6761
            return [_make_result(host, "127.0.0.1", port, socket.AF_INET)]
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        found = [
            _make_result(host, str(address[0]), port, family)
            for family, _, _, _, address in infos
            if self._allow_local or is_public(str(address[0]))
        ]
        if not found:
            raise RefusedAddressError(f"{host} leads to a private address")
        return found

    async def close(self) -> None:
        """Nothing is held."""


def find_target(connect_to: Mapping[str, str], host: str) -> str | None:
    """Where a made-up host is served: by its own name, or by a pattern such as '*.example'."""
    if host in connect_to:
        return connect_to[host]
    return next((to for name, to in connect_to.items() if name.startswith("*") and host.endswith(name[1:])), None)


def _make_result(host: str, address: str, port: int, family: int) -> ResolveResult:
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


class GuardedDownloadHandler(AiohttpDownloadHandler):
    """Scrapy's aiohttp handler over the guarded resolver."""

    experimental = False

    def __init__(self, crawler: Crawler) -> None:
        BaseStreamingDownloadHandler.__init__(self, crawler)
        job = get_job(crawler)
        self._allow_local: bool = job.allow_local
        self._connect_to: dict[str, str] = job.connect_to
        self._ssl_context = _make_ssl_context(crawler.settings)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._pool_size_total,
                limit_per_host=self._pool_size_per_host,
                resolver=GuardedResolver(allow_local=job.allow_local, connect_to=job.connect_to),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    @asynccontextmanager
    async def _make_request(self, request: Request, timeout: float) -> AsyncIterator[_ClientResponse]:
        check_url(request.url, allow_local=self._allow_local, connect_to=self._connect_to)
        async with super()._make_request(request, timeout) as response:
            yield response


def check_url(url: str, *, allow_local: bool, connect_to: Mapping[str, str] | None = None) -> None:
    """Nothing, if the address may be visited as far as it can be told without asking DNS; else raises."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise RefusedAddressError(f"{parts.scheme} addresses are not visited")
    host = (parts.hostname or "").rstrip(".")
    if allow_local or find_target(connect_to or {}, host):
        return
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        raise RefusedAddressError(f"{host} is this machine or a private network")
    try:
        public = is_public(host)
    except ValueError:
        return  # a name: the resolver decides
    if not public:
        raise RefusedAddressError(f"{host} is this machine or a private network")


def find_reason(error: Any) -> str:
    """Why a page could not be had: the status of its answer, or what kept the answer from us."""
    response = getattr(error, "response", None)
    return f"HTTP {response.status}" if response is not None else describe_failure(error)


def describe_failure(error: BaseException) -> str:
    """Why a request failed, in a few words that can be counted."""
    name = type(error).__name__
    text = f"{error} {error.__cause__}"
    if isinstance(error, RefusedAddressError) or isinstance(error.__cause__, RefusedAddressError):
        return REFUSED
    reasons: Any = {
        "DownloadTimeoutError": "took too long",
        "CannotResolveHostError": "the site's name is unknown",
        "DownloadConnectionRefusedError": "the site does not answer",
        "ResponseDataLossError": "the answer broke off",
        "DownloadFailedError": "the answer cannot be read",
        "UnsupportedURLSchemeError": "not a web address",
    }
    if "max redirections" in text.casefold():
        return "too many redirects"
    if name == "DownloadCancelledError" or "DOWNLOAD_MAXSIZE" in text:
        return "too large"
    if "robots.txt" in text:
        return "robots.txt cannot be had" if "cannot be had" in text else "robots.txt forbids it"
    return str(reasons.get(name, f"could not be fetched ({name})"))
