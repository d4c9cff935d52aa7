"""The delivery prover: in whatever pieces a history arrives, the marts come out the same.

The history comes in three deliveries by time, one row in twenty late by a delivery or two. The
second holds a file of the first once more under another name, and a day's orders with wrong totals,
which the third corrects under the same name. The marts then have to equal those of one delivery
built from nothing with the same customer ids.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from personalization.provers.cutting import TIMES
from personalization.provers.runs import (
    OF_DELIVERIES,
    Build,
    differences,
    fresh_folder,
    green_build,
    raw_files,
    run_build,
)
from personalization.provers.verdicts import Verdict, told
from personalization.warehouse import copies
from personalization.warehouse.copies import quoted
from personalization.warehouse.places import BuildError

DELIVERIES = 3
# Of so many rows of a file one is late, the first of them by one delivery, the next by two.
_LATE = 20
CORRECTED = "shop_orders/corrected-day.parquet"


def prove(raw_data: Path, folder: Path, say: Callable[[str], None] = print) -> list[Verdict]:
    """Deliver a history in pieces, then at once; return whether each claim holds.

    folder : emptied, then filled with deliveries and builds.
    """
    fresh_folder(folder)
    raw, pieces = folder / "raw", folder / "pieces"
    rows = split(raw_data, pieces)
    build = None
    for number in range(1, DELIVERIES + 1):
        shutil.copytree(pieces / str(number), raw, dirs_exist_ok=True)
        build = green_build(folder / "shop", raw)
        say(f"delivery {number}: {rows[number]:,} rows, built")
    return told(_all(build, raw, raw_data, folder), say)


def _all(build: Build, raw: Path, raw_data: Path, folder: Path) -> Iterator[Verdict]:
    yield _names_the_change(build, raw, "a corrected file")
    found = differences(
        build.marts, _at_once(build, raw_data, folder / "once").marts, OF_DELIVERIES
    )
    yield Verdict("three deliveries give the marts of one", not found, _listed(found))
    yield _refuses_a_vanished_table(build, raw)
    flip_a_bit(raw / CORRECTED)
    flipped = green_build(folder / "shop", raw)
    yield _names_the_change(flipped, raw, "a file with a flipped bit")


def split(raw_data: Path, pieces: Path) -> dict[int, int]:
    """Write the files of each delivery into a folder named by its number; return their rows.

    Raises BuildError if the raw tables hold no orders to go by.
    """
    rows = dict.fromkeys(range(1, DELIVERIES + 1), 0)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        orders = raw_files(raw_data, "shop_orders")
        if not orders:
            raise BuildError(f"{raw_data} holds no shop_orders, by which deliveries are parted")
        connection.execute(
            "create table order_times as "
            + " union all ".join(
                f"select cast(order_id as varchar) as order_id, "
                f"{_time('ordered_at')} as ordered_at from {quoted(file)}"
                for file in orders
            )
        )
        [bounds] = connection.execute(
            "select quantile_disc(ordered_at, [1 / 3, 2 / 3]) from order_times"
        ).fetchall()
        for file in sorted([*raw_data.glob("*.parquet"), *raw_data.glob("*/*.parquet")]):
            table = file.parent.name if file.parent != raw_data else file.stem
            if table == "truth":
                continue
            connection.execute(f"create or replace table file as {_parted(table, file, bounds[0])}")
            for number in rows:
                part = f"from file where delivery = {number}"
                [(count,)] = connection.execute(f"select count(*) {part}").fetchall()
                if count:
                    path = pieces / str(number) / table / f"{file.stem}-{number}.parquet"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    connection.execute(
                        f"copy (select * exclude (delivery) {part}) to {quoted(path)}"
                    )
                    rows[number] += count
    if len(list((pieces / "1").iterdir())) < 2:
        raise BuildError(f"{raw_data} holds no raw table beside shop_orders, that could vanish")
    again = min((pieces / "1" / "shop_orders").glob("*.parquet"))
    shutil.copy(again, pieces / "2" / "shop_orders" / "delivered-again.parquet")
    _correct_a_day(max(orders, key=lambda file: file.stat().st_size).stem, pieces)
    return rows


def _time(column: str) -> str:
    return f"cast(try_cast(cast({column} as varchar) as timestamptz) as timestamp)"


def _parted(table: str, file: Path, bounds: list) -> str:
    """Return a query of a file's rows with the delivery each comes in."""
    first, second = (f"timestamp '{bound}'" for bound in bounds)
    if table == "shop_order_lines":
        moment = (
            "(select min(ordered_at) from order_times "
            "where order_times.order_id = cast(landed.order_id as varchar))"
        )
    else:
        moment = _time(TIMES[table]) if table in TIMES else "timestamp '1990-01-01'"
    # Any age can be late: by the row's number, not by its time.
    return f"""select landed.* exclude (file_row_number), least({DELIVERIES}, case
            when coalesce({moment}, {first}) <= {first} then 1
            when {moment} <= {second} then 2
            else 3
        end + case when file_row_number % {_LATE} = 0
            then 1 + file_row_number // {_LATE} % 2 else 0 end
        ) as delivery
        from read_parquet({quoted(file)}, file_row_number = true) as landed"""


