"""Want of memory or disk: it is named, harms nothing, and leaves nothing behind."""

import resource
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from builds import failed, run_build

from personalization.warehouse import copies
from personalization.warehouse.causes import cause_of, explained
from personalization.warehouse.dbt import failure
from personalization.warehouse.places import spill_folder

MEMORY = "Out of Memory Error: could not allocate block of size 256.0 KiB (95.3 MiB/95.3 MiB used)"
SPILL = "Out of Memory Error: failed to offload data block of size 256.0 KiB (0 bytes/0 bytes used)"
FULL = 'IO Error: Could not write file "/disk/warehouse.duckdb": No space left on device'


@contextmanager
def files_up_to(size: int):
    """Let no file of this process and its children grow beyond a size in bytes."""
    _, most = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MEMORY, "DuckDB ran out of memory of its 95.3 MiB. Give it more by DUCKDB_MEMORY_LIMIT"),
        (SPILL, "no room to put data aside beside the warehouse"),
        (FULL, "The disk is full in /disk. Make room there"),
        ("OSError: [Errno 28] No space left on device", "The disk is full in /nowhere. Make room"),
        ("[Errno 28] No space left on device: '/disk/dbt.log'", "The disk is full in /disk."),
        (
            'Could not write file "/a/b.duckdb": File too large',
            "larger than the system allows in /a",
        ),
        ("numpy._core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB", "Python model"),
    ],
)
def test_each_want_of_room_is_told_with_its_cause_and_fix(text, said):
    assert said in cause_of(text, Path("/nowhere"))


def test_other_errors_are_told_as_they_are():
    assert cause_of("Conversion Error: Could not convert string 'a' to INT32") is None
    assert explained(["Failure in model a", "first", "first", "second"], Path()) == (
        "Failure in model a\nfirst\nsecond"
    )


def test_a_cause_that_struck_many_models_is_told_once_with_the_first_of_them():
    errors = [f"Runtime Error in model {name} ({name}.sql)\n  {FULL}" for name in ("a", "b")]
    told = explained(["Failure in model a (a.sql)", *errors, "Failure in test c"], Path())
    assert told.count("\n") == 1
    assert told.splitlines()[0].endswith("(Runtime Error in model a (a.sql))")
    assert told.splitlines()[1] == "Failure in test c"


def test_of_a_dbt_that_broke_down_only_the_last_line_is_shown():
    others = ["Traceback (most recent call last):\n", "  File x\n", "ValueError: odd\n", "\n"]
    log = Path("logs/dbt.log")
    assert failure(2, [], others, log, Path()) == "ValueError: odd; see logs/dbt.log"
    assert failure(2, [], [], log, Path()) == "dbt stopped; see logs/dbt.log"
    assert "by the system if memory ran out" in failure(-9, [], [], log, Path())
    assert "by the signal SIGSEGV" in failure(-11, [], others, log, Path())


def test_too_little_memory_is_named_with_its_amount_and_what_is_no_amount_is_refused(tmp_path):
    output = failed(run_build(tmp_path, DUCKDB_MEMORY_LIMIT="10MB"))
    assert "DuckDB ran out of memory of its 9.5 MiB" in output
    assert "Give it more by DUCKDB_MEMORY_LIMIT" in output
    output = failed(run_build(tmp_path, DUCKDB_MEMORY_LIMIT="lots"))
    assert "DUCKDB_MEMORY_LIMIT=lots is no amount of memory" in output


def test_a_build_that_finds_no_room_leaves_state_and_publication_as_they_were(copy):
    published = {
        name: (copy / name).read_bytes() for name in ("marts.duckdb", "marts.state.duckdb")
    }
    with files_up_to(3_000_000):
        output = failed(run_build(copy, AS_OF="2026-05-01"))
    assert f"A file grew larger than the system allows in {copy}" in output
    assert "ulimit -f" in output
    assert {name: (copy / name).read_bytes() for name in published} == published
    # What found no room to be given back at once, the next build gives back first.
    copies.give_back_state(copy / "warehouse.duckdb")
    assert copies.newest_as_of(copy / "warehouse.duckdb") == datetime(2026, 1, 1)


def test_a_publication_that_finds_no_room_leaves_the_old_one_and_no_part_of_a_new_one(tmp_path):
    source, target = tmp_path / "warehouse.duckdb", tmp_path / "marts.duckdb"
    with duckdb.connect(str(source)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.a as select md5(range::text) as id from range(99_999)"
        )
    target.write_text("old")
    with (
        files_up_to(100_000),
        pytest.raises(duckdb.Error, match="File too large"),
        copies.published(source, target, {"a": ["id"]}, {}),
    ):
        pytest.fail("there was room")
    assert target.read_text() == "old"
    assert {file.name for file in tmp_path.iterdir()} == {source.name, target.name}


def test_neither_of_two_copies_is_put_in_place_if_the_second_fails(tmp_path):
    source = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(source)).close()
    with (
        pytest.raises(duckdb.CatalogException),
        copies.state_copied(source, tmp_path / "marts.state.duckdb"),
        copies.copied(source, tmp_path / "marts.duckdb", {"marts.a": "select * from missing"}),
    ):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["warehouse.duckdb"]


def test_builds_and_copies_put_data_aside_beside_the_warehouse(tmp_path, monkeypatch):
    warehouse, target = tmp_path / "warehouse.duckdb", tmp_path / "copy.duckdb"
    settings = "select current_setting('temp_directory'), current_setting('memory_limit')"
    with duckdb.connect(str(warehouse)) as connection:
        assert connection.execute(settings).fetchall()[0][0] == str(spill_folder(warehouse))
    monkeypatch.setenv("DUCKDB_MEMORY_LIMIT", "1GiB")
    with copies.copied(warehouse, target, {"copy.settings": settings}):
        pass
    with duckdb.connect() as connection:
        connection.execute(f"attach '{target}' as target (read_only)")
        found = connection.execute("from target.copy.settings").fetchall()
    assert found == [(str(spill_folder(warehouse)), "1.0 GiB")]


def test_the_next_build_removes_what_a_killed_one_left_and_nothing_else(tmp_path):
    written = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(); sys.stdin.read()"
    for name in (".marts.duckdb.1", ".marts.state.duckdb.1", ".warehouse.duckdb.1"):
        duckdb.connect(str(tmp_path / name)).close()
        (tmp_path / f"{name}.wal").touch()
    for name in (".warehouse.duckdb.replay", "warehouse.duckdb.tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part").touch()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    at_work = tmp_path / ".marts.duckdb.2"
    with subprocess.Popen([sys.executable, "-c", written, at_work], **pipes) as other:
        other.stdout.readline()
        before = {file.name for file in tmp_path.iterdir()}
        build = run_build(tmp_path, DBT_ARGS="--select stg_landing__files")
        other.communicate()
    assert build.status == 0, build.output
    assert len(before) == 9
    assert {file.name for file in tmp_path.iterdir()} == {
        ".marts.duckdb.2",
        "marts.duckdb",
        "marts.state.duckdb",
        "warehouse.duckdb",
        "warehouse.duckdb.dbt",
        "warehouse.duckdb.lock",
    }
