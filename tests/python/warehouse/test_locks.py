"""One build at a time, and what others who have a file open do to it."""

import subprocess
import sys
import time
from contextlib import contextmanager

import duckdb
import pytest
from builds import ROOT, failed, raw_shop, run_build, start_build

from personalization.warehouse.build import run_dbt
from personalization.warehouse.locks import only_build_of
from personalization.warehouse.places import BuildError

LOCKING = """
import sys
from pathlib import Path
from personalization.warehouse.locks import only_build_of
with only_build_of(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
OPENING = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "reader")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(program: str, *arguments: str):
    """Another process while it holds what the program takes hold of."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program, *arguments], **pipes) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_build_of_one_warehouse_ends_at_once_and_of_another_does_not(tmp_path):
    warehouse = tmp_path / "warehouse.duckdb"
    with another_process(LOCKING, str(warehouse)):
        output = failed(run_build(tmp_path))
        assert f"Another build is at work on the warehouse {warehouse}" in output
        assert "WAREHOUSE_PATH of its own" in output
        assert not warehouse.exists()
        with only_build_of(tmp_path / "other.duckdb"):
            pass


def test_another_name_of_the_same_warehouse_is_locked_too(tmp_path):
    (tmp_path / "link").mkdir()
    (tmp_path / "link/warehouse.duckdb").symlink_to(tmp_path / "warehouse.duckdb")
    with only_build_of(tmp_path / "warehouse.duckdb"):
        assert "Another build" in failed(run_build(tmp_path / "link"))


def test_a_killed_build_leaves_no_lock(tmp_path):
    with another_process(LOCKING, str(tmp_path / "warehouse.duckdb")) as process:
        process.kill()
        process.wait()
        with only_build_of(tmp_path / "warehouse.duckdb"):
            pass


def test_a_build_that_is_told_to_stop_ends_dbt_with_it(tmp_path):
    build = start_build(tmp_path)
    while "Landed" not in build.stdout.readline():
        assert build.poll() is None
    build.terminate()
    output, _ = build.communicate()
    assert build.returncode == 130
    assert output.strip() == "Interrupted: the last publication stays as it was."
    with only_build_of(tmp_path / "warehouse.duckdb"):
        duckdb.connect(str(tmp_path / "warehouse.duckdb")).close()


def test_while_the_dbt_of_a_killed_build_lives_the_warehouse_is_locked(tmp_path):
    build = start_build(tmp_path, DBT_ARGS="--select stg_landing__files")
    while "Landed" not in build.stdout.readline():
        assert build.poll() is None
    build.kill()
    build.wait()
    refused = 0
    for _ in range(600):
        try:
            with only_build_of(tmp_path / "warehouse.duckdb"):
                break
        except BuildError:
            refused += 1
            time.sleep(0.1)
    else:
        pytest.fail("dbt never ended")
    assert refused


@pytest.mark.parametrize("who", ["reader", "writer"])
def test_a_warehouse_that_is_open_elsewhere_is_named_before_anything_is_changed(tmp_path, who):
    warehouse = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(warehouse)).close()
    with another_process(OPENING, str(warehouse), who) as process:
        output = failed(run_build(tmp_path))
        assert f"{warehouse} is open in another process, " in output
        assert f"(PID {process.pid}), and DuckDB lets no build in" in output
        assert "Close it there" in output
        assert [file.name for file in tmp_path.glob("*before*")] == []


def test_a_warehouse_that_is_opened_as_dbt_starts_is_named_too(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    warehouse = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(warehouse)).close()
    with (
        another_process(OPENING, str(warehouse), "reader"),
        only_build_of(warehouse) as lock,
        pytest.raises(BuildError) as raised,
    ):
        run_dbt(raw_shop(), warehouse, None, lock)
    assert str(raised.value).startswith(f"{warehouse} is open in another process")
    assert "\n" not in str(raised.value)
