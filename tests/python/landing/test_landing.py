"""Whatever lies in RAW_DATA either builds or stops with one clear error."""

import shutil

import numpy as np
import pyarrow as pa
import pytest
from builds import failed, only, raw_shop, run_build, write_tables
from pyarrow import parquet

ORDER = {"order_id": "o1", "ordered_at": "2026-02-01", "currency": "EUR", "total": "10"}


def test_a_required_column_that_is_missing_is_named_with_its_table_and_the_fix(tmp_path):
    raw = write_tables(
        tmp_path / "raw", {"shop_orders": [{k: v for k, v in ORDER.items() if k != "total"}]}
    )
    output = failed(run_build(tmp_path, raw))
    assert "shop_orders" in output
    assert "lacks the required column total" in output
    assert "Add the column" in output


def test_a_raw_folder_that_is_not_there_is_named(tmp_path):
    assert f"RAW_DATA={tmp_path / 'nowhere'} is no folder" in failed(
        run_build(tmp_path, tmp_path / "nowhere")
    )


def test_an_as_of_that_is_no_moment_is_named(tmp_path):
    assert "AS_OF=Christmas is no moment" in failed(run_build(tmp_path, AS_OF="Christmas"))
    output = failed(run_build(tmp_path, DBT_ARGS="--vars '{as_of: Christmas}'"))
    assert "as_of is 'Christmas', which is no moment" in output


def test_a_folder_without_tables_builds_empty_marts_as_of_1990(tmp_path):
    build = run_build(tmp_path, write_tables(tmp_path / "raw", {}))
    assert build.status == 0, build.output
    assert build.query("select count(*) from dim_customers") == [(0,)]
    assert build.query("select as_of::varchar from feat_cutoffs where purpose = 'score'") == [
        ("1990-01-01 00:00:00",)
    ]


def test_one_guest_order_alone_builds(tmp_path):
    product = {"product_id": "p", "title": "Tea"}
    raw = write_tables(
        tmp_path / "raw",
        {"shop_orders": [ORDER | {"email": "a@b.example"}], "shop_products": [product]},
    )
    build = run_build(tmp_path, raw)
    assert build.status == 0, build.output
    assert build.query(
        "select list_name, product_id, source from fct_recommendations order by 1"
    ) == [
        ("discover", "p", "popular"),
        ("for_you", "p", "popular"),
    ]


def test_a_table_that_vanished_stops_the_build_unless_it_may(tmp_path):
    tables = {"shop_orders": [ORDER], "shop_products": [{"product_id": "p", "title": "Tea"}]}
    raw = write_tables(tmp_path / "raw", tables)
    loads_alone = only("fct_loads")
    assert run_build(tmp_path, raw, DBT_ARGS=loads_alone).status == 0
    published = (tmp_path / "marts.duckdb").read_bytes()
    (raw / "shop_products.parquet").unlink()
    output = failed(run_build(tmp_path, raw))
    assert "Raw table shop_products was there at the last build and is gone" in output
    assert "ALLOW_MISSING=1" in output
    assert (tmp_path / "marts.duckdb").read_bytes() == published
    allowed = run_build(tmp_path, raw, DBT_ARGS=loads_alone, ALLOW_MISSING="1")
    assert allowed.status == 0, allowed.output


def orders(rows: int, unreadable: int, copies: int = 1) -> list[dict]:
    totals = ["?"] * unreadable + ["1"] * (rows - unreadable)
    return [
        ORDER | {"order_id": f"o{n}", "total": total} for n, total in enumerate(totals)
    ] * copies


# Half is bearable; below a thousand rows all is; what was merely delivered twice does not count.
@pytest.mark.parametrize("rows", [orders(1000, 500), orders(999, 999), orders(500, 0, copies=3)])
def test_a_table_may_lose_half_of_its_thousand_rows(tmp_path, rows):
    raw = write_tables(tmp_path / "raw", {"shop_orders": rows})
    build = run_build(tmp_path, raw, DBT_ARGS=only("quarantined_counts"))
    assert build.status == 0, build.output


def test_a_table_that_loses_more_than_half_of_its_thousand_rows_stops_the_build(tmp_path):
    raw = write_tables(tmp_path / "raw", {"shop_orders": orders(1000, 501)})
    output = failed(run_build(tmp_path, raw, DBT_ARGS=only("quarantined_counts")))
    assert (
        "raw table shop_orders: 501 of 1000 rows were refused, more than max_refused_share 0.5"
        in output
    )


def test_text_or_typed_and_one_file_or_many_give_the_same_marts(shop, tmp_path):
    raw = tmp_path / "raw"
    for folder in raw_shop().iterdir():
        (raw / folder.name).mkdir(parents=True)
        for file in folder.iterdir():
            table = as_text(parquet.read_table(file))
            # Backwards and in pieces, with a column nobody asked for.
            table = table.take(np.arange(len(table))[::-1]).append_column(
                "extra", pa.nulls(len(table))
            )
            for piece in range(2):
                parquet.write_table(
                    table.slice(piece * (len(table) // 2), None if piece else len(table) // 2),
                    raw / folder.name / f"{file.stem}-{piece}.parquet",
                )
    build = run_build(tmp_path, raw)
    assert build.status == 0, build.output
    ours, theirs = build.tables(), shop.tables()
    assert len(ours) >= 14
    assert {n for n in ours if ours[n] != theirs[n]} == {"fct_loads"}


def as_text(table: pa.Table) -> pa.Table:
    """Every column as text, as a loader without types would deliver it."""

    def text(value):
        if isinstance(value, float) and value == int(value):
            return str(int(value))
        return None if value is None else str(value)

    return pa.table(
        {
            name: pa.array(
                [text(v) if v == v else None for v in table[name].to_pylist()], pa.string()
            )
            for name in table.column_names
        }
    )


def test_a_file_that_is_no_parquet_is_named(tmp_path):
    raw = write_tables(tmp_path / "raw", {"shop_orders": [ORDER]})
    (raw / "shop_refunds.parquet").write_text("refund_id,amount\n")
    (raw / "shop_reviews.parquet").touch()
    output = failed(run_build(tmp_path, raw))
    assert "2 raw files are no Parquet; deliver them again or take them away" in output
    assert "shop_refunds.parquet" in output
    assert "shop_reviews.parquet" in output


def test_files_that_lie_elsewhere_are_said_to_be_ignored(tmp_path):
    raw = tmp_path / "raw"
    shutil.copytree(raw_shop() / "shop_orders", raw / "shop_order")
    shutil.copytree(raw_shop() / "shop_orders", raw / "shop_orders/dt=2025-01-01")
    build = run_build(tmp_path, raw, DBT_ARGS="--select stg_landing__files")
    assert "shop_order is no raw table of the contract" in build.output
    assert "dt=2025-01-01/text.parquet: files lie at <table>.parquet" in build.output


def test_two_contents_that_look_alike_when_joined_are_two_rows_of_quarantine(tmp_path):
    bad = ORDER | {"ordered_at": "bad"}
    rows = [
        bad | {"discount_codes": "a,1:b", "source_name": "c"},
        bad | {"discount_codes": "a", "source_name": "b,1:c"},
    ]
    raw = write_tables(
        tmp_path / "raw", {"shop_orders": [rows[0] | {"_loaded_at": "2026-02-02"}, *rows]}
    )
    build = run_build(tmp_path, raw, DBT_ARGS=only("quarantined_rows"))
    assert build.status == 0, build.output
    assert build.query("select copy_count from quarantined_rows order by 1") == [(1,), (2,)]
