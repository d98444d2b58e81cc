"""The engines bare: queries written by hand against the same documents, with no layer of ours in between."""

from __future__ import annotations

import http
import http.client
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import tantivy

from benchmarks.documents import TODAY
from index_mappings import load_mapping
from search.analysis import tokenize_query
from search.backends.columns import number_day
from search.geometry import find_bounds, find_tile, measure_km
from search.interface import GeoBox, GeoCircle, SearchRequest

BULK_DOCUMENTS = 1_000
SETTINGS = {"number_of_replicas": 0, "refresh_interval": "-1"}


class BareElasticsearch:
    """Plain JSON over plain HTTP, on a connection for each caller that stays open."""

    def __init__(self, url: str, index: str) -> None:
        self._host, self._index, self._local = url.removeprefix("http://"), index, threading.local()

    def create(self) -> None:
        body = orjson.dumps({"mappings": load_mapping()["mappings"], "settings": SETTINGS})
        self._send("PUT", f"/{self._index}", body)

    def load(self, sources: Sequence[dict[str, Any]]) -> None:
        """The bulk interface, a thousand at a time."""
        for start in range(0, len(sources), BULK_DOCUMENTS):
            lines = []
            for source in sources[start : start + BULK_DOCUMENTS]:
                lines += [orjson.dumps({"index": {"_id": source["id"]}}), orjson.dumps(source)]
            if self._send("POST", f"/{self._index}/_bulk", b"\n".join(lines) + b"\n")["errors"]:
                raise RuntimeError("Elasticsearch did not take all of them.")

    def finish(self) -> None:
        self._send("POST", f"/{self._index}/_refresh", b"")
        self._send("PUT", f"/{self._index}/_settings", orjson.dumps({"refresh_interval": "1s"}))

    def _send(self, method: str, path: str, body: bytes) -> Any:
        if not hasattr(self._local, "connection"):
            self._local.connection = http.client.HTTPConnection(self._host, timeout=60)
        connection: http.client.HTTPConnection = self._local.connection
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(content.decode())
        return orjson.loads(content)

    def _ask(self, body: dict[str, Any]) -> Any:
        return self._send("POST", f"/{self._index}/_search", orjson.dumps(body))

    @staticmethod
    def _circle(near: GeoCircle) -> dict[str, Any]:
        return {"geo_distance": {"distance": f"{near.radius_km}km", "points": {"lat": near.lat, "lon": near.lon}}}

    def search(self, request: SearchRequest) -> None:
        filters: list[dict[str, Any]] = []
        if request.near:
            filters.append(self._circle(request.near))
        if request.conditions:
            filters.append({"terms": {"condition": list(request.conditions)}})
        if request.techniques:
            filters.append({"terms": {"technique": list(request.techniques)}})
        if request.verified:
            filters.append({"range": {"verified_until": {"gte": number_day(TODAY)}}})
        query: dict[str, Any] = {"filter": filters}
        sort: list[Any] = ["_score", {"id": "asc"}]
        if request.text:
            words = " ".join(tokenize_query(request.text))
            query["must"] = {"match": {"text": {"query": words, "operator": "and", "fuzziness": "AUTO"}}}
        elif request.near:
            origin = {"lat": request.near.lat, "lon": request.near.lon}
            sort = [{"_geo_distance": {"points": origin, "unit": "km"}}, {"id": "asc"}]
        body: dict[str, Any] = {"query": {"bool": query}, "sort": sort, "size": request.limit, "track_total_hits": True}
        if request.facets:
            body["aggs"] = {facet: {"terms": {"field": facet, "size": 100}} for facet in request.facets}
        self._ask(body)

    def suggest(self, text: str) -> None:
        prefixes = [{"term": {"prefixes": word[:10]}} for word in text.lower().split()]
        self._ask({"query": {"bool": {"filter": prefixes}}, "size": 10})

    def cells(self, box: GeoBox, zoom: int) -> None:
        corners = {"top": box.north, "left": box.west, "bottom": box.south, "right": box.east}
        self._ask(
            {
                "size": 0,
                "query": {"geo_bounding_box": {"points": corners}},
                "aggs": {"cells": {"geotile_grid": {"field": "points", "precision": zoom, "bounds": corners}}},
            }
        )


