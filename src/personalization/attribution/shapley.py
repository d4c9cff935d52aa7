"""Shapley values of channels in the game of conversions."""

from math import fsum

import numpy as np

from personalization.attribution.touches import Touches


def shapley_values(touches: Touches, conversions: np.ndarray) -> dict[str, float]:
    """Conversions that each channel deserves, channels by name; they add up to all conversions.

    conversions : (paths,) int array, journeys along each path that ended with an order.

    The game: a coalition of channels is worth the conversions of the journeys that touched no other
    channel. It is a sum of unanimity games, one per set of channels, so its Shapley value needs no
    sum over coalitions: a set's conversions are split evenly over its channels. Exact for any
    number of channels. Journeys without an order are worth nothing in it.

    Source: Shapley (1953), "A value for n-person games"; the closed form for this game: Zhao,
    Mahboobi & Bagheri (2018), "Shapley Value Methods for Attribution Modeling in Online
    Advertising", arXiv:1804.05327.
    """
    sets = np.unique(touches.path * len(touches.names) + touches.channel)
    path, player = np.divmod(sets, len(touches.names))
    shares = conversions[path] / np.bincount(path)[path]
    return {
        # Rounded once, so that the order of the paths makes no difference.
        name: fsum(shares[player == number])
        for number, name in enumerate(touches.names.tolist())
    }
