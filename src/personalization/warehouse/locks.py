"""One build at a time: the lock of a warehouse."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import duckdb

from personalization.warehouse.places import BuildError


@contextmanager
def only_build_of(warehouse: Path) -> Iterator[TextIO]:
    """Hold a warehouse's lock while the body runs; yield the lock, for child processes to inherit.

    The system frees it with the last process that holds it, however that ends. The empty file
    beside the warehouse stays: to unlink it would let two builds lock two files of one name.

    Raises BuildError at once if another build holds the lock.
    """
    real = warehouse.resolve()
    real.parent.mkdir(parents=True, exist_ok=True)
    with real.with_name(f"{real.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildError(
                f"Another build is at work on the warehouse {warehouse}. Wait until it has ended, "
                "or give this one a WAREHOUSE_PATH of its own."
            ) from None
        yield lock


def check_closed(warehouse: Path) -> None:
    """Raise DuckDB's error if another process, a reader or plain dbt, has the warehouse open."""
    if warehouse.exists():
        duckdb.connect(str(warehouse)).close()


def is_being_written(file: Path) -> bool:
    """Whether another process has this DuckDB file open, as DuckDB's own lock on it tells."""
    with file.open("ab") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
