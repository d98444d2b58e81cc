"""Large batches: Splink on DuckDB sifts the candidate pairs, the comparison of pairs decides on what is left.

Splink scores every candidate in SQL with the fixed model below, and only pairs near or above the threshold come back to
be weighed like any other. Its model is also the one to carry to Spark when one machine is not enough.
"""

from __future__ import annotations

import logging
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from splink import Linker
from splink.backends.duckdb import DuckDBAPI

from directory.names.tables import load_nicknames
from resolution.table import Column, FeatureTable, Rows, unpack_name

SIFT_WEIGHT = -2.0  # the SQL model is coarser than the final comparison, so it passes what is near


def sift_pairs(table: FeatureTable, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """The pairs of rows that Splink weighs near or above the threshold, in order."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET preserve_insertion_order = false; SET memory_limit = '1GB'; SET threads = 2")
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register(make_rows(table)), make_model(), log_level=logging.ERROR)
    key = pa.array(np.zeros(len(left), np.int8)).cast(pa.string())
    pairs = pa.table({"match_key": key, "join_key_l": left, "join_key_r": right})
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
    scored = linker.inference.predict(threshold_match_weight=SIFT_WEIGHT, warning_mode="never")
    query = f"SELECT unique_id_l, unique_id_r FROM {scored.physical_name} ORDER BY ALL"  # nosec B608  # noqa: S608 (ours)
    found = connection.sql(query).to_arrow_table()
    connection.close()
    return found["unique_id_l"].to_numpy(), found["unique_id_r"].to_numpy()


def make_rows(table: FeatureTable) -> pa.Table:
    """Parsed listings as the table that Splink reads: null where a listing says nothing."""
    texts = {
        "given": table.given,
        "family": table.family,
        "practice": table.practice,
        "phone": table.phone,
        "email": table.email,
        "site": table.site,
        "number": table.number,
        "street": table.street_plain,
    }
    place = np.where(table.postal.filled, table.postal.texts[table.postal.codes], table.city.texts[table.city.codes])
    lists = {
        "given_names": _take([_list_given(text) for text in table.name.texts], table.name),
        "family_parts": _take([_list_family(text) for text in table.name.texts], table.name),
        "numbers": _list_numbers(table),
    }
    return pa.table(
        {
            "unique_id": np.arange(len(table)),
            **{name: _take([text or None for text in column.texts], column) for name, column in texts.items()},
            "place": pa.array([text or None for text in place], pa.string()),
            **lists,
        }
    )


def _take(values: list[Any], column: Column) -> pa.Array:
    kind = pa.list_(pa.string()) if any(isinstance(value, list) for value in values) else pa.string()
    return pa.array(values, kind).take(pa.array(column.codes))


def _list_numbers(table: FeatureTable) -> pa.Array:
    """Licences, NPI and other claimed numbers of each row as one list."""
    columns = (table.licences, table.marks, table.npi)
    texts = [pa.array(column.texts, pa.string()).take(pa.array(column.codes)) for column in columns]
    joined = pc.replace_substring_regex(pc.binary_join_element_wise(*texts, ";"), "^;+|;+$|(;);+", r"\1")
    return pc.split_pattern(pc.replace_with_mask(joined, pc.equal(joined, ""), pa.scalar(None, pa.string())), ";")


def _list_given(text: str) -> list[str] | None:
    given, middle, *_ = unpack_name(text)
    return [given, *load_nicknames().get(given, ()), *middle.split()] if given else None


def _list_family(text: str) -> list[str] | None:
    _, _, family, maiden, *_ = unpack_name(text)
    return [*family.split(), *maiden.split()] if family else None


def _level(condition: str, label: str, m: float, u: float, column: str | None = None) -> dict[str, Any]:
    level: dict[str, Any] = {
        "sql_condition": condition, "label_for_charts": label, "m_probability": m, "u_probability": u
    }  # fmt: skip
    return level | ({"tf_adjustment_column": column, "tf_adjustment_weight": 1.0} if column else {})


# Each field with its levels: condition on both sides (l, r), name, m, u, and the column whose frequencies adjust u.
Level = tuple[str, str, float, float] | tuple[str, str, float, float, str]
LEVELS: dict[str, tuple[Level, ...]] = {
    "given": (
        ("given_l = given_r", "same", 0.75, 0.01, "given"),
        ("list_has_any(given_names_l, given_names_r)", "nickname or middle name", 0.1, 0.005),
        ("jaro_winkler_similarity(given_l, given_r) >= 0.75", "alike", 0.08, 0.03),
        ("given_l[1] = given_r[1] AND least(length(given_l), length(given_r)) = 1", "initial", 0.03, 0.01),
        ("ELSE", "different", 0.02, 0.9),
    ),
    "family": (
        ("family_l = family_r", "same", 0.85, 0.001, "family"),
        ("list_has_any(family_parts_l, family_parts_r)", "one part", 0.04, 0.001),
        ("jaro_winkler_similarity(family_l, family_r) >= 0.85", "alike", 0.06, 0.005),
        ("ELSE", "different", 0.05, 0.99),
    ),
    "practice": (
        ("practice_l = practice_r", "same", 0.5, 0.0005, "practice"),
        ("jaro_winkler_similarity(practice_l, practice_r) >= 0.85", "alike", 0.2, 0.005),
        ("ELSE", "different", 0.3, 0.99),
    ),
    "phone": (
        ("phone_l = phone_r", "same", 0.6, 0.00005, "phone"),
        ("damerau_levenshtein(phone_l, phone_r) = 1", "one digit apart", 0.02, 0.0003),
        ("ELSE", "different", 0.38, 0.99),
    ),
    "email": (
        ("email_l = email_r", "same", 0.6, 0.00005, "email"),
        ("ELSE", "different", 0.4, 0.99),
    ),
    "site": (
        ("site_l = site_r", "same", 0.6, 0.0001, "site"),
        ("ELSE", "different", 0.4, 0.99),
    ),
    "street": (
        ("street_l = street_r AND number_l = number_r", "same", 0.5, 0.0001),
        ("number_l = number_r OR street_l = street_r", "number or street", 0.15, 0.005),
        ("jaro_winkler_similarity(street_l, street_r) >= 0.88", "alike", 0.05, 0.01),
        ("ELSE", "different", 0.3, 0.98),
    ),
    "place": (
        ("place_l = place_r", "same", 0.75, 0.002, "place"),
        ("ELSE", "different", 0.25, 0.98),
    ),
    "numbers": (
        ("list_has_any(numbers_l, numbers_r)", "same", 0.9, 0.0001),
        ("ELSE", "different", 0.1, 0.99),
    ),
}


def make_model() -> dict[str, Any]:
    """The Splink settings: fixed m and u, frequencies of the batch's own values for what agrees exactly."""
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": 5e-5,
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "comparisons": [
            {"output_column_name": field, "comparison_levels": [_null(field), *(_level(*level) for level in levels)]}
            for field, levels in LEVELS.items()
        ],
    }


def _null(field: str) -> dict[str, Any]:
    columns = ("street", "number") if field == "street" else (field,)
    condition = " OR ".join(f"{column}_l IS NULL OR {column}_r IS NULL" for column in columns)
    return {"sql_condition": condition, "label_for_charts": "missing", "is_null_level": True}
