"""Which pairs of listings are worth weighing: those that share one exact or near key and may share an identifier.

A merge needs a second agreeing identifier, so every identifier is a key; a name with a place finds those whose
identifiers were mistyped. Keys are digests of whole columns, pairs are packed into one number each.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
import numpy.typing as npt

from directory.names import sound
from resolution.pairs import Pairs
from resolution.spread import spread
from resolution.table import Column, FeatureTable, Mask, Rows
from resolution.vetoes import are_surely_two

MAX_BLOCK = 80  # a larger block (a call centre's phone, a common name) is split by surname, given name, place
CHUNK = 500_000  # pairs looked at once

Digests = npt.NDArray[np.uint64]
Keys = tuple[Rows, Digests]


def find_pairs(table: FeatureTable, *, one_per_source: bool = False, is_bare: bool = False) -> tuple[Rows, Rows]:
    """Pairs of rows (low, high) that share a key, in order, less those that can't be linked.

    `is_bare`: there are but names and addresses, so that no second identifier is asked for and names don't veto.
    """
    sure, unsure = [], []
    for left, right in _expand_blocks(table):
        pairs = Pairs(table, np.minimum(left, right), np.maximum(left, right))
        kept = table.is_person[left] == table.is_person[right]
        if one_per_source:
            kept &= pairs.unlike(table.source)
        pairs = pairs.take(kept)
        packed = (pairs.left << 32) | pairs.right
        agree = np.ones(len(packed), np.bool_) if is_bare else _share_value(pairs)
        sure.append(packed[agree])
        unsure.append(packed[~agree])
    if is_bare:
        return _unpack(_unite(sure))
    nothing = np.zeros(0, np.int64)
    are_surely_two(Pairs(table, nothing, nothing))  # what it reads of the columns is worked out here, once for all

    def sift(part: tuple[Rows, bool]) -> Rows:
        packed, agree = part
        pairs = Pairs(table, *_unpack(packed))
        maybe = ~are_surely_two(pairs)
        if not agree:
            maybe[maybe] = _nearly_share_value(pairs.take(maybe))
        return packed[maybe]

    parts = [(packed, True) for packed in _split(_unite(sure))] + [(packed, False) for packed in _split(_unite(unsure))]
    return _unpack(_unite(spread(sift, parts)))


def _split(packed: Rows) -> list[Rows]:
    """Packed pairs, so many at a time."""
    return np.array_split(packed, len(packed) // CHUNK + 1)


def _unite(parts: list[Rows]) -> Rows:
    """The distinct numbers of several arrays, in order (for many numbers, faster than NumPy's unique)."""
    whole = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
    return whole[np.diff(whole, prepend=-1) > 0]


def _unpack(packed: Rows) -> tuple[Rows, Rows]:
    return packed >> 32, packed & 0xFFFFFFFF


def _share_value(pairs: Pairs) -> Mask:
    """Where some value besides the name is the same, or may turn out to be."""
    table = pairs.table
    columns = (table.phone, table.email, table.site, table.street, table.number, table.npi, table.practice_plain)
    same = [pairs.same(column) for column in columns]
    agree: Mask = np.logical_or.reduce([*same, pairs.may_share(table.licences), pairs.may_share(table.marks)])
    return agree


def _nearly_share_value(pairs: Pairs) -> Mask:
    """Where phone, e-mail or street are misspellings of one value."""
    table = pairs.table
    near = pairs.near(table.phone, pairs.same(table.phone_start) | pairs.same(table.phone_end))
    near |= pairs.near(table.email, pairs.both(table.email) & ~near)
    near |= pairs.alike(table.street_plain, pairs.both(table.street) & ~near) >= 0.88
    return near


def make_keys(table: FeatureTable) -> Iterator[Keys]:
    """The blocking keys of all listings, one kind of key after another: rows, and the digest of each one's key."""
    kind = np.where(table.is_person, 1, 2).astype(np.uint64)
    for tag, column in enumerate((table.phone, table.email, table.site)):
        yield _key(tag, column.filled, kind, column.hashes)
    for tag, column in enumerate((table.licences, table.marks, table.npi), 10):
        rows, each = column.split(";")
        yield rows, _digest(tag, kind[rows], each.hashes)
    postal, city = table.postal, table.city
    place = np.where(postal.filled, postal.hashes, city.hashes)
    region = np.where(postal.filled, postal.map(lambda text: text[:3]).hashes, city.map(lambda text: text[:3]).hashes)
    street = table.street.map(lambda text: sound(text.split()[0]) if text else "")
    yield _key(20, table.number.filled & street.filled, kind, table.number.hashes, street.hashes, region)
    yield from _make_name_keys(table, street)
    practices = ~table.is_person & table.practice.filled
    words = table.practice.map(lambda text: " ".join(sorted(text.split())))
    yield _key(40, practices, words.hashes, city.hashes)
    yield _key(41, practices, table.practice.map(lambda text: text[:6]).hashes, place)
    yield _key(42, practices & table.number.filled, table.number.hashes, postal.hashes)


def _make_name_keys(table: FeatureTable, street: Column) -> Iterator[Keys]:
    people, number = table.is_person, table.number
    given, family = table.given_sound, table.family_sound
    low, high = np.minimum(given.hashes, family.hashes), np.maximum(given.hashes, family.hashes)
    both = people & given.filled & family.filled
    yield _key(30, both, low, high)
    rows, parts = table.family_parts.split(" ")
    parts = parts.map(sound)
    for column in (table.postal, table.city):
        there = people[rows] & column.filled[rows]
        yield rows[there], _digest(31, parts.hashes[there], column.hashes[rows[there]])
    yield _key(32, people & given.filled & table.postal.filled, given.hashes, table.postal.hashes)
    yield _key(33, people & number.filled & family.filled, number.hashes, family.hashes)
    bare = people & table.is_bare
    yield _key(34, bare & number.filled & given.filled, number.hashes, given.hashes)
    first, other = (column.map(lambda text: text[:1]).hashes for column in (given, family))
    start = table.street_plain.map(lambda text: text[:5])
    for column in (table.postal, table.city):
        there = bare & column.filled
        yield _key(35, there, np.minimum(first, other), np.maximum(first, other), column.hashes)
        yield _key(36, there & start.filled, start.hashes, column.hashes)
        yield _key(37, there & number.filled, number.hashes, column.hashes)
    begins = [column.map(lambda text: text[:2]).hashes for column in (given, family)]
    yield _key(38, both & street.filled, street.hashes, *begins)
    surname = family.map(lambda text: text[:3])
    yield _key(39, people & table.phone.filled & family.filled, table.phone_end.hashes, surname.hashes)


def _key(tag: int, where: Mask, *parts: Digests) -> Keys:
    rows = np.flatnonzero(where)
    return rows, _digest(tag, *(part[rows] for part in parts))


def _digest(tag: int, *parts: Digests) -> Digests:
    """One number of several; which kind of key it is (`tag`) counts."""
    mixed = np.full(len(parts[0]), (tag + 1) * 0x9E3779B97F4A7C15 % 2**64, np.uint64)
    for part in parts:
        mixed = (mixed ^ part) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _expand_blocks(table: FeatureTable) -> Iterator[tuple[Rows, Rows]]:
    """Every two rows of every block; blocks too large to mean anything are split by the name, then by the place."""
    given, family = table.given_sound, table.family_sound
    place = np.where(table.postal.filled, table.postal.hashes, table.city.hashes)
    surname = np.where(table.is_person, family.hashes, table.practice.hashes)
    named = given.hashes, family.map(lambda text: text[:1]).hashes
    near = given.map(lambda text: text[:2]).hashes
    for rows, digests in make_keys(table):
        large = yield from _expand(rows, digests)
        if len(large[0]):
            many, first = large
            there = table.is_person[many] & given.filled[many]
            yield from _expand(many[there], _digest(50, first[there], *(part[many[there]] for part in named)))
            more, second = yield from _expand(many, _digest(51, first, surname[many]))
            yield from _expand(more, _digest(52, second, near[more], place[more]))


def _expand(rows: Rows, digests: Digests) -> Generator[tuple[Rows, Rows], None, Keys]:
    """Every two rows with one key, if they are not too many; what are is returned."""
    order = np.argsort(digests)
    rows, digests = rows[order], digests[order]
    starts = np.flatnonzero(np.diff(digests, prepend=~digests[:1]))
    sizes = np.diff(starts, append=len(rows))
    for size in np.unique(sizes[(sizes > 1) & (sizes <= MAX_BLOCK)]).tolist():
        blocks = rows[starts[sizes == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        for part in np.array_split(blocks, len(blocks) * len(one) // CHUNK + 1):
            yield part[:, one].ravel(), part[:, other].ravel()
    large = np.repeat(sizes > MAX_BLOCK, sizes)
    return rows[large], digests[large]
