"""The dbt-duckdb plugin of this project: the folders a build needs are checked before it opens."""

import os
from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError


class Plugin(BasePlugin):
    """Runs once per dbt process, before the warehouse file is opened."""

    def initialize(self, plugin_config: dict) -> None:
        """Make the warehouse's folder; refuse a RAW_DATA that is no folder."""
        raw_data = os.environ.get("RAW_DATA") or "seeds/demo"
        if not Path(raw_data).is_dir():
            raise DbtRuntimeError(
                f"RAW_DATA={raw_data} is no folder. Give the folder that holds the raw tables "
                "as <table>.parquet or <table>/*.parquet."
            )
        if self.creds is not None and self.creds.path != ":memory:":
            Path(self.creds.path).parent.mkdir(parents=True, exist_ok=True)
