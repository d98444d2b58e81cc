"""What every spider of ours shares: where to start, and how a saved file stands in for the source itself."""

from __future__ import annotations

import asyncio
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response

from crawler.downloading import REFUSED, describe_failure
from crawler.items import OTHER_FILE, Batch, SetAside
from crawler.job import Job
from crawler.readers.tables import find_file_date
from crawler.sources.model import Source
from directory.errors import InputError, PalpateError, SourceUnavailableError, UnknownColumnError
from directory.models import Observation, ObservationKind, Payload

Yielded = Batch | scrapy.Request


class OtherKindError(InputError):
    """The file is none of this source's."""


class SourceSpider(scrapy.Spider, ABC):
    """A spider of one source; its name is the source's id."""

    asks_again: ClassVar[bool] = True
    suffixes: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, job: Job, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job

    @property
    def source(self) -> Source:
        """The source as its YAML describes it."""
        return self.job.source

    async def start(self) -> AsyncIterator[Yielded]:
        """The first requests, or what the saved files hold."""
        path = self.job.saved_path
        if path is not None and self.is_saved(path):
            for batch in self.read_saved(path):
                if self.job.stopped:
                    return
                yield batch
                await asyncio.sleep(0)
        elif self.source.id not in self.job.journal.done:  # a unit of that name is the whole source
            for item in self.start_at(url) if (url := self.job.start_url) else self.start_live():
                yield item

    def is_saved(self, _path: Path) -> bool:
        """Whether the path holds what the source would have answered, rather than where to ask."""
        return True

    @abstractmethod
    def start_live(self) -> Iterable[Yielded]:
        """The first requests to the source itself."""

    @abstractmethod
    def start_at(self, url: str) -> Iterable[Yielded]:
        """The first requests to the address given by `--from`, which stands in for the source's own."""

    @abstractmethod
    def read_file(self, path: Path, unit: str, read_on: date) -> Iterator[Batch]:
        """What a saved file holds; raises `OtherKindError` if it is none of this source's."""

    def read_saved(self, path: Path) -> Iterator[Batch]:
        """What a file or the files of a folder hold; one that cannot be read is set aside with its reason."""
        if not path.exists():
            self.job.fail(InputError(f"{path} is not there. Give --from a file, a folder or an http(s) address."))
            return
        paths = sorted(child for child in path.rglob("*") if child.is_file()) if path.is_dir() else [path]
        for child in paths:
            unit = f"file:{child.relative_to(path) if path.is_dir() else child.name}"
            if not self.job.is_open(unit):
                continue
            if path.is_dir() and self.suffixes and child.suffix.casefold() not in self.suffixes:
                yield _pass_over(unit)
                continue
            yield from self._read_one(child, unit, alone=not path.is_dir())

    def _read_one(self, path: Path, unit: str, *, alone: bool) -> Iterator[Batch]:
        read_on = self.job.plan.read_on or min(find_file_date(path), self.job.clock.today())
        try:
            yield from self.read_file(path, unit, read_on)
        except OtherKindError as error:
            if alone:
                self.job.fail(error)
                yield Batch(unit, set_aside=[SetAside(path.name, "file is of another kind")], done=True)
            else:
                yield _pass_over(unit)
        except PalpateError as error:
            stops = alone or isinstance(error, UnknownColumnError)
            (self.job.fail if stops else self.job.warn)(error)
            self.job.drop_unit(unit)
            yield Batch(unit, set_aside=[SetAside(path.name, _name_error(error))], done=True)

    def read_fetched(self, response: Response) -> Iterator[Batch]:
        """What a fetched file holds, read as a saved one."""
        name = PurePosixPath(urlsplit(response.url).path).name or self.source.id
        day = self.job.plan.read_on or find_modified(response) or self.job.read_on
        self.job.settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.job.settings.data_dir) as folder:
            path = Path(folder) / name
            path.write_bytes(response.body)
            yield from self.read_file(path, self.source.id, min(day, self.job.clock.today()))

    def request(self, url: str, callback: Callable[..., Any], **kwargs: Any) -> scrapy.Request:
        """A request whose failure ends the source with a plain line."""
        kwargs.setdefault("errback", self.on_failure)
        meta = {"dont_obey_robotstxt": True, **kwargs.pop("meta", {})}  # a public API, asked as its terms say
        return scrapy.Request(url, callback=callback, meta=meta, dont_filter=True, **kwargs)

    def on_failure(self, failure: Any) -> None:
        """A request that the source cannot do without has failed."""
        error = failure.value
        response = getattr(error, "response", None)
        reason = f"HTTP {response.status}" if response is not None else describe_failure(error)
        advice = "Give --allow-local if it is meant." if reason == REFUSED else "Try again later."
        self.job.fail(
            SourceUnavailableError(f"Source {self.source.id}: {failure.request.url} {_put(reason)}. {advice}")
        )

    def observe(
        self, kind: ObservationKind, key: str, payload: Payload, *, read_on: date, url: str | None = None
    ) -> Observation:
        """An observation of this source, read now."""
        return Observation(
            source=self.source.id,
            kind=kind,
            key=key,
            payload=payload,
            read_at=self.job.clock.now(),
            read_on=read_on,
            url=url,
        )


def find_modified(response: Response) -> date | None:
    """The day the server says the file was last changed."""
    stated = (response.headers.get("Last-Modified") or b"").decode("ascii", "ignore")
    try:
        return parsedate_to_datetime(stated).date() if stated else None
    except ValueError:
        return None


def _pass_over(unit: str) -> Batch:
    batch = Batch(unit, done=True)
    batch.passed_over[OTHER_FILE] += 1
    return batch


def _name_error(error: PalpateError) -> str:
    name = type(error).__name__
    return {"UnknownColumnError": "unknown column", "InputError": "file cannot be read"}.get(name, "source error")


def _put(reason: str) -> str:
    return f"answered with {reason}" if reason.startswith("HTTP") else f"failed: {reason}"
