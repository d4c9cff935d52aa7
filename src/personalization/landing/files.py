"""Fingerprints of the raw files, so that each build can say what it read."""

import hashlib
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

SCHEMA = pa.schema(
    [
        ("table_name", pa.string()),
        ("file_name", pa.string()),
        ("file_sha256", pa.string()),
        ("row_count", pa.int64()),
    ]
)


def fingerprint(landed: pa.Table) -> pa.Table:
    """Add sha256 and row count to each landed file.

    landed : table with the text columns table_name, file_name (relative to the raw folder) and
        file_path, one row per file.

    Returns SCHEMA, one row per file in the order given. Files are read in pieces, so that memory
    does not grow with them.

    Raises OSError if a file is gone, pyarrow.ArrowInvalid if it is no Parquet file.
    """
    paths = [Path(path) for path in landed["file_path"].to_pylist()]
    return pa.table(
        {
            "table_name": landed["table_name"],
            "file_name": landed["file_name"],
            "file_sha256": [_sha256(path) for path in paths],
            "row_count": [parquet.read_metadata(path).num_rows for path in paths],
        },
        schema=SCHEMA,
    )


def unreadable_files(folder: Path) -> dict[str, str]:
    """Return the reason for every raw file of a folder that is no readable Parquet, by its name."""
    reasons = {}
    for path in sorted([*folder.glob("*.parquet"), *folder.glob("*/*.parquet")]):
        try:
            if not parquet.read_metadata(path).num_columns:
                reasons[str(path.relative_to(folder))] = "it has no column"
        except (pa.ArrowException, OSError) as error:
            reasons[str(path.relative_to(folder))] = str(error).splitlines()[0]
    return reasons


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