def _correct_a_day(stem: str, pieces: Path) -> None:
    """Move a day of the second delivery's orders into a file of its own, wrong at first."""
    whole = pieces / "2" / "shop_orders" / f"{stem}-2.parquet"
    wrong, right = pieces / "2" / CORRECTED, pieces / "3" / CORRECTED
    right.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"create table orders as from {quoted(whole)}")
        day = f"cast({_time('ordered_at')} as date)"
        [(chosen,)] = connection.execute(
            f"select {day} from orders group by 1 order by count(*) desc, 1 limit 1"
        ).fetchall()
        mine = f"from orders where {day} = date '{chosen}'"
        # Without compression a bit can be flipped later that leaves the file readable.
        kind = "(format parquet, compression uncompressed)"
        connection.execute(f"copy (select * {mine}) to {quoted(right)} {kind}")
        connection.execute(
            "copy (select * replace (cast(cast(total as decimal(18, 2)) * 2 as varchar) as total) "
            f"{mine}) to {quoted(wrong)} {kind}"
        )
        connection.execute(
            f"copy (from orders where {day} is distinct from '{chosen}') to {quoted(whole)}"
        )


def flip_a_bit(file: Path) -> None:
    """Flip the lowest bit of one character of the first order's id, wherever the file holds it."""
    with duckdb.connect() as connection:
        [(order_id,)] = connection.execute(f"select min(order_id) from {quoted(file)}").fetchall()
    content, text = file.read_bytes(), str(order_id).encode()
    place = content.index(text) + len(text) - 1
    file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])


def _names_the_change(build: Build, raw: Path, what: str) -> Verdict:
    """Judge whether a file with new content under its old name was told of, twice."""
    sha = hashlib.sha256((raw / CORRECTED).read_bytes()).hexdigest()
    loaded = build.query(
        "select file_name from fct_loads "
        f"where file_sha256 = '{sha}' and replaced_file_sha256 is not null"
    )
    line = next((x for x in build.output.splitlines() if CORRECTED in x), "nothing in the output")
    seen = line if loaded else f"{line}; nothing in fct_loads"
    claim = f"{what} is named in the output and in fct_loads, and the build goes on"
    return Verdict(claim, CORRECTED in line and loaded == [(CORRECTED,)], seen)


def _at_once(build: Build, raw_data: Path, folder: Path) -> Build:
    """Build the whole history from nothing but the ids that were assigned."""
    table = "state.int_customer_assignments"
    state = folder / "marts.state.duckdb"
    with copies.copied(build.warehouse, state, {table: f"select * from source.{table}"}):
        pass
    return green_build(folder, raw_data)


def _refuses_a_vanished_table(build: Build, raw: Path) -> Verdict:
    before = build.marts.read_bytes()
    gone = next(f for f in sorted(raw.iterdir()) if f.is_dir() and f.name != "shop_orders")
    away = raw.with_name("vanished")
    shutil.move(gone, away)
    refused = run_build(build.warehouse.parent, raw)
    shutil.move(away, gone)
    said = f"Raw table {gone.name} was there at the last build and is gone"
    is_kept = build.marts.read_bytes() == before
    return Verdict(
        "a table that vanishes is refused and the publication stays",
        refused.status == 1 and said in refused.output and is_kept,
        said if said in refused.output else refused.output[-300:],
    )


def _listed(found: dict[str, str]) -> str:
    return "; ".join(f"{mart}: {what}" for mart, what in found.items()) or "all marts equal"
