"""Which variant a unit gets: a hash decides, so that every system that knows the salt agrees.

The macro experiment_bucket and the model int_experiment_variants do the same in SQL.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

BUCKETS = 10_000
_WHOLE = 1_000_000


@dataclass(frozen=True)
class Experiment:
    """An experiment as the table experiments has it.

    variants : (key, weight) in their order; weights that add up to less than 1 leave the rest of
    the units outside. layer : experiments of one layer share no unit; None: it shares all.
    """

    key: str
    salt: str
    variants: tuple[tuple[str, float], ...]
    started_at: datetime
    ended_at: datetime | None = None
    layer: str | None = None


def bucket(salt: str, unit: str) -> int:
    """Return the place of a unit in an experiment, from 0 to below 10,000.

    The first 15 hex digits of md5(salt:unit), modulo 10,000. Units of two salts are independent.
    """
    digest = hashlib.md5(f"{salt}:{unit}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:15], 16) % BUCKETS


def variant(experiment: Experiment, unit: str) -> str | None:
    """Return the variant of a unit, None where the experiment leaves it outside."""
    place = bucket(experiment.salt, unit)
    for key, until in bucket_ends(experiment.variants):
        if place < until:
            return key
    return None


def bucket_ends(variants: tuple[tuple[str, float], ...]) -> list[tuple[str, int]]:
    """Return where the buckets of each variant end, in whole numbers, so that SQL agrees."""
    weights = [round(Fraction(str(weight)) * _WHOLE) for _, weight in variants]
    total = max(sum(weights), _WHOLE)
    return [
        (key, (sum(weights[: place + 1]) * 2 * BUCKETS + total) // (2 * total))
        for place, (key, _) in enumerate(variants)
    ]


def variants_of(unit: str, experiments: list[Experiment]) -> dict[str, str]:
    """Return the variants of a unit by experiment.

    Of the experiments of one layer whose times overlap, the one that started first (then by key)
    takes the unit if its own hash does; the next one asks those that are left. What an experiment
    holds never changes because another one begins.
    """
    found: dict[str, str] = {}
    taken: list[Experiment] = []
    for experiment in sorted(experiments, key=lambda each: (each.started_at, each.key)):
        chosen = variant(experiment, unit)
        if chosen is not None and not any(_excludes(other, experiment) for other in taken):
            found[experiment.key] = chosen
            taken.append(experiment)
    return found


def _excludes(earlier: Experiment, later: Experiment) -> bool:
    """Whether a unit of the earlier experiment can't be in the later one."""
    return (
        earlier.layer is not None
        and later.layer is not None
        and earlier.layer.lower() == later.layer.lower()
        and (earlier.ended_at is None or earlier.ended_at > later.started_at)
    )
