"""Answers from Elasticsearch."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal

import orjson
from elasticsearch import Elasticsearch, helpers

from directory.errors import EngineAwayError, NotFoundError
from search import analysis
from search.backends import elastic_query as q
from search.backends.elastic_errors import translated
from search.backends.hits import (
    CELL_STEPS,
    make_hit,
    make_suggestion,
    make_unranked_hit,
    parse_document,
    parse_listed_document,
)
from search.interface import Cell, SearchPage, SearchRequest, Sort, Suggestion, TherapistDocument
from search.requests import Cursor, check_request, has_words, read_cursor, write_cursor

PAUSES_S = (0.05, 0.2, 0.5, 1.0)  # before a search that lost a shard is put again
VERSION_PARTS = ("indices.*.shards.*.seq_no.max_seq_no", "indices.*.shards.*.refresh.external_total")
VERSION_HOLDS_S = 1.0


class ElasticReader:
    """Answers from an index, or from whichever the alias names."""

    snapshot_at: datetime | None = None

    def __init__(self, client: Elasticsearch, index: str) -> None:
        self._client, self._index = client, index
        self._version, self._version_until = "", 0.0

    def _search(self, body: dict[str, Any], *, words: bool = False) -> dict[str, Any]:
        """The whole answer. A node that dies fails its shards until its copies take over: then it is asked again."""
        # Words' frequencies are counted over all shards: a score must not depend on where a document lies.
        kind: Literal["dfs_query_then_fetch", "query_then_fetch"] = (
            "dfs_query_then_fetch" if words else "query_then_fetch"
        )
        for pause_s in (*PAUSES_S, None):
            with translated():
                answer = self._client.search(index=self._index, body=body, search_type=kind)
            result: dict[str, Any] = answer.body
            if not result.get("timed_out") and not result["_shards"]["failed"]:
                return result
            if pause_s is not None:
                time.sleep(pause_s)
        raise EngineAwayError("Part of Elasticsearch did not answer in time. Try again.")

    def search(self, request: SearchRequest) -> SearchPage:
        check_request(request)
        after = read_cursor(request)
        if after and after.typos:
            return self._answer(request, after, typos=True)
        page = self._answer(request, after, typos=False)
        if page.total == 0 and has_words(request):
            page = self._answer(request, after, typos=True)
        return page

    def _answer(self, request: SearchRequest, after: Cursor | None, *, typos: bool) -> SearchPage:
        words = has_words(request)
        answer = self._search(q.make_search(request, after, typos=typos), words=words)
        found = answer["hits"]["hits"]
        make = make_hit if request.sort is Sort.RELEVANCE else make_unranked_hit
        hits = tuple(
            make(parse_listed_document(_read(hit)), 1.0 if hit["_score"] is None else hit["_score"], request)
            for hit in found[: request.limit]
        )
        cursor = None
        if len(found) > request.limit:
            value, document_id = found[request.limit - 1]["sort"]
            cursor = write_cursor(request, Cursor(value, document_id, typos))
        return SearchPage(
            total=answer["hits"]["total"]["value"],
            hits=hits,
            facets=q.parse_facets(answer.get("aggregations", {})),
            after=cursor,
        )

    def get(self, document_id: str) -> TherapistDocument:
        found = self.get_many([document_id])
        if document_id not in found:
            raise NotFoundError("There is no such entry in the directory.")
        return found[document_id]

    def get_many(self, ids: Collection[str]) -> Mapping[str, TherapistDocument]:
        if not ids:
            return {}
        query = {"query": {"terms": {"id": list(ids)}}, "size": len(ids)}
        documents = [parse_document(_read(hit)) for hit in self._search(query)["hits"]["hits"]]
        return {document.id: document for document in documents}

    def read_version(self) -> str:
        now = time.monotonic()
        if now >= self._version_until:
            with translated():
                # A write to a shard, a deletion too, takes the next number; a refresh lets searches see it.
                stats = self._client.indices.stats(
                    index=self._index, metric="refresh", level="shards", filter_path=VERSION_PARTS
                )
            shards = orjson.dumps(stats.body, option=orjson.OPT_SORT_KEYS)
            self._version = blake2b(shards, digest_size=12).hexdigest()
            self._version_until = now + VERSION_HOLDS_S
        return self._version

    def list_ids(self) -> set[str]:
        with translated():
            return {hit["_id"] for hit in helpers.scan(self._client, index=self._index, _source=False, size=5_000)}

    def suggest(self, text: str, *, limit: int = 10) -> Sequence[Suggestion]:
        words = analysis.tokenize_names(text[:200])[:6]
        if not words or limit < 1:
            return ()
        for typos in (False, True):
            found = self._search(q.make_suggest(words, limit, typos=typos))["hits"]["hits"]
            if found:
                return tuple(make_suggestion(_read(hit)) for hit in found)
        return ()

    def cells(self, request: SearchRequest, *, zoom: int) -> Sequence[Cell]:
        check_request(request)
        answer = self._search(q.make_cells(request, min(max(zoom, 0) + CELL_STEPS, 20)))
        return tuple(
            Cell(
                lat=bucket["middle"]["location"]["lat"],
                lon=bucket["middle"]["location"]["lon"],
                count=bucket["doc_count"],
            )
            for bucket in answer["aggregations"]["cells"]["buckets"]
        )

    def count(self) -> int:
        with translated():
            return int(self._client.count(index=self._index)["count"])

    def close(self) -> None:
        """Nothing to give back: connections belong to the engine."""


def _read(hit: dict[str, Any]) -> bytes:
    """The stored document of a hit."""
    content: str = hit["_source"]["document"]
    return content.encode()
