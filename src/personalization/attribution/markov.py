"""Removal effects of channels in a Markov chain of journeys."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

Path = tuple[str, ...]


class Chain(NamedTuple):
    """An absorbing Markov chain, learned from journeys.

    last_channel : (states,) str array, the channel touched last in each state.
    entry : (states,) float array, how likely a journey begins in the state.
    moves : (states, states) sparse float array, how likely row is followed by column.
    success : (states,) float array, how likely the journey ends with an order after the state.

    What is left of 1 in a row is the journey that ends without an order.
    """

    last_channel: np.ndarray
    entry: np.ndarray
    moves: sparse.csr_array
    success: np.ndarray


def learn(paths: list[Path], conversions: np.ndarray, nulls: np.ndarray, order: int = 1) -> Chain:
    """Count how journeys go on, into a chain whose states are the last `order` channels.

    paths : channels in the order of their touches, none empty.
    conversions, nulls : (paths,) int arrays, journeys along the path that ended with an order and
        without.
    order : touches a journey remembers, at least 1.

    Raises ValueError if order is below 1.
    """
    if order < 1:
        raise ValueError(f"The order of the Markov chain is {order}; give a whole number from 1.")
    walks = [[path[max(0, i + 1 - order) : i + 1] for i in range(len(path))] for path in paths]
    states = sorted({state for walk in walks for state in walk})
    index = {state: i for i, state in enumerate(states)}
    counts = sparse.dok_array((len(states), len(states)), dtype=np.int64)
    begun, won, left = (np.zeros(len(states), dtype=np.int64) for _ in range(3))
    for walk, converted, lost in zip(walks, conversions.tolist(), nulls.tolist(), strict=True):
        steps = [index[state] for state in walk]
        begun[steps[0]] += converted + lost
        won[steps[-1]] += converted
        for here in steps:
            left[here] += converted + lost
        for here, there in pairwise(steps):
            counts[here, there] += converted + lost
    seen = np.maximum(left, 1)
    return Chain(
        last_channel=np.array([state[-1] for state in states], dtype=object),
        entry=begun / max(begun.sum(), 1),
        moves=sparse.csr_array(sparse.diags_array(1.0 / seen) @ counts.tocsr()),
        success=won / seen,
    )


def conversion_probability(chain: Chain, removed: str | None = None) -> float:
    """Chance that a journey ends with an order; one that touches the removed channel never does.

    Solved exactly: x = success + moves x over the states that are left.
    """
    kept = np.flatnonzero(chain.last_channel != removed)
    if not len(kept):
        return 0.0
    system = sparse.eye_array(len(kept)) - chain.moves[kept][:, kept]
    chances = linalg.spsolve(sparse.csc_array(system), chain.success[kept])
    return float(chain.entry[kept] @ np.atleast_1d(chances))


def removal_effects(chain: Chain) -> dict[str, float]:
    """Share of all conversions that is lost without each channel, 0 to 1, channels by name.

    A removed channel ends the journeys that touch it without an order. Touches of one channel in a
    row change nothing at order 1.

    Source: Anderl, Becker, von Wangenheim & Schumann (2016), "Mapping the customer journey",
    International Journal of Research in Marketing 33(3), 457-474.
    """
    channels = sorted(set(chain.last_channel))
    whole = conversion_probability(chain)
    if whole == 0:
        return dict.fromkeys(channels, 0.0)
    return {
        # Removing nobody's channel may miss 0 by a rounding.
        channel: min(max(1 - conversion_probability(chain, channel) / whole, 0.0), 1.0)
        for channel in channels
    }
