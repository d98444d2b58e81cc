"""Large batches: Splink on DuckDB sifts the candidate pairs, the comparison of pairs decides on what is left.

Splink scores every candidate in SQL with the fixed model below, and only pairs near or above the threshold come back to
be weighed like any other. Its model is also the one to carry to Spark when one machine is not enough.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from splink import Linker
from splink.backends.duckdb import DuckDBAPI

from directory.names.tables import load_nicknames
from resolution.table import Column, FeatureTable, Rows

_LIKENED = ("given", "family", "practice", "phone", "street")  # columns whose texts are compared letter by letter
_WEIGHED = ("given", "family", "practice", "phone", "email", "site", "place")  # columns whose values' frequency counts
_SAME, _MISSING = re.compile(r"\b(\w+)_l = \1_r\b"), re.compile(r"\b(?!numbers)(\w+)_(l|r) IS NULL")
_NO_NAME = "|||||"
SIFT_WEIGHT = -2.0  # the SQL model is coarser than the final comparison, so it passes what is near


def sift_pairs(table: FeatureTable, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """The pairs of rows that Splink weighs near or above the threshold, in order."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET preserve_insertion_order = false; SET memory_limit = '1GB'; SET threads = 2")
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=connection)
    is_paired = np.zeros(len(table), np.bool_)
    is_paired[left] = is_paired[right] = True
    rows = api.register(_make_coded_rows(table, np.flatnonzero(is_paired)))
    linker = Linker(rows, make_model(coded=True), log_level=logging.ERROR)
    for name, column in find_columns(table).items():
        if name in _WEIGHED:  # how common a value is: of all rows, and counted already
            linker.table_management.register_term_frequency_lookup(api.register(_count(name, column)), f"{name}_code")
    key = pa.array(np.zeros(len(left), np.int8)).cast(pa.string())
    pairs = pa.table({"match_key": key, "join_key_l": left, "join_key_r": right})
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
    scored = linker.inference.predict(threshold_match_weight=SIFT_WEIGHT, warning_mode="never")
    query = f"SELECT unique_id_l, unique_id_r FROM {scored.physical_name} ORDER BY ALL"  # nosec B608  # noqa: S608 (ours)
    found = connection.sql(query).to_arrow_table()
    connection.close()
    return found["unique_id_l"].to_numpy(), found["unique_id_r"].to_numpy()


def find_columns(table: FeatureTable) -> dict[str, Column]:
    """The columns of single texts that the model compares."""
    postal, city = table.postal, table.city
    place = np.where(postal.filled, postal.texts[postal.codes], city.texts[city.codes])
    return {
        "given": table.given,
        "family": table.family,
        "practice": table.practice,
        "phone": table.phone,
        "email": table.email,
        "site": table.site,
        "number": table.number,
        "street": table.street_plain,
        "place": Column.encode(pa.array([text or None for text in place], pa.string())),
    }


def make_rows(table: FeatureTable) -> pa.Table:
    """Parsed listings as the table that Splink reads: null where a listing says nothing."""
    texts = {name: _take(_list_texts(column), column.codes) for name, column in find_columns(table).items()}
    return pa.table({"unique_id": np.arange(len(table)), **texts, **_make_lists(table, np.arange(len(table)))})


def _make_coded_rows(table: FeatureTable, rows: Rows) -> pa.Table:
    """Some rows for `make_model(coded=True)`: numbers in place of texts where only the same text counts."""
    columns = {name: column.take(rows) for name, column in find_columns(table).items()}
    texts = {name: _take(_list_texts(columns[name]), columns[name].codes) for name in _LIKENED}
    codes = {f"{name}_code": pa.array(column.codes, mask=~column.filled) for name, column in columns.items()}
    return pa.table({"unique_id": rows, **texts, **codes, **_make_lists(table, rows)})


def _count(name: str, column: Column) -> pa.Table:
    """The share of each value among those of its column, as Splink counts them."""
    counts = column.counts[1:]
    codes = np.arange(1, len(column.texts), dtype=np.int32)
    return pa.table({f"{name}_code": codes, f"tf_{name}_code": counts / max(counts.sum(), 1)})


def _list_texts(column: Column) -> pa.Array:
    return pa.array([text or None for text in column.texts], pa.string())


def _take(values: pa.Array, codes: npt.NDArray[np.int32]) -> pa.Array:
    return values.take(pa.array(codes))


def _make_lists(table: FeatureTable, rows: Rows) -> dict[str, pa.Array]:
    """What a person may be called; the parts of the surname; licences, NPI and other claimed numbers as one list."""
    parts = pc.split_pattern(pa.array([text or _NO_NAME for text in table.name.texts], pa.string()), "|")
    given, middle, family, maiden = (pc.list_element(parts, at) for at in range(4))
    nicknames = load_nicknames()
    given_texts = given.dictionary_encode()
    called = [";".join((text, *nicknames.get(text, ()))) for text in given_texts.dictionary.to_pylist()]
    has_given, has_family = pc.not_equal(given, ""), pc.not_equal(family, "")
    given_names = _list(_take(pa.array(called, pa.string()), given_texts.indices.to_numpy()), _cut(middle))
    family_parts = _list(_cut(family), _cut(maiden))
    name_codes = table.name.codes[rows]
    claimed = (table.licences, table.marks, table.npi)
    numbers = [_take(pa.array(column.texts, pa.string()), column.codes[rows]) for column in claimed]
    return {
        "given_names": _take(pc.if_else(has_given, given_names, None), name_codes),
        "family_parts": _take(pc.if_else(has_family, family_parts, None), name_codes),
        "numbers": _list(*numbers),
    }


def _cut(texts: pa.Array) -> pa.Array:
    return pc.replace_substring(texts, " ", ";")


def _list(*texts: pa.Array) -> pa.Array:
    """Texts of parts between semicolons as one list a row; null where there is none."""
    joined = pc.replace_substring_regex(pc.binary_join_element_wise(*texts, ";"), "^;+|;+$|(;);+", r"\1")
    return pc.split_pattern(pc.replace_with_mask(joined, pc.equal(joined, ""), pa.scalar(None, pa.string())), ";")


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


def make_model(*, coded: bool = False) -> dict[str, Any]:
    """The Splink settings: fixed m and u, frequencies of the batch's own values for what agrees exactly.

    `coded`: for rows that have numbers beside texts, or in their place, which are quicker to find the same.
    """
    comparisons = {name: [_null(name), *(_level(*level) for level in levels)] for name, levels in LEVELS.items()}
    for levels in comparisons.values():
        for level in levels if coded else ():
            level["sql_condition"] = _SAME.sub(r"\1_code_l = \1_code_r", level["sql_condition"])
            level["sql_condition"] = _MISSING.sub(r"\1_code_\2 IS NULL", level["sql_condition"])
            if "tf_adjustment_column" in level:
                level["tf_adjustment_column"] += "_code"
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": 5e-5,
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "comparisons": [
            {"output_column_name": name, "comparison_levels": levels} for name, levels in comparisons.items()
        ],
    }


def _null(field: str) -> dict[str, Any]:
    columns = ("street", "number") if field == "street" else (field,)
    condition = " OR ".join(f"{column}_l IS NULL OR {column}_r IS NULL" for column in columns)
    return {"sql_condition": condition, "label_for_charts": "missing", "is_null_level": True}
