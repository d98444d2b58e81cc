"""Many parsed listings as columns: every distinct value once, and its number in each row.

Comparing two listings is then mostly comparing two numbers, a million listings fit into a few hundred megabytes, and
columns parsed in several processes come together without a copy of every object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from directory.models import EntityKind
from directory.names import PersonName, is_given, sound
from directory.names.tables import load_nicknames, load_siblings
from resolution.features import GENERAL_MAILBOXES, Features

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Column:
    """One field of all listings; `texts[0]` is the empty value."""

    texts: npt.NDArray[np.object_]
    codes: npt.NDArray[np.int32]

    @staticmethod
    def encode(values: pa.Array | pa.ChunkedArray) -> Column:
        """The column of an array of texts, where null says nothing."""
        whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        encoded = whole.dictionary_encode()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32) + np.int32(1)
        texts = np.empty(len(encoded.dictionary) + 1, dtype=object)
        texts[0] = ""
        texts[1:] = encoded.dictionary.to_numpy(zero_copy_only=False)
        return Column(texts, codes)

    def take(self, rows: Rows) -> Column:
        """The same values at these rows."""
        return Column(self.texts, self.codes[rows])

    def map(self, change: Callable[[str], str]) -> Column:
        """The column of what `change` makes of each value, computed once a distinct one."""
        made = Column.encode(pa.array([change(text) or None for text in self.texts], pa.string()))
        return Column(made.texts, made.codes[self.codes])

    def split(self, separator: str) -> tuple[Rows, Column]:
        """Values that are lists into one value a row, with the rows they came from."""
        lists = [text.split(separator) if text else [] for text in self.texts]
        lengths = np.fromiter(map(len, lists), np.int64, len(lists))
        starts = np.cumsum(lengths) - lengths
        flat = Column.encode(pa.array([part for parts in lists for part in parts], pa.string()))
        counts = lengths[self.codes]
        rows = np.repeat(np.arange(len(self.codes)), counts)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        return rows, Column(flat.texts, flat.codes[np.repeat(starts[self.codes], counts) + within])

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many rows have each value; none counts as having the empty one."""
        counts = np.bincount(self.codes, minlength=len(self.texts))
        counts[0] = 0
        return counts

    @cached_property
    def hashes(self) -> npt.NDArray[np.uint64]:
        """A digest of each row's value, good for this process."""
        each = np.fromiter(map(hash, self.texts), np.int64, len(self.texts)).view(np.uint64)
        return each[self.codes]

    @cached_property
    def several(self) -> Mask:
        """Which rows have a list of more than one value."""
        each = np.fromiter((";" in text for text in self.texts), np.bool_, len(self.texts))
        return each[self.codes]

    @property
    def filled(self) -> Mask:
        """Which rows have a value."""
        return self.codes > 0


