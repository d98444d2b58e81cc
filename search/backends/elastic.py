"""Elasticsearch: builds are indices, the live one is what the alias names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from elasticsearch import ConflictError, Elasticsearch, OrjsonSerializer, helpers
from elasticsearch import NotFoundError as EsNotFoundError

from directory.errors import ConflictError as Conflict
from directory.errors import EngineUnavailableError, LockedError, NotFoundError
from index_mappings import load_mapping
from search import names
from search.backends.columns import number_day
from search.backends.elastic_errors import make_error, translated
from search.backends.elastic_reader import ElasticReader
from search.backends.hits import write_document
from search.fields import TermWords, make_fields
from search.interface import TherapistDocument
from search.locks import is_gone

BULK_DOCUMENTS, BULK_BYTES = 1_000, 8_000_000
MOST_TRIES = 3


def make_source(document: TherapistDocument, term_words: TermWords) -> dict[str, Any]:
    """The document and its index fields, as they are sent."""
    fields = make_fields(document, term_words)
    source: dict[str, Any] = {
        "id": document.id,
        "document": write_document(document).decode(),
        "version": document.version,
        "text": fields.text,
        "names": fields.names,
        "prefixes": fields.prefixes,
        "name_key": fields.name_key,
        "points": [{"lat": lat, "lon": lon} for lat, lon in fields.points],
        "verified_until": number_day(fields.verified_until),
        "verified_on": number_day(fields.verified_on),
        "quality": fields.quality,
    }
    for facet, value in fields.tags:
        source.setdefault(facet, []).append(value)
    return source


class ElasticBuild:
    """A build being filled: an index without refreshes and copies until it is whole."""

    def __init__(self, engine: ElasticEngine, name: str) -> None:
        self.name = name
        self._engine = engine

    def add(self, documents: Iterable[TherapistDocument]) -> int:
        actions = (
            {"_op_type": "index", "_index": self.name, "_id": document.id, **self._engine.make_action(document)}
            for document in documents
        )
        return self._engine.bulk(actions)

    def finish(self) -> None:
        client = self._engine.client
        with translated():
            client.indices.put_settings(
                index=self.name,
                # Copies as soon as other nodes are there to hold them; none that one node alone would wait for.
                settings={"index": {"refresh_interval": "1s", "auto_expand_replicas": f"0-{self._engine.replicas}"}},
            )
            client.indices.refresh(index=self.name)
            meta = {**load_mapping()["mappings"]["_meta"], "finished": True}
            client.indices.put_mapping(index=self.name, body={"_meta": meta})

    def reader(self) -> ElasticReader:
        return ElasticReader(self._engine.client, self.name)


class ElasticEngine:
    """Builds in an Elasticsearch cluster."""

    def __init__(
        self,
        url: str,
        *,
        alias: str,
        term_words: TermWords,
        shards: int = 1,
        replicas: int = 1,
        timeout_s: float = 5.0,
    ) -> None:
        self.url = url
        nodes = url.split(",")  # one of them enough: a dead or hanging one is passed over, all within the time-out
        tries = min(len(nodes), MOST_TRIES)
        self.client = Elasticsearch(
            nodes,
            request_timeout=timeout_s / tries,
            max_retries=max(tries, 2),
            retry_on_timeout=tries > 1,
            retry_on_status=(429, 502, 503, 504),
            serializers={"application/json": OrjsonSerializer()},
        )
        self._slow = self.client.options(request_timeout=max(60.0, timeout_s))
        self.alias, self._term_words, self._shards, self.replicas = alias, term_words, shards, replicas

    def open_reader(self) -> ElasticReader:
        return ElasticReader(self.client, self.alias)

    def start_build(self, name: str) -> ElasticBuild:
        mapping = load_mapping()
        settings = {
            **mapping["settings"],
            "number_of_shards": self._shards,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
        }
        with translated():
            self._slow.indices.create(index=name, settings=settings, mappings=mapping["mappings"])
        return ElasticBuild(self, name)

    def make_action(self, document: TherapistDocument) -> dict[str, Any]:
        """A document for the bulk call; the newer version wins."""
        return {
            "_source": make_source(document, self._term_words),
            "version": document.version,
            "version_type": "external_gte",
        }

    def bulk(self, actions: Iterable[dict[str, Any]], *, refresh: bool = False, alias: bool = False) -> int:
        """Send actions, waiting where the cluster is busy; a newer version over there stays. How many were written."""
        written = 0
        arguments: dict[str, Any] = {"refresh": refresh}
        if alias:
            arguments["require_alias"] = True
        with translated():
            answers = helpers.streaming_bulk(
                self._slow,
                actions,
                chunk_size=BULK_DOCUMENTS,
                max_chunk_bytes=BULK_BYTES,
                max_retries=4,
                initial_backoff=0.5,
                raise_on_error=False,
                **arguments,
            )
            for ok, answer in answers:
                result = next(iter(answer.values()))
                if ok:
                    written += 1
                elif result["status"] not in (404, 409) or "index_not_found" in str(result.get("error")):
                    raise make_error(
                        f"Elasticsearch did not take {result['_id']}: {result.get('error')}", result["status"]
                    )
        return written

    def publish(self, name: str) -> None:
        if name not in self.builds():
            raise NotFoundError(f"There is no finished build {name}.")
        actions: list[dict[str, Any]] = [
            {"remove": {"index": index, "alias": self.alias}} for index in self._list_live() if index != name
        ]
        with translated():
            self.client.indices.update_aliases(actions=[*actions, {"add": {"index": name, "alias": self.alias}}])

    def _list_live(self) -> list[str]:
        with translated():
            try:
                return sorted(self.client.indices.get_alias(name=self.alias).body)
            except EsNotFoundError:
                return []

    def live(self) -> str | None:
        return next(iter(self._list_live()), None)

    def _list_builds(self, *, finished: bool) -> list[str]:
        with translated():
            found = self.client.indices.get_mapping(index=f"{self.alias}-m*", allow_no_indices=True).body
        wanted = [
            name
            for name, mapping in found.items()
            if bool(mapping["mappings"].get("_meta", {}).get("finished")) is finished
        ]
        return names.sort_build_names(wanted, self.alias)

    def builds(self) -> Sequence[str]:
        return self._list_builds(finished=True)

    def unfinished(self) -> Sequence[str]:
        return self._list_builds(finished=False)

    def drop(self, name: str) -> None:
        if name in self._list_live():
            raise Conflict(f"{name} is the live index and stays.")
        if names.parse_build_name(name):
            with translated():
                self.client.indices.delete(index=name, ignore_unavailable=True)

    def upsert(self, documents: Iterable[TherapistDocument]) -> None:
        actions = (
            {"_op_type": "index", "_index": self.alias, "_id": document.id, **self.make_action(document)}
            for document in documents
        )
        self.bulk(actions, refresh=True, alias=True)

    def delete(self, versions: Mapping[str, int]) -> None:
        actions = (
            {
                "_op_type": "delete",
                "_index": self.alias,
                "_id": document_id,
                "version": version,
                "version_type": "external_gte",
            }
            for document_id, version in versions.items()
        )
        self.bulk(actions, refresh=True)

    def lock(self, owner: str, *, until: datetime, now: datetime) -> None:
        index = f"{self.alias}-lock"
        held: dict[str, Any] = {}
        with translated():
            try:
                held = dict(self.client.get(index=index, id="build").body)
            except EsNotFoundError:
                held = {}
            condition: dict[str, Any] = {"op_type": "create"}
            if held:
                source = held["_source"]
                ends = datetime.fromisoformat(source["until"])
                if source["owner"] != owner and ends > now and not is_gone(source["owner"]):
                    raise LockedError(f"Another build has been running; its lock ends {source['until']}.")
                condition = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
            document = {"owner": owner, "until": until.astimezone(UTC).isoformat()}
            try:
                self.client.index(index=index, id="build", document=document, refresh=True, **condition)
            except ConflictError as error:
                # A try that timed out may have arrived: then what stands there is our own lock.
                if self.client.get(index=index, id="build").body["_source"] != document:
                    raise LockedError("Another build began at the same moment.") from error

    def unlock(self, owner: str) -> None:
        index = f"{self.alias}-lock"
        with translated():
            try:
                held = self.client.get(index=index, id="build").body
                if held["_source"]["owner"] == owner:
                    self.client.delete(
                        index=index, id="build", if_seq_no=held["_seq_no"], if_primary_term=held["_primary_term"]
                    )
            except (EsNotFoundError, ConflictError):
                return

    def ping(self) -> bool:
        try:
            with translated():
                return self.client.cluster.health(timeout="1s")["status"] in ("green", "yellow")
        except EngineUnavailableError:
            return False