class BareTantivy:
    """tantivy with range filters on two numbers for place, and the stored document."""

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        for name in ("text", "prefixes", "tags"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq", fast=name == "tags")
        builder.add_float_field("lat", indexed=True, fast=True)
        builder.add_float_field("lon", indexed=True, fast=True)
        builder.add_integer_field("until", indexed=True, fast=True)
        builder.add_bytes_field("document", stored=True)
        self.schema = builder.build()
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self.schema, path=str(folder))
        self._writer: tantivy.IndexWriter | None = None

    def create(self) -> None:
        self._writer = self._index.writer(128_000_000, 1)

    def load(self, sources: Sequence[dict[str, Any]]) -> None:
        assert self._writer
        for source in sources:
            document = tantivy.Document()
            for name in ("text", "prefixes"):
                document.add_text(name, source[name])
            document.add_bytes("document", source["document"].encode())
            document.add_text("tags", " ".join((*source.get("condition", ()), *source.get("technique", ()))))
            for point in source["points"][:1]:
                document.add_float("lat", point["lat"])
                document.add_float("lon", point["lon"])
            document.add_integer("until", source["verified_until"])
            self._writer.add_document(document)

    def finish(self) -> None:
        assert self._writer
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._writer = None
        self._index.reload()

    def _range(self, field: str, kind: Any, low: float, high: float | None) -> tuple[Any, tantivy.Query]:
        query = tantivy.Query.range_query(self.schema, field, kind, lower_bound=low, upper_bound=high)
        return tantivy.Occur.Must, query

    def _box(self, box: GeoBox) -> list[tuple[Any, tantivy.Query]]:
        kind = tantivy.FieldType.Float
        return [self._range("lat", kind, box.south, box.north), self._range("lon", kind, box.west, box.east)]

    def search(self, request: SearchRequest) -> None:
        query = tantivy.Query
        parts: list[tuple[Any, tantivy.Query]] = []
        if request.near:
            parts += self._box(find_bounds(request.near))
        for value in (*request.conditions, *request.techniques):
            parts.append((tantivy.Occur.Must, query.term_query(self.schema, "tags", value)))
        if request.verified:
            parts.append(self._range("until", tantivy.FieldType.Integer, number_day(TODAY), None))
        for word in tokenize_query(request.text):
            distance = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
            fuzzy = query.fuzzy_term_query(self.schema, "text", word, distance, True)
            exact = query.term_query(self.schema, "text", word)
            either = [(tantivy.Occur.Should, exact), (tantivy.Occur.Should, fuzzy)]
            parts.append((tantivy.Occur.Must, query.boolean_query(either) if request.near else exact))
        whole = query.boolean_query(parts) if parts else query.all_query()
        searcher = self._index.searcher()
        if request.near:
            addresses = self._find_in_circle(searcher, whole, request)
        else:
            addresses = [address for _, address in searcher.search(whole, request.limit, count=True).hits]
        self._read(searcher, addresses)
        if request.facets:
            searcher.aggregate(whole, {"tags": {"terms": {"field": "tags", "size": 100}}})

    @staticmethod
    def _find_in_circle(searcher: tantivy.Searcher, query: tantivy.Query, request: SearchRequest) -> list[Any]:
        """The page by distance, or by score and nearness; tantivy has no circle: what lies in its box is measured."""
        assert request.near
        hits = searcher.search(query, max(1, searcher.num_docs)).hits
        addresses = [address for _, address in hits]
        lats, lons = (np.array(searcher.fast_field_values(name, addresses), float) for name in ("lat", "lon"))
        distances = measure_km(request.near.lat, request.near.lon, lats, lons)
        keys = distances
        if request.text:
            keys = -np.array([score for score, _ in hits]) * np.exp2(-distances / (0.4 * request.near.radius_km))
        order = np.argsort(np.where(distances <= request.near.radius_km, keys, np.inf))[: request.limit]
        return [addresses[place] for place in order]

    @staticmethod
    def _read(searcher: tantivy.Searcher, addresses: Sequence[Any]) -> None:
        for address in addresses:
            orjson.loads(bytes(searcher.doc(address)["document"][0]))

    def suggest(self, text: str) -> None:
        query = tantivy.Query
        words = [(tantivy.Occur.Must, query.term_query(self.schema, "prefixes", w[:10])) for w in text.lower().split()]
        searcher = self._index.searcher()
        self._read(searcher, [address for _, address in searcher.search(query.boolean_query(words), 10).hits])

    def cells(self, box: GeoBox, zoom: int) -> None:
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.boolean_query(self._box(box)), max(1, searcher.num_docs)).hits
        addresses = [address for _, address in found]
        lats = np.array(searcher.fast_field_values("lat", addresses), float)
        lons = np.array(searcher.fast_field_values("lon", addresses), float)
        x, y = find_tile(lats, lons, zoom)
        np.unique(x << 32 | y, return_counts=True)
