"""The page of what was measured, in Markdown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from personalization.bench.figures import (
    AROUND,
    BETWEEN,
    ERASURES,
    PUBLISH,
    SIMULATE,
    START,
    Measured,
    Usage,
    exponent,
    together,
)

# CPU seconds. Below this, a tenth of a second that comes and goes would pass for growth.
TOO_FAST = 0.5
FASTER_THAN_LINEAR = 1.2
_TESTS_SHOWN = 5
_SAVING_SHOWN = 7

_INTRODUCTION = """\
Written by the command, not by hand:

```bash
make bench CUSTOMERS="{sizes}"
```

{machine}

For each size a world is written (`personalization simulate`, seed 1, 18 months) and built from
nothing by `personalization build`, with one dbt thread: models run one after the other. DuckDB
keeps its own threads.

- **CPU s**: user + system, all threads, of what ran from a node's start to its end. When DuckDB
  writes its log into the file, the node at hand pays: a leap at one size alone may be that, and
  another size tells.
- **Peak GB**: the most that was resident in the process meanwhile, with all that it held before;
  10^9 bytes. This is what sizes a machine, and no sum of rows.
- **Exponent**: p of CPU s ~ customers^p, least squares over the sizes: 1 is linear, 2 quadratic.
  **Last step**: the same between the two largest sizes. What every node costs,
  however small, flattens both.

