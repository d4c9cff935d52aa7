"""Shapley values of channels in the game of conversions."""

from collections import defaultdict
from math import fsum

import numpy as np

Path = tuple[str, ...]


def shapley_values(paths: list[Path], conversions: np.ndarray) -> dict[str, float]:
    """Conversions that each channel deserves, channels by name; they add up to all conversions.

    paths : channels touched by a journey, in any order and as often as they were.
    conversions : (paths,) int array, journeys along the path that ended with an order.

    The game: a coalition of channels is worth the conversions of the journeys that touched no other
    channel. It is a sum of unanimity games, one per set of channels, so its Shapley value needs no
    sum over coalitions: a set's conversions are split evenly over its channels. Exact for any
    number of channels. Journeys without an order are worth nothing in it.

    Source: Shapley (1953), "A value for n-person games"; the closed form for this game: Zhao,
    Mahboobi & Bagheri (2018), "Shapley Value Methods for Attribution Modeling in Online
    Advertising", arXiv:1804.05327.
    """
    shares = defaultdict(list)
    for path, converted in zip(paths, conversions.tolist(), strict=True):
        players = set(path)
        for channel in players:
            shares[channel].append(converted / len(players))
    # Rounded once, so that the order of the paths makes no difference.
    return {channel: fsum(shares[channel]) for channel in sorted(shares)}