@dataclass(frozen=True, eq=False, kw_only=True)
class FeatureTable:
    """Parsed listings sorted by id; names, licences and marks are packed into one text each."""

    ids: npt.NDArray[np.object_]
    is_person: Mask
    source: Column
    name: Column
    practice: Column
    phone: Column
    email: Column
    site: Column
    number: Column
    street: Column
    city: Column
    region: Column
    postal: Column
    licences: Column
    marks: Column
    npi: Column

    @staticmethod
    def from_features(features: Iterable[Features]) -> FeatureTable:
        """The table of some parsed listings."""
        return FeatureTable.from_batches([make_batch(features)])

    @staticmethod
    def from_batches(batches: Sequence[pa.RecordBatch]) -> FeatureTable:
        """The table of what `make_batch` gave."""
        whole = pa.Table.from_batches(batches, SCHEMA)
        order = pc.sort_indices(whole["listing_id"])
        whole = whole.take(order)
        columns = {name: Column.encode(whole[name]) for name in COLUMNS}
        ids = whole["listing_id"].to_numpy(zero_copy_only=False)
        is_person = whole["is_person"].to_numpy(zero_copy_only=False)
        return FeatureTable(ids=ids, is_person=is_person, **columns)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def given(self) -> Column:
        """The folded given name."""
        return self.name.map(lambda text: unpack_name(text)[0])

    @cached_property
    def given_sound(self) -> Column:
        """The sound of the given name."""
        return self.given.map(lambda text: sound(text.replace(" ", "")))

    @cached_property
    def family_sound(self) -> Column:
        """The sound of the surname."""
        return self.family.map(sound)

    @cached_property
    def given_start(self) -> Column:
        """The first letters of the given name: those of a short form and its full form are the same."""
        return self.given.map(lambda text: text[:3])

    @cached_property
    def kindred_givens(self) -> Rows:
        """Pairs of given names that may be one person's, as codes packed into one number, in order."""
        places = {text: place for place, text in enumerate(self.given.texts)}
        packed = [
            (places[one] << 32) | places[other]
            for relation in (load_nicknames(), load_siblings())
            for one, others in relation.items()
            if one in places
            for other in others
            if other in places
        ]
        return np.unique(np.array(packed, np.int64))

    @cached_property
    def middle(self) -> Column:
        """The folded middle names."""
        return self.name.map(lambda text: unpack_name(text)[1])

    @cached_property
    def family_parts(self) -> Column:
        """The folded parts of the surname, separated by blanks."""
        return self.name.map(lambda text: unpack_name(text)[2])

    @cached_property
    def family(self) -> Column:
        """The folded surname as one word."""
        return self.family_parts.map(lambda text: text.replace(" ", ""))

    @cached_property
    def is_plain_name(self) -> Mask:
        """Where a name is a real given name of one word and a surname, with at most initials between them."""
        is_plain = [_is_plain_name(*unpack_name(text)) for text in self.name.texts]
        return np.array(is_plain, np.bool_)[self.name.codes]

    @cached_property
    def generation(self) -> Column:
        """Jr, Sr, II, III."""
        return self.name.map(lambda text: unpack_name(text)[4])

    @cached_property
    def extra(self) -> Column:
        """What else a name says: former names, generation, nicknames."""
        return self.name.map(lambda text: "|".join(unpack_name(text)[3:]).strip("|"))

    @cached_property
    def is_initial(self) -> Mask:
        """Where the given name is one letter."""
        lengths = np.fromiter(map(len, self.given.texts), np.int64, len(self.given.texts))
        is_initial: Mask = lengths[self.given.codes] == 1
        return is_initial

    @cached_property
    def phone_start(self) -> Column:
        """A phone number's beginning: of two numbers a keystroke apart, beginning or end is the same."""
        return self.phone.map(lambda text: text[:6])

    @cached_property
    def phone_end(self) -> Column:
        """The last four digits of a phone number."""
        return self.phone.map(lambda text: text[-4:])

    @cached_property
    def is_general_mailbox(self) -> Mask:
        """Where the e-mail is a business's rather than one person's."""
        general = [text.split("@")[0] in GENERAL_MAILBOXES for text in self.email.texts]
        return np.array(general, np.bool_)[self.email.codes]

    @cached_property
    def practice_plain(self) -> Column:
        """The practice's name without blanks."""
        return self.practice.map(_squash)

    @cached_property
    def street_plain(self) -> Column:
        """The street without blanks."""
        return self.street.map(_squash)

    @cached_property
    def address(self) -> Column:
        """House number, street and place as one value."""
        place = np.where(self.postal.filled, self.postal.texts[self.postal.codes], self.city.texts[self.city.codes])
        return _join(self.number.filled & self.street.filled, self.number, self.street, place)

    @cached_property
    def town(self) -> Column:
        """City and region as one value."""
        return _join(self.city.filled, self.city, self.region)

    @cached_property
    def is_bare(self) -> Mask:
        """Which listings have nothing but a name and an address."""
        contacts = (self.phone, self.email, self.site, self.licences, self.marks, self.npi)
        is_bare: Mask = ~np.logical_or.reduce([column.filled for column in contacts])
        return is_bare


def _is_plain_name(given: str, middle: str, family: str, *extra: str) -> bool:
    short = all(len(part) == 1 for part in middle.split())
    return bool(family) and len(given) > 1 and short and not any(extra) and " " not in given and is_given(given)


def _squash(text: str) -> str:
    return text.replace(" ", "")


def _join(where: Mask, *parts: Column | npt.NDArray[np.object_]) -> Column:
    texts = [
        pa.array(part.texts[part.codes[where]] if isinstance(part, Column) else part[where], pa.string())
        for part in parts
    ]
    inner = Column.encode(pc.binary_join_element_wise(*texts, " "))
    codes = np.zeros(len(where), np.int32)
    codes[where] = inner.codes
    return Column(inner.texts, codes)


COLUMNS = tuple(field.name for field in fields(FeatureTable) if field.name not in ("ids", "is_person"))
SCHEMA = pa.schema([("listing_id", pa.string()), ("is_person", pa.bool_()), *((name, pa.string()) for name in COLUMNS)])


def make_batch(features: Iterable[Features]) -> pa.RecordBatch:
    """Parsed listings as Arrow columns, which pass between processes as they are."""
    rows = [
        (
            item.listing_id, item.kind is EntityKind.PERSON, item.source, pack_name(item.name), item.practice,
            item.phone, item.email, item.site, item.number, item.street, item.city, item.region, item.postal,
            ";".join(sorted(f"{key.jurisdiction} {key.family} {key.number}" for key in item.licences)),
            ";".join(sorted(item.marks)), item.npi,
        )
        for item in features
    ]  # fmt: skip
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(SCHEMA)
    arrays = [
        pa.array(column if kind == pa.bool_() or place == 0 else [value or None for value in column], kind)
        for place, (column, kind) in enumerate(zip(columns, SCHEMA.types, strict=True))
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def pack_name(name: PersonName | None) -> str:
    """The folded parts of a name as one text: given|middle|surname|former|generation|nicknames."""
    if name is None:
        return ""
    parts = (" ".join(name.middle_keys), " ".join(name.family_keys), " ".join(name.maiden_keys), name.suffix)
    return "|".join((name.given_key, *parts, ",".join(name.nickname_keys)))


def unpack_name(text: str) -> list[str]:
    """The six parts of a packed name."""
    return text.split("|") if text else [""] * 6
