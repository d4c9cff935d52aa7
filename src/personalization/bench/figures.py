"""What was measured, and the arithmetic on it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SIMULATE = "simulate"
START = "dbt start-up and parse"
BETWEEN = "landing, hooks, between nodes"
AROUND = "around dbt: checks, its log"
ERASURES = "who asked to be erased"
PUBLISH = "publication, state"
COMPONENTS = "components"
IMPORTS = "imports"


@dataclass(frozen=True)
class Usage:
    """What a part took.

    cpu : seconds, user + system of all threads.
    peak : resident bytes at most, what the process held before included; None: not measured.
    """

    cpu: float
    peak: int | None


@dataclass(frozen=True)
class Measured:
    """One size: a world that was written and built from nothing.

    customers : people of the world.
    rows : raw rows by table.
    parts : by the name of a stage (the constants above) or by the unique id of a node of dbt.
    day : the same for the build of another day upon it; empty if there was none.
    """

    customers: int
    rows: dict[str, int]
    parts: dict[str, Usage]
    day: dict[str, Usage] = field(default_factory=dict)

    def nodes(self, kind: str) -> dict[str, Usage]:
        """Return the nodes of a kind (model, seed, test) by unique id."""
        return {part: usage for part, usage in self.parts.items() if part.startswith(f"{kind}.")}


def together(usages: Iterable[Usage]) -> Usage:
    """Return what parts took one after the other: the sum of CPU, the highest of the peaks."""
    usages = list(usages)
    peaks = [usage.peak for usage in usages]
    return Usage(
        sum(usage.cpu for usage in usages),
        None if None in peaks else max(peaks, default=None),
    )


def exponent(sizes: Sequence[int], cpus: Sequence[float]) -> float | None:
    """Return p of cpu ~ size ** p: the least-squares slope of log CPU over log size.

    sizes : customers, as many as CPU seconds; all > 0.

    Returns None if there are fewer than two sizes, or a time is 0.
    """
    if len(set(sizes)) < 2 or min(cpus) <= 0:
        return None
    x, y = [math.log(size) for size in sizes], [math.log(cpu) for cpu in cpus]
    x_mean, y_mean = sum(x) / len(x), sum(y) / len(y)
    covariance = sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True))
    return covariance / sum((a - x_mean) ** 2 for a in x)
