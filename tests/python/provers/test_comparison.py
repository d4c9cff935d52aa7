"""Two publications are equal or it is said what differs."""

from pathlib import Path

import duckdb
import pytest

from personalization.provers.runs import differences

MARTS = "create table marts.dim as select 1 as id, 0.5::double as share, null::varchar as name"


def published(file: Path, *statements: str) -> Path:
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        for statement in (MARTS, *statements):
            connection.execute(statement)
    return file


def test_publications_of_equal_rows_do_not_differ(tmp_path):
    rows = "insert into marts.dim values (2, 1e-300, 'x'), (3, null, '')"
    ours, theirs = (published(tmp_path / f"{n}.duckdb", rows) for n in ("ours", "theirs"))
    assert differences(ours, theirs) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update marts.dim set name = ''", "1 rows in the first alone, 1 in the second"),
        ("update marts.dim set share = 0.5000000000000001", "1 rows in the first alone, 1 in the"),
        ("insert into marts.dim from marts.dim", "0 rows in the first alone, 1 in the second"),
        ("delete from marts.dim", "1 rows in the first alone, 0 in the second"),
        ("alter table marts.dim alter share type float", "the columns differ"),
        ("alter table marts.dim rename name to title", "the columns differ"),
        ("drop table marts.dim", "in one of the two alone"),
    ],
)
def test_what_differs_is_named(tmp_path, change, said):
    ours = published(tmp_path / "ours.duckdb")
    theirs = published(tmp_path / "theirs.duckdb", change)
    assert said in differences(ours, theirs)["dim"]
    assert differences(ours, theirs, exempt=["dim"]) == {}
