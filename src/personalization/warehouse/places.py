"""Where a build reads and writes, from the environment variables of the contract."""

import os
from dataclasses import dataclass
from pathlib import Path

DEMO = "seeds/demo"


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


def places_from_environment() -> Places:
    """Read RAW_DATA, WAREHOUSE_PATH and MARTS_PATH; an empty variable counts as unset."""
    raw_data = Path(os.environ.get("RAW_DATA") or DEMO)
    default_warehouse = Path("var") / raw_data.name / "warehouse.duckdb"
    warehouse = Path(os.environ.get("WAREHOUSE_PATH") or default_warehouse)
    marts = os.environ.get("MARTS_PATH")
    return Places(
        raw_data=raw_data,
        warehouse=warehouse,
        marts=Path(marts) if marts else warehouse.with_name("marts.duckdb"),
        marts_given=bool(marts),
    )
