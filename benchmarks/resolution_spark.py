"""The Splink model that sifts large batches, on Spark and on DuckDB: the same pairs, and what each took.

    pip install 'pyspark>=4'        # not among Palpate's own dependencies; Java 17 or newer
    python -m benchmarks.resolution_spark [--people 20000] [--cores 2] [--memory 2g]

Both score the same candidate pairs of a made-up world by the model of `resolution.batch`; on Spark its conditions are
written in Spark's words, and names are compared by the functions that Splink brings along for it.
"""

from __future__ import annotations

import argparse
import logging
import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from splink import Linker

from benchmarks.resolution_world import make_world
from resolution.batch import SIFT_WEIGHT, make_model, make_rows, sift_pairs
from resolution.blocking import find_pairs
from resolution.parsing import parse_listings
from resolution.table import FeatureTable, Rows

WORDS = (
    (re.compile(r"\blist_has_any\("), "arrays_overlap("),
    (re.compile(r"\bjaro_winkler_similarity\("), "jaro_winkler("),
    (re.compile(r"\b(\w+)\[1\]"), r"substr(\1, 1, 1)"),
)

Pairs = set[tuple[int, int]]


def translate(condition: str) -> str:
    """A condition of the model in Spark's words."""
    for pattern, word in WORDS:
        condition = pattern.sub(word, condition)
    return condition


def make_spark_model() -> dict[str, Any]:
    """The model of `resolution.batch`, to be run by Spark."""
    model = make_model()
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            level["sql_condition"] = translate(level["sql_condition"])
    return model


def sift_on_spark(spark: Any, table: FeatureTable, left: Rows, right: Rows) -> Pairs:
    """What `resolution.batch.sift_pairs` finds, found by Spark."""
    from splink.backends.spark import SparkAPI  # noqa: PLC0415 - reads pyspark, which is not among our dependencies

    settings: dict[str, Any] = {"break_lineage_method": "persist", "num_partitions_on_repartition": 8}
    api = SparkAPI(spark_session=spark, **settings)  # type: ignore[no-untyped-call]  # Splink annotates it not
    linker = Linker(api.register(spark.createDataFrame(make_rows(table))), make_spark_model(), log_level=logging.ERROR)
    key = pa.array(np.zeros(len(left), np.int8)).cast(pa.string())
    pairs = spark.createDataFrame(pa.table({"match_key": key, "join_key_l": left, "join_key_r": right}))
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
    scored = linker.inference.predict(threshold_match_weight=SIFT_WEIGHT, warning_mode="never")
    found = spark.sql(f"SELECT unique_id_l, unique_id_r FROM {scored.physical_name}").collect()
    return {(row.unique_id_l, row.unique_id_r) for row in found}


def sift_on_duckdb(table: FeatureTable, left: Rows, right: Rows) -> Pairs:
    """What the product's own sifting finds."""
    found_left, found_right = sift_pairs(table, left, right)
    return set(zip(found_left.tolist(), found_right.tolist(), strict=True))


def start_spark(cores: int, memory: str) -> Any:
    """Spark in this process, with the functions for names that Splink brings along."""
    from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
    from splink.internals.spark.jar_location import similarity_jar_location  # noqa: PLC0415

    builder = SparkSession.builder.master(f"local[{cores}]").appName("palpate-resolution")
    settings = {
        "spark.jars": similarity_jar_location(),
        "spark.driver.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "8",
        "spark.log.level": "ERROR",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def clock(name: str, work: Callable[[], Pairs]) -> Pairs:
    """The pairs that some work finds; prints how long it took."""
    before = time.perf_counter()
    found = work()
    print(f"{name}: {len(found):,} pairs in {time.perf_counter() - before:.1f} s", flush=True)
    return found


def main() -> None:
    """Sift one world on both and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", default="2g")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    table = parse_listings(make_world(people=arguments.people, seed=arguments.seed).listings)
    left, right = find_pairs(table)
    print(f"{len(table):,} listings, {len(left):,} candidate pairs", flush=True)
    ours = clock("DuckDB", lambda: sift_on_duckdb(table, left, right))
    spark = start_spark(arguments.cores, arguments.memory)
    for run in ("Spark, first time", "Spark, again"):
        theirs = clock(run, lambda: sift_on_spark(spark, table, left, right))
    spark.stop()
    both = len(ours & theirs)
    print(f"{both:,} pairs by both, {len(ours - theirs):,} by DuckDB alone, {len(theirs - ours):,} by Spark alone")


if __name__ == "__main__":
    main()
