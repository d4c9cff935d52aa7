"""`personalization prove intervals`: do the report's 95 % intervals hold the true effects?

Many small worlds are drawn whose true effects follow from a formula. Their units are summed as
int_experiment_sums does it, and the report's own functions compare the arms.
"""

from dataclasses import dataclass

import numpy as np

from personalization.experiments.comparison import Comparison, Sums, compare, is_reliable
from personalization.provers.verdicts import Verdict
from personalization.simulation import causal_world
from personalization.simulation.causal_world import METRICS, CausalWorld, Units

WINSORISED_AT = 0.99
_SEQUENTIAL_UNITS = 5000
# The arms send the same weaker mail, or a stronger one that appeals more; a holdout gets none.
_MAILS = {"strengths": (0.3, 0.3, 0.6), "appeal": (0.0, 0.0, 0.2)}
_HOLDOUT = {"strengths": (0.0, 0.6), "appeal": (0.0, 0.2)}
# What one mail causes: the arms differ in the mail of the fourth week alone.
_ONE_MAIL = {"strengths": (0.6, 0.6), "appeal": (0.0, 0.0), "left_out": (3, None)}


@dataclass(frozen=True)
class Design:
    """A kind of trial: its world, and the units of each arm."""

    name: str
    world: CausalWorld
    sizes: tuple[int, ...]


DESIGNS = (
    Design("three even arms of 400", CausalWorld(**_MAILS, sigma=0.8), (400, 400, 400)),
    Design("three even arms of 60", CausalWorld(**_MAILS, sigma=0.8), (60, 60, 60)),
    Design("even arms of 400, very skewed", CausalWorld(**_MAILS, sigma=1.5), (400, 400, 400)),
    Design("uneven arms of 200, 400, 800", CausalWorld(**_MAILS, sigma=1.2), (200, 400, 800)),
    Design("one mail of eight left out, 400", CausalWorld(**_ONE_MAIL, sigma=0.8), (400, 400)),
    Design("holdout of 150 in 1,500", CausalWorld(**_HOLDOUT, sigma=0.8), (150, 1350)),
    Design("holdout of 400 in 4,000", CausalWorld(**_HOLDOUT, sigma=0.8), (400, 3600)),
    Design("holdout of 400, very skewed", CausalWorld(**_HOLDOUT, sigma=1.5), (400, 3600)),
)


@dataclass(frozen=True)
class Held:
    """How often intervals of one design and metric held the truth: (held, of how many) by kind."""

    design: str
    metric: str
    counts: dict[str, tuple[int, int]]


def measure(
    worlds: int, seed: int, designs=DESIGNS, *, reference_units: int = 400_000
) -> list[Held]:
    """Draw worlds of every design and count the intervals that hold their true effect.

    reference_units : drawn per arm to know what revenue is worth where each world cuts it.
    """
    found = []
    for number, design in enumerate(designs):
        chance = np.random.default_rng([seed, number])
        arms = range(len(design.sizes))
        units = [
            causal_world.draw(design.world, arm, (worlds, size), chance)
            for arm, size in zip(arms, design.sizes, strict=True)
        ]
        true = [causal_world.truth(design.world, arm) for arm in arms]
        for metric in METRICS:
            # A holdout has no mails whose opens could be compared.
            if design.world.strengths[0] or metric not in ("open", "click", "unsubscribe"):
                effects = [np.full(worlds, true[a][metric] - true[0][metric]) for a in arms]
                found.append(_count(design, metric, units, effects, true[0][metric]))
        capped, effects, base = _winsorised(design, units, chance, reference_units)
        found.append(_count(design, "revenue_winsorised", capped, effects, base))
    return found


def _count(design: Design, metric: str, units: list[Units], effects: list, base) -> Held:
    outcomes = [unit.outcomes[metric] for unit in units]
    sums = Sums.of(outcomes, [unit.before[metric] for unit in units])
    reliable = is_reliable(
        np.array([np.count_nonzero(y, axis=-1) for y in outcomes]), sums.n, metric
    )
    counts = dict.fromkeys(("plain", "cuped", "relative", "all plain"), (0, 0))
    for arm, compared in enumerate(compare(sums, 0, sequential_units=_SEQUENTIAL_UNITS)):
        if compared is None:
            continue
        trusted = reliable[0] & reliable[arm]
        for kind, low, high, effect, which in (
            ("plain", "lift_ci_low", "lift_ci_high", effects[arm], trusted),
            ("cuped", "cuped_ci_low", "cuped_ci_high", effects[arm], trusted),
            (
                "relative",
                "relative_lift_ci_low",
                "relative_lift_ci_high",
                effects[arm] / base,
                trusted,
            ),
            ("all plain", "lift_ci_low", "lift_ci_high", effects[arm], True),
        ):
            ends = getattr(compared, low), getattr(compared, high)
            shown = np.isfinite(ends[0]) & which
            held = shown & (ends[0] <= effect) & (effect <= ends[1])
            before = counts[kind]
            counts[kind] = (before[0] + int(held.sum()), before[1] + int(shown.sum()))
    return Held(design.name, metric, counts)


