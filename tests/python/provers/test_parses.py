"""A build starts from the parse of another one, where nothing it depends on differs."""

import pytest
from builds import Build, run_build

from personalization.provers import parses

ARGUMENTS = "--select stg_landing__files"
IN_FULL = "Unable to do partial parsing"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder of parses after one build, and the build."""
    folder = tmp_path_factory.mktemp("parses")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parses, "FOLDER", folder / "kept")
        yield folder, built(folder / "first")


def built(folder) -> Build:
    folder.mkdir()
    build = run_build(folder, DBT_ARGS=ARGUMENTS)
    assert build.status == 0, build.output
    return build


def log(build: Build) -> str:
    return (build.dbt_folder / "logs/dbt.log").read_text()


def test_dbt_takes_a_parse_of_another_warehouse_for_its_own(kept):
    folder, first = kept
    assert IN_FULL in log(first)
    assert IN_FULL not in log(built(folder / "second"))


@pytest.mark.parametrize(
    ("stem", "others"),
    [
        ("warehouse", {"DBT_ARGS": "--vars '{list_length: 5}'"}),
        ("warehouse", {"AS_OF": "2026-01-01"}),
        ("another", {}),
    ],
)
def test_with_other_vars_or_another_database_nothing_is_lent(kept, stem, others):
    folder, _ = kept
    warehouse = folder / f"{stem}.duckdb"
    parses.lend(warehouse, {"DBT_ARGS": ARGUMENTS} | others)
    assert not (folder / f"{stem}.duckdb.dbt").exists()


def test_a_parse_that_lies_there_already_stays(kept, tmp_path):
    place = tmp_path / "warehouse.duckdb.dbt/target/partial_parse.msgpack"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"own")
    parses.lend(tmp_path / "warehouse.duckdb", {"DBT_ARGS": ARGUMENTS})
    assert place.read_bytes() == b"own"
