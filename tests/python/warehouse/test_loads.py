"""A raw file whose content changed under its old name, a correction or a flipped bit, is told."""

import hashlib
import shutil

import duckdb
import pytest
from builds import Build, only, raw_shop, run_build
from pyarrow import parquet

NAME = "esp_events/typed.parquet"


def sha256(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def state(build: Build) -> list[tuple]:
    """All rows of the loads, as the warehouse and the export hold them."""
    rows = []
    for file in (build.warehouse, build.marts.with_suffix(".state.duckdb")):
        with duckdb.connect() as connection:
            connection.execute(f"attach '{file}' as file (read_only)")
            rows.append(connection.execute("from file.state.int_loads order by all").fetchall())
    assert rows[0] == rows[1]
    return rows[0]


def changed(build: Build) -> list[str]:
    """The lines of a build's output that tell of changed files."""
    assert build.status == 0, build.output
    return [line for line in build.output.splitlines() if "under its old name" in line]


@pytest.fixture
def corrected(tmp_path):
    """The raw tables of the small shop, one file of them without its last row."""
    folder = tmp_path / "corrected"
    shutil.copytree(raw_shop(), folder)
    table = parquet.read_table(folder / NAME)
    parquet.write_table(table.slice(0, len(table) - 1), folder / NAME)
    return folder


def test_a_changed_file_is_told_once_in_the_output_and_kept_in_the_loads(copy, corrected):
    first = run_build(copy, corrected)
    assert len(changed(first)) == 1
    assert f"Raw file {NAME} changed its content" in changed(first)[0]
    assert "a correction, or a damaged file" in changed(first)[0]
    assert "fct_loads" in changed(first)[0]
    old, new = sha256(raw_shop() / NAME), sha256(corrected / NAME)
    replaced = f"select replaced_file_sha256 from fct_loads where file_name = '{NAME}' and "
    assert first.query(replaced + f"file_sha256 = '{new}'") == [(old,)]
    assert first.query("select count(*) from fct_loads where replaced_file_sha256 is not null") == [
        (1,)
    ]
    marts, loads = first.tables(), state(first)

    second = run_build(copy, corrected, DBT_ARGS=only("fct_loads"))
    assert changed(second) == []
    assert second.tables() == marts
    assert state(second) == loads

    back = run_build(copy, DBT_ARGS=only("fct_loads"))
    assert len(changed(back)) == 1
    assert back.query(replaced + f"file_sha256 = '{old}'") == [(new,)]
    contents = [row[4] for row in sorted(state(back)) if row[3] == NAME]
    assert contents == [old, new, old]


def test_of_many_changed_files_three_are_named_and_the_rest_is_counted(copy, corrected):
    for name in ("ad_spend", "web_events", "shop_orders", "esp_sends"):
        table = parquet.read_table(corrected / name / "typed.parquet")
        parquet.write_table(table.slice(1), corrected / name / "typed.parquet")
    build = run_build(copy, corrected, DBT_ARGS=only("fct_loads"))
    assert [line.split()[2] for line in changed(build)] == [
        "ad_spend/typed.parquet",
        "esp_events/typed.parquet",
        "esp_sends/typed.parquet",
    ]
    assert build.output.count("changed under their old names: 2, see fct_loads") == 1


def test_loads_of_an_older_version_are_numbered_and_nothing_else_changes(shop, copy):
    before = state(shop)
    with duckdb.connect(str(copy / "warehouse.duckdb")) as connection:
        connection.execute(
            """create or replace table warehouse.state.int_loads as
            select as_of, table_name, file_name, file_sha256, row_count
            from warehouse.state.int_loads
            union all
            select timestamp '2025-01-01', 'ad_spend', 'old.parquet', 'b', 1
            union all
            select timestamp '2025-01-01', 'ad_spend', 'old.parquet', 'a', 1"""
        )
    build = run_build(copy, DBT_ARGS=only("fct_loads"))
    assert changed(build) == []
    assert "numbered by build" in build.output
    older, same = state(build)[:2], state(build)[2:]
    assert [(row[0], row[4]) for row in older] == [(1, "a"), (2, "b")]
    assert [(row[0] - 2, *row[1:]) for row in same] == before
