"""Filling an embedded build, and changing the live one: rows and words first, then the state that makes them count."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from directory.errors import EngineUnavailableError
from search.backends import columns as c
from search.backends.embedded_reader import EmbeddedReader, Opened
from search.backends.hits import write_document
from search.backends.snapshot import Snapshot
from search.backends.text import TextWriter, write_text
from search.fields import IndexFields, TermWords, make_fields
from search.interface import TherapistDocument

BATCH_ROWS = 10_000


class EmbeddedBuild:
    """A build being filled in its own folder."""

    def __init__(self, root: Path, name: str, term_words: TermWords) -> None:
        self.name = name
        self._folder, self._term_words = root / name, term_words
        self._folder.mkdir(parents=True)
        self._columns = c.BaseWriter(self._folder)
        self._text = TextWriter(self._folder / "text")
        self._documents = (self._folder / "documents.bin").open("wb")
        self._batch, self._tags = c.Batch(), TagNumbers(())
        self._rows = self._offset = 0

    def add(self, documents: Iterable[TherapistDocument]) -> int:
        count = 0
        for document in documents:
            fields, content = make_fields(document, self._term_words), write_document(document)
            self._documents.write(content)
            self._batch.add(document.id, fields, self._tags.number(fields), self._offset, len(content))
            self._text.add(document.id, self._rows, fields)
            self._offset += len(content)
            self._rows += 1
            count += 1
            if len(self._batch.ids) >= BATCH_ROWS:
                self._flush()
        return count

    def _flush(self) -> None:
        self._columns.add(self._batch)
        self._batch = c.Batch()

    def finish(self) -> None:
        self._flush()
        self._documents.flush()
        os.fsync(self._documents.fileno())
        self._documents.close()
        self._text.commit()
        self._columns.finish(self._tags.all)

    def reader(self) -> EmbeddedReader:
        return EmbeddedReader(lambda: str(self._folder))


class TagNumbers:
    """Numbers for tags, in the order in which they were first seen."""

    def __init__(self, known: c.Tags) -> None:
        self._numbers = {tag: number for number, tag in enumerate(known)}

    def number(self, fields: IndexFields) -> tuple[int, ...]:
        return tuple(self._numbers.setdefault(tag, len(self._numbers)) for tag in fields.tags)

    @property
    def all(self) -> c.Tags:
        return tuple(self._numbers)


def write_changes(
    folder: Path, documents: Sequence[TherapistDocument], deleted: Mapping[str, int], term_words: TermWords
) -> None:
    """Write to a build: rows after the others, then words, then, in one step, the state that makes them count."""
    if not (folder / "state.json").is_file():
        raise EngineUnavailableError("There is no search index yet. Run: palpate index build")
    opened = Opened(folder)
    snapshot, state = opened.snapshot, opened.snapshot.state
    dying: list[int] = []

    def is_newest(document_id: str, version: int) -> bool:
        row = snapshot.find_row(document_id)
        if row is None:
            return True
        if opened.read_document(row).version > version:
            return False
        dying.append(row)
        return True

    fresh = [document for document in documents if is_newest(document.id, document.version)]
    gone = [document_id for document_id, version in deleted.items() if is_newest(document_id, version)]
    batch, tags = c.Batch(), TagNumbers(state.tags)
    with (folder / "documents.bin").open("ab") as file, write_text(folder / "text") as text:
        text.delete_rows_from(state.rows)
        for document_id in (*gone, *(document.id for document in fresh)):
            text.delete(document_id)
        for number, document in enumerate(fresh):
            fields, content = make_fields(document, term_words), write_document(document)
            batch.add(document.id, fields, tags.number(fields), file.tell(), len(content))
            file.write(content)
            text.add(document.id, state.rows + number, fields)
        file.flush()
        os.fsync(file.fileno())
        new_state = c.append_rows(
            folder, state, batch, tags=tags.all, dying=dying, ranks=_find_ranks(snapshot, batch.ids)
        )
    new_state.write(folder)


def _find_ranks(snapshot: Snapshot, ids: Sequence[bytes]) -> list[float]:
    """Where new ids stand among the base's: at their own place, or half a step before the next."""
    ranks = []
    base = snapshot.column("sorted_id")
    for key in ids:
        place = snapshot.find_place(key)
        ranks.append(float(place) if place < len(base) and base[place] == np.bytes_(key) else place - 0.5)
    return ranks
