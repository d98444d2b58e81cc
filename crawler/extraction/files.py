"""Many saved pages at once, each an extracted page, none lost."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

from crawler.extraction.page import extract_page, unreadable
from directory.errors import InputError
from directory.models import ExtractedPage

ENOUGH_FOR_PROCESSES = 400  # below this, starting them costs more than it saves
MAX_BYTES = 20_000_000


def extract_files(
    paths: Sequence[Path | str], *, url: str | None = None, processes: int | None = None
) -> Iterator[ExtractedPage]:
    """One page an input, in input order, even where the file cannot be read (then held, with the reason)."""
    if processes is None:
        processes = min(os.cpu_count() or 1, 8) if len(paths) >= ENOUGH_FOR_PROCESSES else 1
    names = [str(path) for path in paths]
    if processes <= 1:
        yield from map(_extract_file, names, repeat(url))
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_extract_file, names, repeat(url), chunksize=16)


def _extract_file(name: str, url: str | None) -> ExtractedPage:
    if name.lower().startswith(("http://", "https://")):
        return _extract_address(name, url)
    try:
        with Path(name).open("rb") as file:
            body = file.read(MAX_BYTES)
    except OSError as error:
        return unreadable(file=name, url=url, reason=f"unreadable: {error.strerror or error}")
    except ValueError as error:  # a name no file can have
        return unreadable(file=name, url=url, reason=f"unreadable: {error}")
    return extract_page(body, url=url, file=name)


def _extract_address(address: str, url: str | None) -> ExtractedPage:
    from crawler.fetching import fetch_page  # noqa: PLC0415 - saved pages need none of what fetching takes

    try:
        page = fetch_page(address, max_bytes=MAX_BYTES)
    except InputError as error:
        return unreadable(file=address, url=url or address, reason=f"unreadable: {error}")
    return extract_page(page.body, url=url or page.url, file=address, content_type=page.content_type)
