"""The embedded engine's words: a tantivy index whose hits are rows of the columns."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tantivy

from directory.errors import ConflictError
from search import analysis, ranking
from search.fields import IndexFields
from search.geometry import cover_box, find_bounds, list_cells
from search.interface import SearchRequest

HEAP_BYTES = 128_000_000

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def make_schema() -> tantivy.Schema:
    """The fields: texts of ready tokens, the id to delete by, and the row."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for name in ("text", "names"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("prefixes", "cells"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_integer_field("row", indexed=True, fast=True)
    builder.add_float_field("quality", fast=True)
    return builder.build()


SCHEMA = make_schema()


class TextWriter:
    """Adds and deletes words; nothing is seen before `commit`."""

    def __init__(self, folder: Path, *, heap_bytes: int = HEAP_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(SCHEMA, path=str(folder))
        try:
            self._writer = self._index.writer(heap_bytes, 1)
        except ValueError as error:
            raise ConflictError("Another process is writing to this index. Try again.") from error

    def add(self, document_id: str, row: int, fields: IndexFields) -> None:
        document = tantivy.Document()
        document.add_text("id", document_id)
        document.add_text("text", fields.text)
        document.add_text("names", fields.names)
        document.add_text("prefixes", fields.prefixes)
        cells = dict.fromkeys(cell for point in fields.points for cell in list_cells(*point))
        document.add_text("cells", " ".join(cells))
        document.add_integer("row", row)
        document.add_float("quality", fields.quality)
        self._writer.add_document(document)

    def delete(self, document_id: str) -> None:
        self._writer.delete_documents_by_term("id", document_id)

    def delete_rows_from(self, row: int) -> None:
        """Forget rows that a killed writer committed but never published."""
        query = tantivy.Query.range_query(SCHEMA, "row", tantivy.FieldType.Integer, lower_bound=row)
        self._writer.delete_documents_by_query(query)

    def commit(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()


@contextlib.contextmanager
def write_text(folder: Path) -> Iterator[TextWriter]:
    """A small writer for updates, committed when the block ends well."""
    writer = TextWriter(folder, heap_bytes=30_000_000)
    yield writer
    writer.commit()


@dataclass(frozen=True, slots=True)
class TextHits:
    """Rows by falling score, their scores, and how many there are in all."""

    rows: Rows
    scores: Floats
    total: int


class TextReader:
    """Finds rows by their words, as of the moment it was opened."""

    def __init__(self, folder: Path) -> None:
        self._searcher = tantivy.Index.open(str(folder)).searcher()

    def find(self, request: SearchRequest, *, typos: bool, most: int | None = None) -> TextHits:
        """Rows that hold enough of the request's words, and their BM25: all of them, or the best `most`.

        Rows that lie far from the request's circle or box may be left out.
        """
        query = make_query(request, typos=typos)
        limit = max(1, min(most or self._searcher.num_docs, self._searcher.num_docs))
        found = self._searcher.search(query, limit, count=most is not None)
        rows = np.array(self._searcher.fast_field_values("row", [address for _, address in found.hits]), np.int64)
        scores = np.array([score for score, _ in found.hits], np.float64)
        return TextHits(rows, scores, len(rows) if most is None else _get_count(found))

    def may_find(self, request: SearchRequest) -> bool:
        """Whether enough of the request's words are written anywhere as they stand for an entry to hold them."""
        tokens = analysis.tokenize_query(request.text)
        known = sum(self._searcher.doc_freq("text", token) > 0 for token in tokens)
        names = analysis.tokenize_names(request.name)[: analysis.MAX_TOKENS]
        return known >= analysis.count_needed(len(tokens)) and all(
            self._searcher.doc_freq("names", token) for token in names
        )

    def find_names(self, words: Sequence[str], limit: int, *, typos: bool) -> Rows:
        """Rows whose name has a word that begins like each of `words`, the most complete ones."""
        parts = [make_prefix_query(word, typos=typos) for word in words]
        query = tantivy.Query.const_score_query(_all_of(parts), 1.0)
        hits = self._searcher.search(query, limit, count=False, weight_by_field="quality").hits
        return np.array(self._searcher.fast_field_values("row", [address for _, address in hits]), np.int64)


def _get_count(found: Any) -> int:
    """The count of all hits, which tantivy's type declarations leave out."""
    return int(found.count)


def make_query(request: SearchRequest, *, typos: bool) -> tantivy.Query:
    """The request's words as a query: enough of the text's, and all of the name's."""
    parts = []
    if tokens := analysis.tokenize_query(request.text):
        words = [(tantivy.Occur.Should, _make_word("text", token, typos=typos)) for token in tokens]
        parts.append(tantivy.Query.boolean_query(words, analysis.count_needed(len(tokens))))
    parts += [
        _make_word("names", token, typos=typos)
        for token in dict.fromkeys(analysis.tokenize_names(request.name)[: analysis.MAX_TOKENS])
    ]
    for box in (find_bounds(request.near) if request.near else None, request.box):
        if box and (cells := cover_box(box)):
            parts.append(tantivy.Query.const_score_query(tantivy.Query.term_set_query(SCHEMA, "cells", cells), 0.0))
    return _all_of(parts)


def _all_of(parts: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])


def _make_word(field: str, token: str, *, typos: bool) -> tantivy.Query:
    exact = tantivy.Query.term_query(SCHEMA, field, token, index_option="freq")
    distance = analysis.find_typo_distance(token)
    if not typos or not distance:
        return exact
    near = tantivy.Query.fuzzy_term_query(SCHEMA, field, token, distance, True)
    near = tantivy.Query.const_score_query(near, ranking.TYPO_SCORE)
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, exact), (tantivy.Occur.Should, near)])


def make_prefix_query(word: str, *, typos: bool) -> tantivy.Query:
    """Names with a word that begins like `word`."""
    token = word[: analysis.LONGEST_PREFIX]
    if typos and len(token) >= 4:
        return tantivy.Query.fuzzy_term_query(SCHEMA, "prefixes", token, 1, True)
    return tantivy.Query.term_query(SCHEMA, "prefixes", token, index_option="basic")
