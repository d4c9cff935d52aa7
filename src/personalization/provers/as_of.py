"""The as_of prover: nothing that happens from a moment on moves any row of any mart.

`as_of: T` on the whole history has to equal a build of the history cut off at T, both from an empty
state. The two differ in nothing but what T must hide, so every difference is a leak.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from personalization.provers.cutting import cut
from personalization.provers.runs import (
    OF_DELIVERIES,
    differences,
    fresh_folder,
    green_build,
    marts_of,
    raw_files,
)
from personalization.warehouse.copies import quoted
from personalization.warehouse.places import BuildError


def two_moments(raw_data: Path) -> list[datetime]:
    """Return midnight of the day half the orders are before, and the instant of a late order.

    Of that order itself, which happens at the moment, nothing may be seen.

    Raises BuildError if there are no orders to go by.
    """
    files = raw_files(raw_data, "shop_orders")
    if not files:
        raise BuildError(f"{raw_data} holds no shop_orders to choose moments by; give --moment")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        times = " union all ".join(
            "select try_cast(cast(ordered_at as varchar) as timestamptz) as ordered_at "
            f"from {quoted(file)}"
            for file in files
        )
        [(half, most)] = connection.execute(
            f"""select date_trunc('day', quantile_disc(cast(ordered_at as timestamp), 0.5)),
            quantile_disc(cast(ordered_at as timestamp), 0.9) from ({times})"""
        ).fetchall()
    return [half, most]


def prove(
    raw_data: Path, moment: datetime, folder: Path, say: Callable[[str], None] = print
) -> dict[str, str]:
    """Build a moment from the whole and from the cut-off history; return the marts that differ.

    folder : emptied, then filled with both builds; it stays for a look at what differs.
    """
    fresh_folder(folder)
    whole = green_build(folder / "whole", raw_data, AS_OF=moment.isoformat(" "))
    left_out = cut(whole, moment, folder / "history")
    say(f"as_of {moment}: {sum(left_out.values()):,} raw rows are later or cut off")
    early = green_build(folder / "cut", folder / "history", AS_OF=moment.isoformat(" "))
    found = differences(whole.marts, early.marts, OF_DELIVERIES)
    for mart, rows in marts_of(whole.marts).items():
        if mart not in OF_DELIVERIES:
            equal = "equal" if rows else "equal, for both are empty"
            say(f"  {mart:<34}{rows:>10,} rows  {found.get(mart, equal)}")
    return found