A view costs nothing here; whoever reads it pays.
"""


@dataclass(frozen=True)
class Grown:
    """What one part took at each size.

    sizes : customers, the smallest first; usages : as many.
    """

    name: str
    sizes: Sequence[int]
    usages: Sequence[Usage]

    @property
    def last(self) -> float:
        """CPU seconds at the largest size."""
        return self.usages[-1].cpu

    @property
    def powers(self) -> list[float]:
        """The exponents over all sizes and over the last step; none if there is one size."""
        cpus = [usage.cpu for usage in self.usages]
        powers = [exponent(self.sizes, cpus), exponent(self.sizes[-2:], cpus[-2:])]
        return [power for power in powers if power is not None]

    def cells(self, with_powers: bool = True) -> list[str]:
        """Return a row of a table: name, CPU s and peak GB by size, exponents."""
        powers = [f"{power:.2f}" for power in self.powers] if with_powers else []
        return [
            self.name,
            *(_seconds(usage.cpu) for usage in self.usages),
            *("" if usage.peak is None else f"{usage.peak / 1e9:.2f}" for usage in self.usages),
            *(powers or ["", ""]),
        ]


def page(measured: Sequence[Measured], machine: str) -> str:
    """Return the whole page.

    measured : the sizes, the smallest first; of one project, so that all have the same nodes.
    machine : what they were measured on, in a sentence.
    """
    sizes = [world.customers for world in measured]
    models, tests = (_by_cost(measured, kind) for kind in ("model", "test"))
    told = [part for part in models + tests if part.last >= TOO_FAST]
    sections = [
        "# How a build grows with the shop",
        _INTRODUCTION.format(sizes=" ".join(map(str, sizes)), machine=machine).rstrip(),
        "## What was built",
        _raw_rows(measured),
        "## The whole",
        _table("stage", sizes, [stage.cells() for stage in _stages(measured)]),
        "## Models",
        _table("model", sizes, _model_cells(models)),
        "## The slowest data tests",
        _table("test", sizes, [test.cells() for test in tests[:_TESTS_SHOWN]]),
        *_day(measured),
        "## What to look at next",
        conclusion(told),
    ]
    return "\n\n".join(sections) + "\n"


def conclusion(parts: Iterable[Grown]) -> str:
    """Return which of the parts that take time to speak of grow faster than linearly."""
    parts = [part for part in parts if part.powers]
    if not parts:
        return "Of growth nothing can be said: it takes two sizes, and parts that take time."
    steep = [part for part in parts if max(part.powers) > FASTER_THAN_LINEAR]
    if not steep:
        highest = max(parts, key=lambda part: max(part.powers))
        return (
            f"Nothing of {TOO_FAST} CPU s or more grows faster than linearly (exponent or last "
            f"step above {FASTER_THAN_LINEAR}); nearest is {highest.name} with "
            f"{max(highest.powers):.2f}."
        )
    steep.sort(key=lambda part: -part.last)
    named = ", ".join(
        f"{part.name} (exponent {part.powers[0]:.2f}, last step {part.powers[1]:.2f}, "
        f"{_seconds(part.last)} CPU s)"
        for part in steep
    )
    share = sum(part.last for part in steep) / sum(part.last for part in parts)
    return (
        f"Faster than linearly (exponent or last step above {FASTER_THAN_LINEAR}), the slowest "
        f"first: {named}. At {steep[0].sizes[-1]:,} customers that is {share:.0%} of the CPU "
        f"seconds of all models and tests of {TOO_FAST} CPU s or more."
    )


def _by_cost(measured: Sequence[Measured], kind: str) -> list[Grown]:
    """Return the nodes of a kind, the slowest at the largest size first."""
    sizes = [world.customers for world in measured]
    nodes = [
        Grown(f"`{node.split('.')[2]}`", sizes, [world.parts[node] for world in measured])
        for node in measured[-1].nodes(kind)
    ]
    return sorted(nodes, key=lambda node: (-node.last, node.name))


def _model_cells(models: list[Grown]) -> list[list[str]]:
    """Return a row for each model that takes time to speak of, and one for all others."""
    rows = [model.cells() for model in models if model.last >= TOO_FAST]
    fast = [model for model in models if model.last < TOO_FAST]
    if fast:
        usages = [together(each) for each in zip(*(model.usages for model in fast), strict=True)]
        name = f"{len(fast)} others, each below {TOO_FAST} CPU s"
        rows.append(Grown(name, fast[0].sizes, usages).cells(with_powers=False))
    return rows


def _stages(measured: Sequence[Measured]) -> list[Grown]:
    """Return what a build consists of, in its order, then all of it; before it the simulation."""
    stages: dict[str, Callable[[Measured], Usage]] = {
        SIMULATE: lambda world: world.parts[SIMULATE],
        AROUND: lambda world: world.parts[AROUND],
        ERASURES: lambda world: world.parts[ERASURES],
        START: lambda world: world.parts[START],
        BETWEEN: lambda world: world.parts[BETWEEN],
        "seeds": lambda world: together(world.nodes("seed").values()),
        "models": lambda world: together(world.nodes("model").values()),
        "data tests": lambda world: together(world.nodes("test").values()),
        PUBLISH: lambda world: world.parts[PUBLISH],
        "**whole build**": lambda world: together(
            usage for part, usage in world.parts.items() if part != SIMULATE
        ),
    }
    sizes = [world.customers for world in measured]
    return [
        Grown(name, sizes, [figures(world) for world in measured])
        for name, figures in stages.items()
    ]


def _day(measured: Sequence[Measured]) -> list[str]:
    """Return the section on a day more: CPU s beside the build of all, greatest savings first."""
    if not all(world.day for world in measured):
        return []

    def row(name: str, nodes: Sequence[str]) -> list[str]:
        builds = [parts for world in measured for parts in (world.parts, world.day)]
        return [name, *(_seconds(sum(parts[node].cpu for node in nodes)) for parts in builds)]

    last = measured[-1]
    models = list(last.nodes("model"))
    saved = sorted(models, key=lambda node: last.day[node].cpu - last.parts[node].cpu)
    shown = [node for node in saved[:_SAVING_SHOWN] if last.parts[node].cpu >= TOO_FAST]
    header = ["model"]
    for world in measured:
        header += [f"{world.customers:,}: all", f"{world.customers:,}: a day more"]
    rows = [row(f"`{node.split('.')[2]}`", [node]) for node in shown]
    others = row(f"{len(models) - len(shown)} other models", saved[len(shown) :])
    sums = [row("**all models**", models), row("**whole build**", [*last.day])]
    return [
        "## A day more",
        "The last hundredth of the web events, and what else happened since, delivered as further "
        "files beside those that were built before. CPU s:",
        _markdown([header, *rows, others, *sums]),
    ]


def _raw_rows(measured: Sequence[Measured]) -> str:
    """Return the table of raw rows by size, the largest table first, and their sum."""
    largest = measured[-1].rows
    rows = [
        [f"`{table}`", *(f"{world.rows.get(table, 0):,}" for world in measured)]
        for table in sorted(largest, key=lambda table: (-largest[table], table))
    ]
    total = ["**all**", *(f"{sum(world.rows.values()):,}" for world in measured)]
    header = ["rows of", *(f"{world.customers:,} customers" for world in measured)]
    return _markdown([header, *rows, total])


def _table(what: str, sizes: Sequence[int], rows: list[list[str]]) -> str:
    """Return rows of `Grown.cells` under their header."""
    cpus = [f"CPU s, {size:,}" for size in sizes]
    peaks = [f"peak GB, {size:,}" for size in sizes]
    return _markdown([[what, *cpus, *peaks, "exponent", "last step"], *rows])


def _markdown(rows: list[list[str]]) -> str:
    """Return a table whose first row is the header; all columns but the first are figures."""
    rule = "|---|" + "---:|" * (len(rows[0]) - 1)
    first, *others = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([first, rule, *others])


def _seconds(cpu: float) -> str:
    return f"{cpu:.2f}" if cpu < 10 else f"{cpu:,.1f}"
