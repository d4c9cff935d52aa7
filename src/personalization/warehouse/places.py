"""Where a build reads and writes, from the environment variables of the contract."""

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

DEMO = "seeds/demo"
# DuckDB takes a file of such a name for the schema: `marts.x` would be ambiguous.
SCHEMAS = {"raw", "staging", "reference", "intermediate", "pii", "ml", "marts", "state", "main"}


class BuildError(Exception):
    """What stops a build, in one sentence that names the thing and the fix."""


@dataclass(frozen=True)
class Places:
    """The files of one build.

    raw_data : folder of the raw tables.
    warehouse : DuckDB file that the build writes.
    marts : published DuckDB file; the state is exported beside it.
    marts_given : whether MARTS_PATH was set, which alone lets a replay publish.
    """

    raw_data: Path
    warehouse: Path
    marts: Path
    marts_given: bool

    @property
    def state_export(self) -> Path:
        """The exported state, named after the publication it stands beside."""
        return self.marts.with_suffix(".state.duckdb")


def spill_folder(warehouse: Path) -> Path:
    """Return the folder where DuckDB puts aside what its memory can't hold; its own default."""
    return warehouse.with_name(f"{warehouse.name}.tmp")


def dbt_folder(warehouse: Path) -> Path:
    """Return the folder for dbt's target/ and logs/: two builds of two shops share none of it."""
    return warehouse.with_name(f"{warehouse.name}.dbt").absolute()


def places_from_environment() -> Places:
    """Read RAW_DATA, WAREHOUSE_PATH and MARTS_PATH; an empty variable counts as unset.

    Raises BuildError if a build could not use them.
    """
    raw_data = raw_data_from_environment()
    default_warehouse = Path("var") / raw_data.name / "warehouse.duckdb"
    warehouse = Path(os.environ.get("WAREHOUSE_PATH") or default_warehouse)
    marts = os.environ.get("MARTS_PATH")
    places = Places(
        raw_data=raw_data,
        warehouse=warehouse,
        marts=Path(marts) if marts else warehouse.with_name("marts.duckdb"),
        marts_given=bool(marts),
    )
    check(places)
    return places


def raw_data_from_environment() -> Path:
    """Read RAW_DATA; the bundled demo data if it is empty or unset."""
    return Path(os.environ.get("RAW_DATA") or DEMO)


def check_raw_data(raw_data: Path) -> None:
    """Raise BuildError if there is no such folder."""
    if not raw_data.is_dir():
        raise BuildError(
            f"RAW_DATA={raw_data} is no folder. Give the folder that holds the raw tables "
            "as <table>.parquet or <table>/*.parquet."
        )


def memory_limit() -> str:
    """Read DUCKDB_MEMORY_LIMIT; DuckDB's own default if it is empty or unset.

    Raises BuildError if DuckDB can't read it.
    """
    limit = os.environ.get("DUCKDB_MEMORY_LIMIT") or "80%"
    try:
        duckdb.connect(config={"memory_limit": limit}).close()
    except duckdb.Error:
        raise BuildError(
            f"DUCKDB_MEMORY_LIMIT={limit} is no amount of memory. Give a number with its unit, "
            "such as 4GB or 50%."
        ) from None
    return limit


def check(places: Places) -> None:
    """Raise BuildError if a build could not read or write there, before it has begun."""
    check_raw_data(places.raw_data)
    memory_limit()
    if places.warehouse.stem in SCHEMAS:
        raise BuildError(
            f"WAREHOUSE_PATH={places.warehouse} bears the name of a schema, and DuckDB can't tell "
            "the two apart. Give it another name, such as warehouse.duckdb."
        )
    files = [places.warehouse, places.marts, places.state_export]
    if len({file.resolve() for file in files}) < len(files):
        raise BuildError(
            f"WAREHOUSE_PATH={places.warehouse} and MARTS_PATH={places.marts} would overwrite each "
            "other. Give two files."
        )
