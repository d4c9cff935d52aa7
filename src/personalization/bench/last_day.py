"""The last events of a world, held back to be delivered as another day would be."""

import shutil
from pathlib import Path

import duckdb

from personalization.provers.cutting import TIMES
from personalization.provers.runs import raw_files
from personalization.warehouse.copies import quoted

SHARE = 0.01
_EVENTS = ("web_events", "esp_sends", "esp_events", "channel_events", "consent_events")


def hold_back(raw_data: Path, day: Path, share: float = SHARE) -> int:
    """Move the last share of web events, and all events and orders since, into files of a day.

    raw_data : the raw tables of a world; its files keep their names.
    day : folder of raw tables that is made; see `deliver`.

    Returns the rows that were moved.
    """
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        [(first,)] = connection.execute(
            f"select quantile_disc({_time('web_events')}, {1 - share}) from "
            f"{_rows(raw_data, 'web_events')}"
        ).fetchall()
        since = f">= timestamp '{first}'"
        connection.execute(
            "create table late_orders as select cast(order_id as varchar) as order_id "
            f"from {_rows(raw_data, 'shop_orders')} where {_time('shop_orders')} {since}"
        )
        is_late = {table: f"{_time(table)} {since}" for table in (*_EVENTS, "shop_orders")} | {
            "shop_order_lines": "cast(order_id as varchar) in (from late_orders)"
        }
        return sum(
            _move(connection, file, day / table / f"day-{file.name}", condition)
            for table, condition in is_late.items()
            for file in raw_files(raw_data, table)
        )


def deliver(day: Path, raw_data: Path) -> None:
    """Put the files of a day among the raw tables."""
    shutil.copytree(day, raw_data, dirs_exist_ok=True)


def _move(connection: duckdb.DuckDBPyConnection, file: Path, to: Path, condition: str) -> int:
    """Move rows of a file into another one; return how many."""
    to.parent.mkdir(parents=True, exist_ok=True)
    rest = file.with_suffix(".rest")
    rows = f"from {quoted(file)} where coalesce({condition}, false)"
    [(moved,)] = connection.execute(f"copy (select * {rows}) to {quoted(to)}").fetchall()
    connection.execute(
        f"copy (select * from {quoted(file)} where not coalesce({condition}, false)) "
        f"to {quoted(rest)} (format parquet)"
    )
    rest.replace(file)
    return moved


def _time(table: str) -> str:
    return f"try_cast(cast({TIMES[table]} as varchar) as timestamp)"


def _rows(raw_data: Path, table: str) -> str:
    files = ", ".join(quoted(file) for file in raw_files(raw_data, table))
    return f"read_parquet([{files}], union_by_name = true)"
