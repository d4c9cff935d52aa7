"""Compiled SQL uses only functions that other engines have, or that a dispatched macro hides."""

import re

import pytest
import sqlglot
from sqlglot import expressions

# In DuckDB, Spark, Snowflake and BigQuery alike, or translated by name.
PORTABLE = {
    "abs",
    "and",
    "avg",
    "between",
    "case",
    "cast",
    "ceil",
    "coalesce",
    "concat_ws",
    "count",
    "date",
    "date_trunc",
    "dense_rank",
    "exists",
    "first_value",
    "floor",
    "greatest",
    "if",
    "interval",
    "lag",
    "lead",
    "least",
    "left",
    "length",
    "lower",
    "max",
    "md5",
    "min",
    "mod",
    "nullif",
    "or",
    "percentile_cont",
    "power",
    "rank",
    "replace",
    "right",
    "round",
    "row_number",
    "split_part",
    "sum",
    "translate",
    "trim",
    "upper",
    "xor",
}
# DuckDB's own, each in one macro that another engine gets a branch of.
DISPATCHED = {
    "array_agg",
    "chr",
    "date_diff",
    "error",
    "generate_series",
    "group_concat",
    "hash",
    "hmac_of_contact",
    "hmac_of_text",
    "isfinite",
    "json_array_length",
    "json_extract_scalar",
    "json_extract_string",
    "json_type",
    "json_valid",
    "levenshtein",
    "pg_timezone_names",
    "nfc_normalize",
    "regexp_full_match",
    "regexp_like",
    "string_agg",
    "string_split",
    "strip_accents",
    "struct",
    "split",
    "timezone",
    "to_json",
    "try_cast",
    "unnest",
    "explode",
    "datediff",
    "timestamp_trunc",
}


def functions_of(sql: str) -> set[str]:
    """Names of all functions in a statement, as sqlglot names them."""
    found = set()
    for node in sqlglot.parse_one(sql, dialect="duckdb").find_all(expressions.Func):
        name = node.name if isinstance(node, expressions.Anonymous) else node.sql_name()
        found.add(name.lower())
    return found


def test_models_use_only_portable_functions(manifest):
    models = [
        n
        for n in manifest["nodes"].values()
        if n["resource_type"] == "model" and n["language"] == "sql"
    ]
    assert len(models) > 80
    strange = {m["name"]: functions_of(m["compiled_code"]) - PORTABLE - DISPATCHED for m in models}
    assert {name: functions for name, functions in strange.items() if functions} == {}


def test_what_differs_between_engines_stands_in_macros_alone(manifest):
    models = [
        n
        for n in manifest["nodes"].values()
        if n["resource_type"] == "model" and n["language"] == "sql"
    ]
    written = re.compile(r"(?<![\w.])(" + "|".join(sorted(DISPATCHED)) + r")\s*\(")
    assert {
        m["name"]: written.findall(m["raw_code"]) for m in models if written.search(m["raw_code"])
    } == {}


@pytest.mark.parametrize(
    "function", ["approx_quantile", "list_aggregate", "strptime", "any_value", "mode"]
)
def test_a_function_of_one_engine_alone_would_be_found(function):
    assert functions_of(f"select {function}(a, 'x') from t") - PORTABLE - DISPATCHED


def test_no_model_asks_the_clock(manifest):
    clocks = ("current_date", "current_timestamp", "now(", "today(", "random(", "uuid(")
    asked = [
        (n["name"], clock)
        for n in manifest["nodes"].values()
        if n["resource_type"] == "model"
        for clock in clocks
        if clock in (n.get("compiled_code") or n["raw_code"]).lower()
    ]
    assert asked == []
