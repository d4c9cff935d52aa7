"""No address, number or key stands where others read: of the demo, in whatever a build leaves."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from builds import ROOT

from personalization.identity.contact_values import DEMO_KEY

REFUSED = ROOT / "seeds/reference/refused_emails.csv"
DEMO = ROOT / "seeds/demo"
# What editors wrote into the seeds, such as test@test.com, is nobody's.
NOT_READ = ("raw", "staging", "pii", "reference")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"\+?\(?\d[\d ()/.-]{5,}\d")
# Written as people write numbers: with the sign of a country, or in groups after a zero.
WRITTEN_NUMBER = re.compile(
    r"(?<![\w.-])(?:\+\d[\d ()/.-]{6,}\d|\(?0\d{2,5}\)?[ /-]\d[\d /-]{4,}\d)"
)


@pytest.fixture(scope="module")
def contacts() -> set[str]:
    """Every address and number in the raw tables of the demo, as it was typed."""
    found = set()
    with duckdb.connect() as connection:
        for file in sorted(DEMO.glob("*/*.parquet")):
            columns = connection.sql(f"from '{file}'").columns
            for column in {"email", "phone"} & set(columns):
                rows = connection.sql(f"select distinct cast({column} as varchar) from '{file}'")
                found |= {value.strip().lower() for (value,) in rows.fetchall() if value}
            if "subject_value" in columns:
                rows = connection.sql(
                    f"select distinct cast(subject_value as varchar) from '{file}' "
                    "where subject_type in ('email', 'phone')"
                )
                found |= {value.strip().lower() for (value,) in rows.fetchall() if value}
    typed = {value for value in found if ADDRESS.fullmatch(value) or NUMBER.fullmatch(value)}
    assert len(typed) > 3_000
    # A placeholder is nobody's address: a seed refuses it, and names it.
    refused = {row.split(",")[1] for row in REFUSED.read_text().splitlines()}
    return {value for value in typed if not {value, value.partition("@")[0]} & refused}


def texts(database: Path, without: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Yield every text column of a database with its different values."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as read (read_only)")
        connection.execute("use read")
        columns = connection.sql(
            """select schema_name, table_name, column_name from duckdb_columns()
            where database_name = 'read' and data_type in ('VARCHAR', 'JSON', 'VARCHAR[]')"""
        ).fetchall()
        assert columns
        for schema, table, column in columns:
            if schema not in without:
                rows = connection.sql(
                    f'select distinct cast("{column}" as varchar) from "{schema}"."{table}"'
                ).fetchall()
                yield f"{schema}.{table}.{column}", [value for (value,) in rows if value]


def named_in(text: str, contacts: set[str]) -> set[str]:
    return {t for t in (*ADDRESS.findall(text), *NUMBER.findall(text)) if t in contacts}


def test_outside_the_restricted_schemas_no_address_or_number_of_the_demo_stands(demo, contacts):
    held = {
        column: named
        for file in demo.warehouse.parent.glob("*.duckdb")
        for column, values in texts(file, NOT_READ)
        for named in [named_in("\n".join(values).lower(), contacts)]
        if named
    }
    assert held == {}


def test_the_scan_would_find_what_the_restricted_schemas_do_hold(demo, contacts):
    held = dict(texts(demo.warehouse))
    for column in ("email", "phone"):
        values = held[f"staging.base_shop__customers.{column}"]
        assert len(named_in("\n".join(values).lower(), contacts)) > 500


def test_what_dbt_leaves_names_nobody_and_no_file_holds_the_key(demo, contacts):
    files = [file for file in demo.warehouse.parent.rglob("*") if file.is_file()]
    assert any(file.name == "manifest.json" for file in files)
    assert any(file.name == "dbt.log" for file in files)
    for file in files:
        content = file.read_bytes()
        assert DEMO_KEY.encode() not in content, file
        if demo.dbt_folder.resolve() in file.resolve().parents:
            assert named_in(content.decode("utf-8", "replace").lower(), contacts) == set(), file


def test_no_published_column_holds_what_looks_like_an_address_or_a_number(demo):
    odd = {
        column: found[:3]
        for column, values in texts(demo.marts)
        if (found := [v for v in values if ADDRESS.search(v) or WRITTEN_NUMBER.search(v)])
    }
    assert odd == {}


@pytest.mark.parametrize(
    "text",
    [
        "ada@shop.example",
        "https://shop.example/?mail=ada.l+x@shop.example",
        "+49 170 1234567",
        "+491701234567",
        "call (030) 1234567",
        "030/123 45 67",
    ],
)
def test_an_address_or_a_number_would_be_seen(text):
    assert ADDRESS.search(text) or WRITTEN_NUMBER.search(text)
