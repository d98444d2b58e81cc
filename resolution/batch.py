"""Large batches: Splink on DuckDB sifts the candidate pairs, the comparison of single pairs decides on what is left.

Blocking runs as one join over hashed keys; Splink scores every blocked pair in SQL with the fixed model below, and
only pairs near or above the threshold come back to be weighed like any other. Its model is also the one to carry to
Spark when one machine is not enough.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from splink import Linker
from splink.backends.duckdb import DuckDBAPI

from directory.models import EntityKind
from directory.names import sound
from directory.names.tables import load_nicknames
from resolution.blocking import MAX_BLOCK, make_keys
from resolution.features import Features

SIFT_WEIGHT = -2.0  # the SQL model is coarser than the final comparison, so it passes what is near
CHUNK = 100_000


def sift_pairs(features: Sequence[Features], *, one_per_source: bool = False) -> Iterator[tuple[int, int]]:
    """Pairs of positions (low, high) that share a key and that Splink weighs near or above the threshold."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET preserve_insertion_order = false; SET memory_limit = '2GB'; SET threads = 2")
    logging.getLogger("splink").setLevel(logging.ERROR)
    _load(connection, features)
    _block(connection, one_per_source=one_per_source)
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("listings"), make_model(), log_level=logging.ERROR)
    linker.table_management.register_blocked_pairs_for_predict(api.register("pairs"))
    scored = linker.inference.predict(threshold_match_weight=SIFT_WEIGHT, warning_mode="never")
    cursor = connection.execute(f"SELECT unique_id_l, unique_id_r FROM {scored.physical_name}")  # noqa: S608 (ours)
    while rows := cursor.fetchmany(CHUNK):
        for left, right in rows:
            yield (left, right) if left < right else (right, left)
    connection.close()


def _load(connection: duckdb.DuckDBPyConnection, features: Sequence[Features]) -> None:
    """The listings and their hashed keys as two tables, written in chunks."""
    for start in range(0, len(features), CHUNK):
        chunk = features[start : start + CHUNK]
        rows = pa.Table.from_pylist([make_row(start + place, item) for place, item in enumerate(chunk)], schema=SCHEMA)
        keys: list[tuple[int, int, int]] = []
        for place, item in enumerate(chunk, start):
            finer = hash(item.practice if item.kind is EntityKind.PRACTICE else sound(item.family))
            keys.extend((place, hash(key), finer) for key in set(make_keys(item)))
        columns = zip(_KEY_COLUMNS, zip(*keys, strict=True), strict=True)
        key_rows = pa.table({name: pa.array(values, pa.int64()) for name, values in columns})
        connection.register("chunk_rows", rows)
        connection.register("chunk_keys", key_rows)
        if start == 0:
            connection.execute("CREATE TABLE listings AS SELECT * FROM chunk_rows LIMIT 0")
            connection.execute("CREATE TABLE keys AS SELECT * FROM chunk_keys LIMIT 0")
        connection.execute("INSERT INTO listings SELECT * FROM chunk_rows")
        connection.execute("INSERT INTO keys SELECT * FROM chunk_keys")
        connection.unregister("chunk_rows")
        connection.unregister("chunk_keys")


_KEY_COLUMNS = ("id", "key", "finer")
SCHEMA = pa.schema(
    [
        ("unique_id", pa.int64()),
        ("kind", pa.string()),
        ("source", pa.string()),
        ("given", pa.string()),
        ("given_names", pa.list_(pa.string())),
        ("family", pa.string()),
        ("family_parts", pa.list_(pa.string())),
        ("practice", pa.string()),
        ("phone", pa.string()),
        ("email", pa.string()),
        ("site", pa.string()),
        ("number", pa.string()),
        ("street", pa.string()),
        ("place", pa.string()),
        ("numbers", pa.list_(pa.string())),
    ]
)


def make_row(place: int, item: Features) -> dict[str, Any]:
    """One listing as a row of the table that Splink reads."""
    name = item.name
    given = item.given
    return {
        "unique_id": place,
        "kind": item.kind.value,
        "source": item.source,
        "given": given or None,
        "given_names": [given, *load_nicknames().get(given, ()), *(name.middle_keys if name else ())]
        if given
        else None,
        "family": item.family or None,
        "family_parts": [*name.family_keys, *name.maiden_keys] if name and name.family_keys else None,
        "practice": item.practice or None,
        "phone": item.phone or None,
        "email": item.email or None,
        "site": item.site or None,
        "number": item.number or None,
        "street": item.street.replace(" ", "") or None,
        "place": item.postal or item.city or None,
        "numbers": _list_numbers(item) or None,
    }


def _list_numbers(item: Features) -> list[str]:
    licences = [f"{key.jurisdiction} {key.family} {key.number}" for key in item.licences]
    return [*licences, *item.marks, *([item.npi] if item.npi else [])]


