from itertools import permutations

import numpy as np
import pyarrow as pa
import pytest

from personalization.attribution import shapley
from personalization.attribution.touches import of_paths


def shapley_values(paths, conversions):
    return shapley.shapley_values(of_paths(pa.array(paths)), conversions)


def by_definition(paths, conversions):
    """Mean of what a channel adds when it joins, over all orders of joining (Shapley 1953)."""
    channels = sorted({channel for path in paths for channel in path})

    def worth(coalition):
        return sum(
            n for path, n in zip(paths, conversions, strict=True) if set(path) <= set(coalition)
        )

    orders = list(permutations(channels))
    return {
        channel: sum(
            worth(order[: order.index(channel) + 1]) - worth(order[: order.index(channel)])
            for order in orders
        )
        / len(orders)
        for channel in channels
    }


def test_a_game_of_three_by_hand():
    """v(a)=4, v(b)=2, v(c)=0, v(ab)=12, v(ac)=4, v(bc)=2, v(abc)=15.

    a joins first 4, after b 10, after c 4, last 13: (2 x 4 + 10 + 4 + 2 x 13) / 6 = 8.
    b: (2 x 2 + 8 + 2 + 2 x 11) / 6 = 6. c: (0 + 0 + 0 + 2 x 3) / 6 = 1.
    """
    paths = [("a",), ("b",), ("b", "a"), ("a", "b", "c", "a")]
    found = shapley_values(paths, np.array([4, 2, 6, 3]))
    assert found == pytest.approx({"a": 8, "b": 6, "c": 1})


def test_a_unanimous_coalition_shares_evenly_and_others_get_nothing():
    found = shapley_values([("a", "b", "c"), ("d",)], np.array([3, 0]))
    assert found == {"a": 1, "b": 1, "c": 1, "d": 0}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_closed_form_is_the_mean_over_all_orders_of_joining(seed):
    chance = np.random.default_rng(seed)
    paths = [tuple(chance.choice(list("abcdef"), size=n)) for n in chance.integers(1, 6, 40)]
    conversions = chance.integers(0, 20, 40)
    assert shapley_values(paths, conversions) == pytest.approx(by_definition(paths, conversions))


def test_the_order_of_the_rows_changes_no_bit():
    chance = np.random.default_rng(5)
    paths = [tuple(chance.choice(list("abcdef"), size=n)) for n in chance.integers(1, 7, 300)]
    conversions = chance.integers(0, 99, 300)
    assert shapley_values(paths, conversions) == shapley_values(paths[::-1], conversions[::-1])


def test_thirty_channels_are_no_trouble():
    names = tuple(f"channel {i}" for i in range(30))
    assert sum(shapley_values([names], np.array([6])).values()) == pytest.approx(6)
