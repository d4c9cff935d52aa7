"""Whole runs of the command that users run, in folders of their own, and what they published."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from personalization.provers import parses
from personalization.warehouse.copies import quoted
from personalization.warehouse.places import BuildError, dbt_folder

# What tells of deliveries and not of the moment: CONTRACT.md, end of section 3.
OF_DELIVERIES = (
    "fct_loads",
    "quarantined_counts",
    "quarantined_rows",
    "rpt_data_quality",
)
# A third of a small build; what provers compare is more than data tests see.
UNTESTED = "--exclude-resource-type test"
WAREHOUSE, MARTS = "warehouse.duckdb", "marts.duckdb"
_VARIABLES = ("RAW_DATA", "AS_OF", "WAREHOUSE_PATH", "MARTS_PATH", "DBT_ARGS", "ALLOW_MISSING")


@dataclass(frozen=True)
class Build:
    """What a finished build left behind."""

    status: int
    output: str
    warehouse: Path
    marts: Path

    @property
    def dbt_folder(self) -> Path:
        """Where dbt's target/ and logs/ of this warehouse lie."""
        return dbt_folder(self.warehouse)

    def query(self, sql: str) -> list[tuple]:
        """Query the published marts."""
        with duckdb.connect() as connection:
            connection.execute(f"attach {quoted(self.marts)} as published (read_only)")
            connection.execute("use published.marts")
            return connection.execute(sql).fetchall()

    def tables(self) -> dict[str, list[tuple]]:
        """All rows of all marts, in the order they are stored in."""
        names = self.query("select table_name from duckdb_tables() where schema_name = 'marts'")
        return {name: self.query(f"select * from {name}") for (name,) in sorted(names)}


def start_build(
    folder: Path, raw_data: Path, *, around: Collection[str] = (), **variables: str
) -> subprocess.Popen[str]:
    """Start `personalization build` with its places in a folder; do not wait for its end.

    It starts from a kept parse of the project, if there is one.

    around : a command that runs the build as its last argument.
    variables : environment variables; an empty one is left out. Data tests run only if DBT_ARGS
        are given, be they empty.
    """
    environment = _environment(folder, raw_data, variables)
    parses.lend(folder / WAREHOUSE, environment)
    return subprocess.Popen(
        [*around, str(Path(sys.executable).with_name("personalization")), "build"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A group of its own: whoever kills it kills dbt with it.
        start_new_session=True,
    )


def _environment(folder: Path, raw_data: Path, variables: dict[str, str]) -> dict[str, str]:
    """Return the environment of a build with its places in a folder."""
    places = {
        "DBT_ARGS": UNTESTED,
        "RAW_DATA": raw_data,
        "WAREHOUSE_PATH": folder / WAREHOUSE,
        "MARTS_PATH": folder / MARTS,
    }
    places = {name: str(path) for name, path in places.items()} | variables
    environment = {name: value for name, value in os.environ.items() if name not in _VARIABLES}
    return environment | {name: value for name, value in places.items() if value}


def run_build(
    folder: Path, raw_data: Path, *, around: Collection[str] = (), **variables: str
) -> Build:
    """Run `personalization build` with its places in a folder; see `start_build`."""
    process = start_build(folder, raw_data, around=around, **variables)
    try:
        output, _ = process.communicate()
    except BaseException:
        # It is in a group of its own, so Ctrl-C has not reached it.
        os.killpg(process.pid, signal.SIGKILL)
        raise
    build = Build(process.returncode, output, folder / WAREHOUSE, folder / MARTS)
    if build.status == 0:
        parses.keep(build.warehouse, _environment(folder, raw_data, variables))
    return build


def green_build(folder: Path, raw_data: Path, **variables: str) -> Build:
    """Run a build that has to end green; raise BuildError with its output if it does not."""
    build = run_build(folder, raw_data, **variables)
    if build.status != 0:
        raise BuildError(f"The build in {folder} did not end green:\n{build.output}")
    return build


def fresh_folder(folder: Path) -> Path:
    """Return an empty folder; what lay there is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def raw_files(raw_data: Path, table: str) -> list[Path]:
    """Return the files of a raw table, by name."""
    return sorted([*raw_data.glob(f"{table}.parquet"), *raw_data.glob(f"{table}/*.parquet")])


def differences(ours: Path, theirs: Path, exempt: Collection[str] = ()) -> dict[str, str]:
    """Compare two publications; return what differs, in words, by the name of the mart.

    A mart is equal if the columns, their types and the rows are; how often a row stands counts.
    """
    found = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(ours)} as ours (read_only)")
        connection.execute(f"attach {quoted(theirs)} as theirs (read_only)")
        columns = connection.execute(
            """select database_name, table_name, list(column_name || ' ' || data_type
            order by column_index) from duckdb_columns() where schema_name = 'marts' group by all"""
        ).fetchall()
        shapes = {(side, name): shape for side, name, shape in columns}
        for name in sorted({name for _, name in shapes} - set(exempt)):
            if shapes.get(("ours", name)) != shapes.get(("theirs", name)):
                found[name] = "the columns differ, or it is in one of the two alone"
                continue
            only = [
                connection.sql(
                    f"from {one}.marts.{name} except all from {other}.marts.{name} order by all"
                ).fetchall()
                for one, other in (("ours", "theirs"), ("theirs", "ours"))
            ]
            if any(only):
                example = next(rows[0] for rows in only if rows)
                shown = ", ".join("" if value is None else str(value) for value in example)
                found[name] = (
                    f"{len(only[0])} rows in the first alone, {len(only[1])} in the second; "
                    f"such as ({shown})"
                )
    return found


def marts_of(published: Path) -> dict[str, int]:
    """Return the rows of each published mart, by name."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(published)} as published (read_only)")
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
        ).fetchall()
        return {
            name: connection.execute(f"select count(*) from published.marts.{name}").fetchall()[0][
                0
            ]
            for (name,) in names
        }