def _block(connection: duckdb.DuckDBPyConnection, *, one_per_source: bool) -> None:
    """The table `pairs`: every two listings in a block; too large blocks are split by the surname."""
    apart = "AND a.source <> b.source" if one_per_source else ""
    connection.execute(
        f"""
        CREATE TABLE blocks AS
            SELECT key, 0::BIGINT AS finer, false AS split FROM keys
            GROUP BY key HAVING count(*) BETWEEN 2 AND {MAX_BLOCK}
            UNION ALL
            SELECT key, finer, true FROM keys
            WHERE key IN (SELECT key FROM keys GROUP BY key HAVING count(*) > {MAX_BLOCK})
            GROUP BY key, finer HAVING count(*) BETWEEN 2 AND {MAX_BLOCK};
        CREATE TABLE pairs AS
            SELECT DISTINCT '0' AS match_key, l.id AS join_key_l, r.id AS join_key_r
            FROM blocks
            JOIN keys l ON l.key = blocks.key AND (NOT blocks.split OR l.finer = blocks.finer)
            JOIN keys r ON r.key = blocks.key AND (NOT blocks.split OR r.finer = blocks.finer) AND l.id < r.id
            JOIN listings a ON a.unique_id = l.id
            JOIN listings b ON b.unique_id = r.id
            WHERE a.kind = b.kind {apart};
        DROP TABLE keys;
        """  # noqa: S608 (numbers of ours)
    )


def _level(condition: str, label: str, m: float, u: float, column: str | None = None) -> dict[str, Any]:
    level: dict[str, Any] = {
        "sql_condition": condition, "label_for_charts": label, "m_probability": m, "u_probability": u
    }  # fmt: skip
    return level | ({"tf_adjustment_column": column, "tf_adjustment_weight": 1.0} if column else {})


def _null(*columns: str) -> dict[str, Any]:
    condition = " OR ".join(f"{column}_l IS NULL OR {column}_r IS NULL" for column in columns)
    return {"sql_condition": condition, "label_for_charts": "missing", "is_null_level": True}


def _comparison(name: str, *levels: dict[str, Any]) -> dict[str, Any]:
    return {"output_column_name": name, "comparison_levels": list(levels)}


def make_model() -> dict[str, Any]:
    """The Splink settings: fixed m and u, frequencies of the batch's own values for what agrees exactly."""
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": 5e-5,
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "comparisons": [
            _comparison(
                "given",
                _null("given"),
                _level("given_l = given_r", "same", 0.75, 0.01, "given"),
                _level("list_has_any(given_names_l, given_names_r)", "nickname or middle name", 0.1, 0.005),
                _level("jaro_winkler_similarity(given_l, given_r) >= 0.75", "alike", 0.08, 0.03),
                _level(
                    "given_l[1] = given_r[1] AND least(length(given_l), length(given_r)) = 1", "initial", 0.03, 0.01
                ),
                _level("ELSE", "different", 0.02, 0.9),
            ),
            _comparison(
                "family",
                _null("family"),
                _level("family_l = family_r", "same", 0.85, 0.001, "family"),
                _level("list_has_any(family_parts_l, family_parts_r)", "one part", 0.04, 0.001),
                _level("jaro_winkler_similarity(family_l, family_r) >= 0.85", "alike", 0.06, 0.005),
                _level("ELSE", "different", 0.05, 0.99),
            ),
            _comparison(
                "practice",
                _null("practice"),
                _level("practice_l = practice_r", "same", 0.5, 0.0005, "practice"),
                _level("jaro_winkler_similarity(practice_l, practice_r) >= 0.85", "alike", 0.2, 0.005),
                _level("ELSE", "different", 0.3, 0.99),
            ),
            _comparison(
                "phone",
                _null("phone"),
                _level("phone_l = phone_r", "same", 0.6, 0.00005, "phone"),
                _level("damerau_levenshtein(phone_l, phone_r) = 1", "one digit apart", 0.02, 0.0003),
                _level("ELSE", "different", 0.38, 0.99),
            ),
            _comparison(
                "email",
                _null("email"),
                _level("email_l = email_r", "same", 0.6, 0.00005, "email"),
                _level("ELSE", "different", 0.4, 0.99),
            ),
            _comparison(
                "site",
                _null("site"),
                _level("site_l = site_r", "same", 0.6, 0.0001, "site"),
                _level("ELSE", "different", 0.4, 0.99),
            ),
            _comparison(
                "street",
                _null("street", "number"),
                _level("street_l = street_r AND number_l = number_r", "same", 0.5, 0.0001),
                _level("number_l = number_r OR street_l = street_r", "number or street", 0.15, 0.005),
                _level("jaro_winkler_similarity(street_l, street_r) >= 0.88", "alike", 0.05, 0.01),
                _level("ELSE", "different", 0.3, 0.98),
            ),
            _comparison(
                "place",
                _null("place"),
                _level("place_l = place_r", "same", 0.75, 0.002, "place"),
                _level("ELSE", "different", 0.25, 0.98),
            ),
            _comparison(
                "numbers",
                _null("numbers"),
                _level("list_has_any(numbers_l, numbers_r)", "same", 0.9, 0.0001),
                _level("ELSE", "different", 0.1, 0.99),
            ),
        ],
    }  # fmt: skip
