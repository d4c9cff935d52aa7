"""Copies of tables from one DuckDB file to another: the publication and the state."""

import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from personalization.warehouse.locks import is_being_written
from personalization.warehouse.places import memory_limit, spill_folder

# A version that older DuckDB readers open.
STORAGE_VERSION = "v1.4.0"

# A plain copy gains nothing by the blocks that DuckDB would keep in mind: gigabytes of them.
_LITTLE_MEMORY = """set memory_limit =
    least(1000000000, parse_formatted_bytes(current_setting('memory_limit'))) || ' bytes'
"""

# The column that dates a row of each state table, so that a replay sees what was known then.
# Whoever was erased comes back in no replay.
STATE_TIMES = {
    "int_loads": "as_of",
    "int_customer_assignments": "assigned_as_of",
    "ml_kept_trials": "retrained_at",
    "int_erasures": None,
}


@contextmanager
def copied(
    source: Path, target: Path, queries: dict[str, str], afterwards: list[str] | None = None
) -> Iterator[dict[str, int]]:
    """Write the results of queries over one file into a new file; after the body put it in place.

    queries : query by the name of its table, ``schema.table``; tables of the source stand in the
        database ``source``.
    afterwards : statements to run over the database ``target`` when all tables stand.

    Yields the row count by table. Readers of an older target see it whole until the rename; if the
    body raises, it stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{fresh_prefix(target)}{os.getpid()}")
    counts = {}
    try:
        limits = {"memory_limit": memory_limit(), "temp_directory": str(spill_folder(source))}
        with duckdb.connect(config=limits) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute("set enable_progress_bar = false")
            if source.exists():
                connection.execute(f"attach {quoted(source)} as source (read_only)")
            connection.execute(
                f"attach {quoted(fresh)} as target (storage_version '{STORAGE_VERSION}')"
            )
            for schema in sorted({name.split(".")[0] for name in queries}):
                connection.execute(f"create schema target.{schema}")
            for name, query in queries.items():
                connection.execute(f"create table target.{name} as {query}")
                counted = connection.execute(f"select count(*) from target.{name}")
                [(counts[name],)] = counted.fetchall()
            for statement in afterwards or []:
                connection.execute(statement)
            connection.execute("detach target")
        yield counts
        fresh.replace(target)
    finally:
        _unlink_database(fresh)


def fresh_prefix(target: Path) -> str:
    """Return how the names of what is written beside a file, to replace it or for it, begin."""
    return f".{target.name}."


def clear_leftovers(target: Path) -> None:
    """Remove what killed builds left beside a file, but not what another one is writing now."""
    for left in target.parent.glob(glob.escape(fresh_prefix(target)) + "*"):
        if left.is_dir():
            shutil.rmtree(left)
        elif left.suffix != ".wal" and not is_being_written(left):
            _unlink_database(left)


def _unlink_database(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)


@contextmanager
def published(
    warehouse: Path,
    marts: Path,
    keys: dict[str, list[str]],
    comments: dict[str, str],
) -> Iterator[dict[str, int]]:
    """Copy every mart, ordered by its key; after the body put the publication in place.

    keys : key columns by table name; tables that the warehouse does not hold are left out.
    comments : descriptions by ``table`` and ``table.column``, for whoever opens the file.

    Yields the row count by mart.
    """
    there = tables(warehouse, "marts")
    queries = {
        f"marts.{name}": f"select * from source.marts.{name} order by "
        + ", ".join(f'"{column}"' for column in key)
        for name, key in sorted(keys.items())
        if name in there
    }
    described = [
        f"comment on {'column' if '.' in name else 'table'} target.marts.{quoted_name(name)} "
        f"is {quoted(text)}"
        for name, text in comments.items()
        if name.split(".")[0] in there
    ]
    with copied(warehouse, marts, queries, described) as counts:
        yield counts


def quoted_name(name: str) -> str:
    """Quote the parts of ``table`` or ``table.column``: some columns bear names of keywords."""
    return ".".join(f'"{part}"' for part in name.split("."))


def aside_of(warehouse: Path) -> Path:
    """Return the file that holds a warehouse's state while a build is on its way."""
    return warehouse.with_suffix(".state-before.duckdb")


def put_state_aside(warehouse: Path) -> None:
    """Keep the state as it is before a build: one that fails or is killed must not change it."""
    copy_state(warehouse, aside_of(warehouse))


def give_back_state(warehouse: Path) -> None:
    """Put the state back as it was before a build that did not end green, if there was one."""
    aside = aside_of(warehouse)
    if not aside.exists():
        return
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as warehouse")
        connection.execute(f"attach {quoted(aside)} as aside (read_only)")
        connection.execute("begin")
        connection.execute("drop schema if exists warehouse.state cascade")
        for name in sorted(tables(aside, "state")):
            connection.execute("create schema if not exists warehouse.state")
            connection.execute(
                f"create table warehouse.state.{name} as select * from aside.state.{name}"
            )
        connection.execute("commit")
    aside.unlink()


def copy_state(source: Path, target: Path, as_of: datetime | None = None) -> None:
    """Copy the state into a new file, if as_of is given only as far as it was known by then."""
    with state_copied(source, target, as_of):
        pass


@contextmanager
def state_copied(source: Path, target: Path, as_of: datetime | None = None) -> Iterator[None]:
    """Copy the state as copy_state does; after the body put the copy in place."""
    there = tables(source, "state")
    queries = {}
    for name, time in STATE_TIMES.items():
        if name in there:
            known = f" where {time} <= timestamp '{as_of}'" if as_of and time else ""
            queries[f"state.{name}"] = f"select * from source.state.{name}{known} order by all"
    with copied(source, target, queries):
        yield


def rewrite(warehouse: Path, afterwards: list[str]) -> None:
    """Write a warehouse anew: what was deleted from it stays in the bytes of the old file.

    afterwards : statements to run over the new file, the database ``target``.
    """
    copy = [_LITTLE_MEMORY, "copy from database source to target", *afterwards]
    with copied(warehouse, warehouse, {}, copy):
        pass


def newest_as_of(warehouse: Path) -> datetime | None:
    """Return the newest moment the warehouse was ever built for; None if there is none."""
    if "int_loads" not in tables(warehouse, "state"):
        return None
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as file (read_only)")
        return connection.execute("select max(as_of) from file.state.int_loads").fetchall()[0][0]


def tables(path: Path, schema: str) -> set[str]:
    """Return the names of a schema's tables in a DuckDB file; none if there is no such file."""
    if not path.exists():
        return set()
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(path)} as file (read_only)")
        rows = connection.execute(
            """select table_name from duckdb_tables()
            where database_name = 'file' and schema_name = ?""",
            [schema],
        ).fetchall()
    return {name for (name,) in rows}


def quoted(text: Path | str) -> str:
    """Quote text, such as a path, as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"
