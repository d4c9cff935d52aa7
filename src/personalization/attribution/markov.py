"""Removal effects of channels in a Markov chain of journeys."""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from personalization.attribution.touches import Touches


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


def learn(touches: Touches, conversions: np.ndarray, nulls: np.ndarray, order: int = 1) -> Chain:
    """Count how journeys go on, into a chain whose states are the last `order` channels.

    conversions, nulls : (paths,) int arrays, journeys along each path that ended with an order and
        without.
    order : touches a journey remembers, at least 1.

    Raises ValueError if order is below 1.
    """
    if order < 1:
        raise ValueError(f"The order of the Markov chain is {order}; give a whole number from 1.")
    first = np.diff(touches.path, prepend=-1) > 0
    last = np.append(first[1:], True)
    _, examples, state = np.unique(
        _memories(touches, first, order), return_index=True, return_inverse=True
    )
    converted = conversions[touches.path]
    walked = converted + nulls[touches.path]
    here, there = np.flatnonzero(~last), np.flatnonzero(~first)
    counts = sparse.coo_array(
        (walked[here], (state[here], state[there])), shape=(len(examples), len(examples))
    )

    def total(times, chosen):
        return np.bincount(state[chosen], times[chosen], len(examples))

    begun, won, left = total(walked, first), total(converted, last), total(walked, slice(None))
    seen = np.maximum(left, 1)
    return Chain(
        last_channel=touches.names[touches.channel[examples]],
        entry=begun / max(begun.sum(), 1),
        moves=sparse.csr_array(sparse.diags_array(1.0 / seen) @ counts.tocsr()),
        success=won / seen,
    )


def _memories(touches: Touches, first: np.ndarray, order: int) -> np.ndarray:
    """What is remembered after each touch, the last `order` channels, as a number.

    Numbers sort as the lists of channels do, a list before those that begin with it.
    """
    place = np.arange(len(first))
    length = np.minimum(place - np.flatnonzero(first)[touches.path] + 1, order)
    memory = np.zeros(len(first), dtype=np.int64)
    for i in range(length.max()):
        at = np.minimum(place - length + 1 + i, place)
        digit = np.where(i < length, touches.channel[at] + 1, 0)
        # As ranks, so that no memory is too long for a number.
        memory = np.unique(memory * (len(touches.names) + 1) + digit, return_inverse=True)[1]
    return memory


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
