"""What stopped a build, in one sentence that names the cause and the fix."""

import re
import shutil
from pathlib import Path

import duckdb

# Raised by DuckDB and the system, for reasons outside of this project's reach.
OUTSIDE = (duckdb.Error, OSError, MemoryError)

_LOCKED = re.compile(
    r'Could not set lock on file "(?P<file>[^"]+)"'
    r"(?:: Conflicting lock is held in (?P<holder>.+? \(PID \d+\)))?"
)
_NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded")
_TOO_LARGE = re.compile(r"File too large")
_FILE = re.compile(r"""[fF]ile "(?P<by_duckdb>[^"]+)"|\[Errno \d+\][^:]*: '(?P<by_python>[^']+)'""")
_NO_SPILL = re.compile(r"failed to offload data block|max_temp_directory_size")
_LIMIT = re.compile(r"/(?P<limit>[\d.]+ \w+) used\)")
_NO_MEMORY = re.compile(r"MemoryError|Unable to allocate|malloc of size|bad_alloc")


def cause_of(text: str, folder: Path | None = None) -> str | None:
    """Return the cause and its fix for the text of an error; None if it tells none of these.

    text : what DuckDB, the system or dbt said.
    folder : where it was said of, if the text itself names no file.
    """
    if locked := _LOCKED.search(text):
        holder = f", {locked['holder']}," if locked["holder"] else ""
        return (
            f"{locked['file']} is open in another process{holder} and DuckDB lets no build in "
            "beside it. Close it there and build again; to read at any time, open the published "
            "marts instead."
        )
    if _NO_ROOM.search(text):
        return (
            f"The disk is full{_where(text, folder)}. Make room there, or give WAREHOUSE_PATH and "
            "MARTS_PATH a folder on a larger disk."
        )
    if _TOO_LARGE.search(text):
        return (
            f"A file grew larger than the system allows{_where(text, folder)}. Raise the limit "
            "(ulimit -f), or give WAREHOUSE_PATH and MARTS_PATH a folder on another disk."
        )
    if _NO_SPILL.search(text):
        return (
            "DuckDB ran out of memory and found no room to put data aside beside the warehouse. "
            "Make room on that disk, or give DuckDB more memory by DUCKDB_MEMORY_LIMIT."
        )
    if "Out of Memory Error" in text:
        limit = _LIMIT.search(text)
        of = f" of its {limit['limit']}" if limit else ""
        return (
            f"DuckDB ran out of memory{of}. Give it more by DUCKDB_MEMORY_LIMIT (80 % of the "
            "machine's by default), or less to do at once by DUCKDB_THREADS=1 and DBT_THREADS=1."
        )
    if _NO_MEMORY.search(text):
        return (
            "The machine ran out of memory in a Python model. Close what else runs on it, take a "
            "larger one, or leave it more of this one's memory by a lower DUCKDB_MEMORY_LIMIT."
        )
    return None


def explained(errors: list[str], folder: Path) -> str:
    """Return errors as one text: each known cause once, with the first place it was met in.

    folder : the one that was written to, for errors that name no file.
    """
    told: dict[str, str | None] = {}
    for error in errors:
        cause, first_line = cause_of(error, folder), error.partition("\n")[0]
        told.setdefault(cause or error, first_line if cause and " in " in first_line else None)
    if any(told.values()):
        # dbt says twice that a model failed, the first time without a reason.
        told = {said: met for said, met in told.items() if not said.startswith("Failure in model")}
    return "\n".join(f"{said} ({met})" if met else said for said, met in told.items())


def _where(text: str, folder: Path | None) -> str:
    """Return the folder that an error's text tells, or else the given one, with its free room."""
    if found := _FILE.search(text):
        folder = Path(found["by_duckdb"] or found["by_python"]).parent
    if folder is None or not folder.is_dir():
        return "" if folder is None else f" in {folder}"
    return f" in {folder} ({shutil.disk_usage(folder).free / 1e6:,.1f} MB are free)"
