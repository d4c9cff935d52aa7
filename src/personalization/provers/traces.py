"""What names people and nobody else, and where it is still found."""

import re
from pathlib import Path

import duckdb

from personalization.provers.runs import Build
from personalization.warehouse.copies import quoted

# A shorter text may stand anywhere by chance.
_LENGTH = 6


def traces_of(build: Build, customers: set[str], others: Path) -> set[str]:
    """Return addresses, numbers and ids of customers that stand nowhere in other raw tables.

    build : a build that knows the customers.
    others : raw tables without them.
    """
    gone = ", ".join(map(quoted, sorted(customers)))
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(build.warehouse)} as shop (read_only)")
        connection.execute("use shop")
        rows = connection.sql(
            f"""with theirs as (
                select identifier_key from intermediate.int_identifier_customers
                where customer_id in ({gone})
            )
            select identifier_value from intermediate.int_identifiers
            inner join theirs using (identifier_key)
            where identifier_type not in ('email', 'phone')
            union
            select raw_value from pii.int_usable_contact_values
            inner join theirs using (identifier_key)"""
        ).fetchall()
        names = {name.lower() for (name,) in rows if len(name) >= _LENGTH}
        for file in sorted([*others.glob("*.parquet"), *others.glob("*/*.parquet")]):
            for column in connection.sql(f"from {quoted(file)}").columns:
                values = (
                    f"""select distinct lower(cast("{column}" as varchar)) from {quoted(file)}"""
                )
                names -= _in(connection, values, names)
    return names


def texts_found(warehouse: Path, names: set[str]) -> list[str]:
    """Return the columns of a warehouse's tables in which a name stands; the raw files aside."""
    found = []
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as shop (read_only)")
        connection.execute("use shop")
        columns = connection.sql(
            """select schema_name, table_name, column_name from duckdb_columns()
            where database_name = 'shop' and schema_name != 'raw'
                and data_type not in ('BIGINT', 'INTEGER', 'DOUBLE', 'BOOLEAN', 'TIMESTAMP', 'DATE')
            order by all"""
        ).fetchall()
        for schema, table, column in columns:
            values = f'select distinct lower(cast("{column}" as varchar)) from {schema}.{table}'
            if _in(connection, values, names):
                found.append(f"{schema}.{table}.{column}")
    return found


def bytes_found(folder: Path, names: set[str]) -> list[str]:
    """Return the files under a folder whose bytes hold a name, in whatever case it was read."""
    found = []
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        content = file.read_bytes().lower()
        if any(name.encode() in content for name in names):
            found.append(str(file.relative_to(folder)))
    return found


def _in(connection: duckdb.DuckDBPyConnection, values: str, names: set[str]) -> set[str]:
    """Return the names that stand in one of the texts that a query yields."""
    if not names:
        return set()
    pattern = "|".join(re.escape(name) for name in sorted(names))
    # An id is no part of a longer one.
    whole = f"(?:^|[^a-z0-9_.-])({pattern})(?:[^a-z0-9_.-]|$)"
    rows = connection.sql(
        f"select distinct regexp_extract(value, {quoted(whole)}, 1) from ({values}) as texts(value)"
    ).fetchall()
    return {name for (name,) in rows if name}