def _winsorised(design: Design, units: list[Units], chance, reference_units: int):
    """Cut revenue as int_experiment_sums does; its true effects depend on where each world cuts."""
    money = np.concatenate([unit.outcomes["revenue"] for unit in units], axis=1)
    caps = np.array([np.quantile(row[row > 0], WINSORISED_AT).round(2) for row in money])
    capped = [
        Units(
            {"revenue_winsorised": np.minimum(unit.outcomes["revenue"], caps[:, None])},
            {"revenue_winsorised": unit.before["revenue"]},
        )
        for unit in units
    ]
    means = []
    for arm in range(len(units)):
        many = causal_world.draw(design.world, arm, (1, reference_units), chance)
        many = np.sort(many.outcomes["revenue"][0])
        below = np.searchsorted(many, caps)
        means.append((np.r_[0, np.cumsum(many)][below] + caps * (len(many) - below)) / len(many))
    return capped, [mean - means[0] for mean in means], means[0]


def peek(trials: int, seed: int, *, looks: int = 20, units_per_look: int = 100) -> dict[str, float]:
    """Return how often two equal arms are ever told apart when looked at again and again.

    looks : at even steps, units_per_look more in each arm. By kind: the share of trials in which an
    interval excludes 0 at any look, for visits and for skewed revenue.
    """
    chance = np.random.default_rng([seed, 1000])
    world = CausalWorld((0.3, 0.3), (0.0, 0.0), sigma=1.2)
    size = looks * units_per_look
    arms = [causal_world.draw(world, arm, (trials, size), chance).outcomes for arm in (0, 1)]
    ever = {}
    for metric in ("visit", "revenue"):
        wrong = {"sequential": np.zeros(trials, bool), "fixed": np.zeros(trials, bool)}
        for look in range(1, looks + 1):
            seen = [arm[metric][:, : look * units_per_look] for arm in arms]
            compared = compare(Sums.of(seen, seen), 0, sequential_units=_SEQUENTIAL_UNITS)[1]
            wrong["sequential"] |= _excludes_zero(compared, "sequential_ci")
            wrong["fixed"] |= _excludes_zero(compared, "lift_ci")
        ever |= {f"{kind} {metric}": float(each.mean()) for kind, each in wrong.items()}
    return ever


def _excludes_zero(compared: Comparison, name: str) -> np.ndarray:
    return (getattr(compared, f"{name}_low") > 0) | (getattr(compared, f"{name}_high") < 0)


def total(found: list[Held], kind: str) -> tuple[int, int]:
    """Return how many intervals of a kind held the truth, and of how many."""
    counts = [held.counts[kind] for held in found]
    return sum(held for held, _ in counts), sum(shown for _, shown in counts)


def prove(worlds: int, seed: int) -> tuple[str, list[Verdict]]:
    """Return the table of docs/experiments.md, and what it shows."""
    found, wrong = measure(worlds, seed), peek(5 * worlds, seed)
    kinds = ("plain", "cuped", "relative", "all plain")
    lines = [
        "| design | metric | effects | lift | CUPED | relative | lift, reliable or not |",
        "|---|---|---|---|---|---|---|",
    ]
    for held in found:
        cells = [_percent(held.counts[kind]) for kind in kinds]
        lines.append(
            f"| {held.design} | {held.metric} | {held.counts['plain'][1]:,} | {' | '.join(cells)} |"
        )
    totals = {kind: total(found, kind) for kind in kinds}
    cells = [_percent(totals[kind]) for kind in kinds]
    lines.append(f"| **all** | | {totals['plain'][1]:,} | {' | '.join(cells)} |")
    lines += ["", "| equal arms, looked at 20 times | ever told apart |", "|---|---|"]
    lines += [f"| {kind} | {share:.1%} |" for kind, share in wrong.items()]
    verdicts = [
        Verdict(
            f"93 to 97 % of the {kind} intervals hold the true effect",
            0.93 <= held / shown <= 0.97,
            f"{held:,} of {shown:,}: {held / shown:.1%}",
        )
        for kind, (held, shown) in totals.items()
    ]
    verdicts += [
        Verdict(
            f"{kind} intervals are wrong at any of 20 looks in 5 % of the trials at most",
            share <= 0.05,
            f"{share:.1%}",
        )
        for kind, share in wrong.items()
        if kind.startswith("sequential")
    ]
    return "\n".join(lines), verdicts


def _percent(count: tuple[int, int]) -> str:
    held, shown = count
    return f"{held / shown:.1%}" if shown else "none"
