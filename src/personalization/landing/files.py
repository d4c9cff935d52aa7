"""Fingerprints of the raw files, so that each build can say what it read."""

import hashlib
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet


def sha256(path: str) -> str:
    """Return the SHA-256 of a file in hex, read in pieces; raise OSError if it is gone."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def row_count(path: str) -> int:
    """Return the rows of a Parquet file.

    Raises OSError if it is gone, pyarrow.ArrowInvalid if it is no Parquet file.
    """
    return parquet.read_metadata(path).num_rows


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
