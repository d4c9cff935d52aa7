"""One measured process: `python -m personalization.bench.process FILE PART ...`.

PART is simulate, build, dbt, components or recommenders. It does what the command of that name does
and writes the figures of it into FILE, as JSON.
"""

import json
import resource
import signal
import sys
from collections import Counter
from pathlib import Path

from personalization.bench.figures import (
    AROUND,
    COMPONENTS,
    ERASURES,
    IMPORTS,
    PUBLISH,
    SIMULATE,
    START,
    Usage,
    together,
)
from personalization.bench.meter import Meter


def main() -> int:
    """Run one part; return its exit status, 0 only if its figures were written."""
    file, part, *given = sys.argv[1:]
    if part == "build":
        # As in the command: what stops a build from outside ends its dbt too.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        parts = {
            "simulate": _simulate,
            "build": _build,
            "dbt": _dbt,
            "components": _components,
            "recommenders": _recommenders,
        }
        return parts[part](Path(file), *given)
    except KeyboardInterrupt:
        return 130


def read_figures(file: Path) -> tuple[dict[str, Usage], dict[str, int]]:
    """Return what a process wrote: what its parts took, and the rows it made, by name."""
    read = json.loads(file.read_text())
    return {part: Usage(*usage) for part, usage in read["parts"].items()}, read["rows"]


def _write(
    file: Path, meter: Meter, rows: Counter | None = None, others: dict[str, Usage] | None = None
) -> None:
    usages = meter.end() | (others or {})
    parts = {part: (usage.cpu, usage.peak) for part, usage in usages.items()}
    file.write_text(json.dumps({"parts": parts, "rows": rows or {}}))


def _simulate(file: Path, customers: str, out: str) -> int:
    meter = Meter(SIMULATE)
    from personalization.simulation.simulate import simulate
    from personalization.simulation.world import World

    rows: Counter = Counter()
    for name, count in simulate(World(int(customers), seed=1), Path(out)).items():
        if not name.startswith("truth/"):
            rows[name.split("/")[0]] += count
    _write(file, meter, rows)
    return 0


def _build(file: Path, dbt_file: str) -> int:
    meter = Meter(AROUND)
    from personalization.warehouse.build import build
    from personalization.warehouse.dbt import run_dbt
    from personalization.warehouse.places import BuildError

    def run(*arguments) -> None:
        run_dbt(*arguments, program=command(Path(dbt_file), "dbt"))
        meter.begin(PUBLISH)

    try:
        build(run)
    except BuildError as error:
        print(f"\nERROR: {error}", file=sys.stderr)
        return 1
    _write(file, meter, others={ERASURES: _unmeasured(Path(dbt_file))})
    return 0


def _unmeasured(dbt_file: Path) -> Usage:
    """Return what processes took that this one started, but for the measured run of dbt.

    They find out who asked to be erased. The peak is that of the largest process of all.
    """
    all_of_them = resource.getrusage(resource.RUSAGE_CHILDREN)
    measured = together(read_figures(dbt_file)[0].values()).cpu
    cpu = all_of_them.ru_utime + all_of_them.ru_stime - measured
    return Usage(max(cpu, 0.0), all_of_them.ru_maxrss * 1024)


def _dbt(file: Path, *arguments: str) -> int:
    meter = Meter(START)
    from dbt.cli.main import dbtRunner

    ended = dbtRunner(callbacks=[meter.hear]).invoke(list(arguments))
    if ended.exception:
        print(ended.exception, file=sys.stderr)
    _write(file, meter)
    return 0 if ended.success else 1


def _components(file: Path, edges: str, nothing: str, folder: str) -> int:
    meter = Meter(START)
    from dbt.cli.main import dbtRunner

    places = ["--profiles-dir", "profiles", "--target-path", folder, "--log-path", folder]
    # Without an edge first: imports, the parse and the open warehouse are no part of the figures.
    for table in (nothing, edges):
        arguments = f"{{edges: {table}, target_table: {table}_labels}}"
        operation = ["run-operation", "write_components", "--args", arguments]
        ended = dbtRunner().invoke(["--quiet", *operation, *places])
        if not ended.success:
            print(ended.exception, file=sys.stderr)
            return 1
        meter.begin(COMPONENTS)
    _write(file, meter)
    return 0


def _recommenders(file: Path, customers: str, products: str, purchases: str) -> int:
    meter = Meter(IMPORTS)
    from personalization.bench.recommenders import Size, work
    from personalization.warehouse.places import BuildError

    try:
        rows = work(Size(int(customers), int(products), int(purchases)), meter)
    except BuildError as error:
        print(f"\nERROR: {error}", file=sys.stderr)
        return 1
    _write(file, meter, rows)
    return 0


def command(file: Path, part: str, *given: str) -> list[str]:
    """Return the command of one measured process."""
    return [sys.executable, "-m", "personalization.bench.process", str(file), part, *given]


if __name__ == "__main__":
    sys.exit(main())
