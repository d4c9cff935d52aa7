"""The last events of the demo, held back and delivered again."""

import shutil

import duckdb
import pytest
from builds import ROOT

from personalization.bench.last_day import deliver, hold_back


def rows(folder, table) -> list[tuple]:
    files = f"read_parquet('{folder}/{table}/*.parquet', union_by_name = true)"
    return duckdb.sql(f"select * from {files} order by all").fetchall()


@pytest.fixture
def raw(tmp_path):
    shutil.copytree(ROOT / "seeds/demo", tmp_path / "raw")
    return tmp_path / "raw"


def test_the_last_hundredth_is_moved_and_delivered_without_losing_a_row(raw, tmp_path):
    events, lines = rows(raw, "web_events"), rows(raw, "shop_order_lines")
    moved = hold_back(raw, tmp_path / "day")
    late = len(rows(tmp_path / "day", "web_events"))
    assert 0.009 < late / len(events) < 0.011
    assert len(rows(raw, "web_events")) == len(events) - late
    assert moved > late
    orders = {row[0] for row in rows(tmp_path / "day", "shop_orders")}
    assert orders
    with duckdb.connect() as connection:
        [(elsewhere,)] = connection.execute(
            f"select count(*) from '{raw}/shop_order_lines/*.parquet' "
            "where cast(order_id as varchar) in (select unnest(?))",
            [[str(order) for order in orders]],
        ).fetchall()
    assert elsewhere == 0

    deliver(tmp_path / "day", raw)
    assert rows(raw, "web_events") == events
    assert rows(raw, "shop_order_lines") == lines
