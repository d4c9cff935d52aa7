"""The contract of the raw tables, from where the project keeps it: the YAML of the sources."""

import re
from pathlib import Path

import yaml

SOURCES = Path("models/staging")


def raw_tables(folder: Path = SOURCES) -> dict[str, dict]:
    """Return what the contract says of every raw table, by its name.

    Raises FileNotFoundError outside a checkout of the project.
    """
    files = sorted(folder.glob("*/_*__sources.yml"))
    if not files:
        raise FileNotFoundError(f"{folder} holds no sources; run this in the project's folder")
    sources = [source for file in files for source in yaml.safe_load(file.read_text())["sources"]]
    tables = [table for source in sources if source["name"] == "raw" for table in source["tables"]]
    return {table["name"]: table for table in tables}


def base_models(folder: Path = SOURCES) -> dict[str, str]:
    """Return the model that judges the rows of each raw table, by the table's name."""
    read = re.compile(r"source\('raw', '(\w+)'\)")
    return {read.search(file.read_text())[1]: file.stem for file in folder.glob("*/base/*.sql")}
