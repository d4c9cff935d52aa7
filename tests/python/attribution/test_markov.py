import numpy as np
import pyarrow as pa
import pytest

from personalization.attribution import markov
from personalization.attribution.touches import of_paths


def effects(journeys, order=1):
    paths, won, lost = zip(*journeys, strict=True)
    chain = markov.learn(of_paths(pa.array(paths)), np.array(won), np.array(lost), order)
    return markov.removal_effects(chain), markov.conversion_probability(chain)


def test_the_worked_example_of_the_literature_comes_out():
    """Bryl (2016), analyzecore.com/2016/08/03/attribution-model-r-part-1: 1/3; 0.5, 1 and 1."""
    found, chance = effects([(("c1", "c2", "c3"), 1, 0), (("c1",), 0, 1), (("c2", "c3"), 0, 1)])
    assert chance == pytest.approx(1 / 3)
    assert found == pytest.approx({"c1": 0.5, "c2": 1, "c3": 1})


def test_four_paths_by_hand():
    """Entry: ads 4/5, mail 1/5. From ads 2/4 order, 1/4 go to mail, 1/4 leave; mail always orders.

    All: 4/5 (1/2 + 1/4) + 1/5 = 0.8; without ads 1/5; without mail 4/5 x 1/2.
    """
    found, chance = effects(
        [(("ads",), 2, 0), (("mail",), 1, 0), (("ads", "mail"), 1, 0), (("ads",), 0, 1)]
    )
    assert chance == pytest.approx(0.8)
    assert found == pytest.approx({"ads": 1 - 0.2 / 0.8, "mail": 1 - 0.4 / 0.8})


def test_a_loop_is_solved_and_not_cut_off():
    """From a: 1/2 to b, 1/2 order; from b: 1 back to a. All that begin come to an order."""
    found, chance = effects([(("a", "b", "a"), 1, 0)])
    assert chance == pytest.approx(1)
    assert found == pytest.approx({"a": 1, "b": 0.5})


def test_touches_of_one_channel_in_a_row_change_nothing_at_order_one():
    once = [(("a", "b"), 3, 1), (("b",), 1, 4), (("a",), 0, 2)]
    often = [(("a", "a", "a", "b"), 3, 1), (("b", "b"), 1, 4), (("a",), 0, 2)]
    assert effects(often)[0] == pytest.approx(effects(once)[0])


def test_a_longer_memory_tells_apart_what_one_touch_confuses():
    """After a, b always orders; after c it never does. With one touch b orders every second time.

    Order 1, all: 1/2. Without a: 1/2 x 1/2. Without c: the same.
    Order 2, all: 1/2. Without a nobody orders; without c nobody is lost.
    """
    journeys = [(("a", "b"), 1, 0), (("c", "b"), 0, 1)]
    assert effects(journeys, order=1)[0] == pytest.approx({"a": 0.5, "b": 1, "c": 0.5})
    assert effects(journeys, order=2)[0] == pytest.approx({"a": 1, "b": 1, "c": 0})


def test_journeys_without_an_order_count():
    """Half of all begin with a; with four more that begin with b and fail, a quarter does."""
    orders = [(("a", "b"), 2, 0), (("b",), 2, 0)]
    assert effects(orders)[0] == pytest.approx({"a": 0.5, "b": 1})
    assert effects([*orders, (("b",), 0, 4)])[0] == pytest.approx({"a": 0.25, "b": 1})


def test_where_nobody_ordered_no_channel_has_an_effect():
    assert effects([(("a", "b"), 0, 5)]) == ({"a": 0.0, "b": 0.0}, 0.0)


def test_a_memory_of_no_touch_is_refused():
    with pytest.raises(ValueError, match="give a whole number from 1"):
        effects([(("a",), 1, 0)], order=0)


@pytest.mark.parametrize("order", [1, 2])
def test_the_order_of_the_rows_changes_no_bit(order):
    chance = np.random.default_rng(5)
    journeys = [
        (tuple(chance.choice(list("abcdef"), size=length)), int(won), int(lost))
        for length, won, lost in zip(
            chance.integers(1, 7, 200),
            chance.integers(0, 9, 200),
            chance.integers(0, 9, 200),
            strict=True,
        )
    ]
    assert effects(journeys, order) == effects(journeys[::-1], order)
