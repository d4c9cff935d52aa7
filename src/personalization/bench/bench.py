"""`personalization bench`: worlds of several sizes, each built from nothing and measured."""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from personalization.bench.figures import Measured, Usage, together
from personalization.bench.last_day import deliver, hold_back
from personalization.bench.process import command, read_figures
from personalization.warehouse.places import BuildError

FOLDER = Path("var/bench")


def bench(
    sizes: Sequence[int],
    folder: Path = FOLDER,
    keep: bool = False,
    with_day: bool = False,
    say: Callable[[str], None] = print,
) -> list[Measured]:
    """Measure every size, the smallest first.

    sizes : customers of each world.
    folder : each size works in a folder of its own in it, named after its customers.
    keep : leave world, warehouse and publication there; else they go once they are measured.
    with_day : hold back the last hundredth of the events and measure their delivery too.

    Raises BuildError if a size can't be written or built; what it left then stays for a look.
    """
    measured = []
    for customers in sorted(set(sizes)):
        measured.append(measure(customers, folder / str(customers), with_day))
        whole = together(measured[-1].parts.values())
        say(f"{customers:,} customers: {whole.cpu:,.1f} CPU s")
        if not keep:
            shutil.rmtree(folder / str(customers))
    return measured


def measure(customers: int, folder: Path, with_day: bool = False) -> Measured:
    """Write a world and build it from nothing, each in a process of its own; return the figures.

    folder : emptied first.
    with_day : without the last events, which are then delivered and built upon.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    raw_data = folder / "raw"
    files = {part: folder / f"{part}.json" for part in ("simulate", "build", "dbt")}
    of_day = {part: folder / f"day-{part}.json" for part in ("build", "dbt")}
    places = {
        "RAW_DATA": raw_data,
        "WAREHOUSE_PATH": folder / "warehouse.duckdb",
        "MARTS_PATH": folder / "marts.duckdb",
    }
    # One node after the other: what a process takes meanwhile, that node takes.
    settings = {"DBT_THREADS": "1", "AS_OF": "", "DBT_ARGS": "", "ALLOW_MISSING": ""}
    environment = os.environ | {name: str(path) for name, path in places.items()} | settings
    run_process(command(files["simulate"], "simulate", str(customers), str(raw_data)), environment)
    if with_day:
        hold_back(raw_data, folder / "day")
    run_process(command(files["build"], "build", str(files["dbt"])), environment)
    day = {}
    if with_day:
        deliver(folder / "day", raw_data)
        run_process(command(of_day["build"], "build", str(of_day["dbt"])), environment)
        day = _figures(of_day.values())[0]
    parts, rows = _figures(files.values())
    return Measured(customers, rows, parts, day)


def _figures(files: Iterable[Path]) -> tuple[dict[str, Usage], dict[str, int]]:
    """Return the parts and rows of several processes together."""
    parts, rows = {}, {}
    for file in files:
        its_parts, its_rows = read_figures(file)
        parts |= its_parts
        rows |= its_rows
    return parts, rows


def run_process(command: list[str], environment: dict[str, str]) -> None:
    """Run a measured process to its end.

    Raises BuildError if it fails.
    """
    with subprocess.Popen(command, env=environment) as process:
        try:
            status = process.wait()
        except BaseException:
            process.terminate()
            raise
    if status != 0:
        raise BuildError(f"`{' '.join(command[2:])}` ended with status {status}; see above.")


def machine() -> str:
    """Return what the figures depend on besides the project: cores, memory, versions."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    python = ".".join(platform.python_version_tuple()[:2])
    names = {"dbt-core": "dbt", "dbt-duckdb": "dbt-duckdb", "duckdb": "DuckDB"}
    versions = ", ".join(f"{said} {version(package)}" for package, said in names.items())
    return (
        f"Machine: {os.cpu_count()} cores, {memory / 2**30:.0f} GiB of memory, "
        f"{platform.system()}. Python {python}, {versions}."
    )
