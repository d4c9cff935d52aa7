"""The dbt-duckdb plugin of this project: what a build is given is checked before it opens."""

from pathlib import Path

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from personalization import blas
from personalization.identity.contact_values import key_from_environment
from personalization.landing import files
from personalization.warehouse import hashes
from personalization.warehouse.places import (
    BuildError,
    check_raw_data,
    memory_limit,
    raw_data_from_environment,
)


class Plugin(BasePlugin):
    """Runs once per dbt process, before the warehouse file is opened."""

    def initialize(self, plugin_config: dict) -> None:
        """Make the warehouse's folder; refuse a RAW_DATA or memory limit that is none."""
        # Nodes run side by side, so none of them could do it for itself alone.
        blas.on_one_thread()
        try:
            check_raw_data(raw_data_from_environment())
            memory_limit()
        except BuildError as error:
            raise DbtRuntimeError(str(error)) from None
        if self.creds is not None and self.creds.path != ":memory:":
            Path(self.creds.path).parent.mkdir(parents=True, exist_ok=True)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Give dbt's SQL the keyed hashes that erasures are known by, and files' fingerprints."""
        conn.create_function("file_sha256", files.sha256, ["VARCHAR"], "VARCHAR")
        conn.create_function("file_row_count", files.row_count, ["VARCHAR"], "BIGINT")
        hashes.register(conn, key_from_environment("duckdb"))
