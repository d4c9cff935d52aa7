import numpy as np
import pytest

from personalization.recommenders import ratings
from personalization.recommenders.ratings import Ratings

SETTINGS = ratings.Settings(factors=4, factor_penalty=5.0, bias_penalty=3.0, iterations=10, seed=7)
BIASES = ratings.Settings(factors=0, factor_penalty=99.0, bias_penalty=1.0, iterations=60, seed=7)


def world(seed=0, users=150, items=100, share=0.3, noise=0.4):
    """Stars that follow biases and two tastes; who rated what is left to chance."""
    random = np.random.default_rng(seed)
    tastes, kinds = random.normal(0, 0.8, (users, 2)), random.normal(0, 0.8, (items, 2))
    biases = random.normal(0, 0.5, users)[:, None] + random.normal(0, 0.5, items)
    mean = 3.2 + biases + tastes @ kinds.T
    user, item = np.nonzero(random.random(mean.shape) < share)
    stars = np.clip(np.round(mean[user, item] + random.normal(0, noise, len(user))), 1, 5)
    order = random.permutation(len(user))
    return Ratings(user[order], item[order], stars[order])


WORLD = world()
EARLY, LATE = (
    Ratings(*(column[part] for column in WORLD)) for part in (slice(3600), slice(3600, None))
)


def test_tastes_and_biases_are_learned_and_each_lowers_the_error():
    both = ratings.evaluate_mae(EARLY, LATE, SETTINGS)
    biases = ratings.evaluate_mae(EARLY, LATE, BIASES)
    assert both.mae < 0.8 * biases.mae < 0.8 * biases.global_mean_mae
    assert both.gain == pytest.approx(both.global_mean_mae - both.mae)
    assert 0 < both.gain_low < both.gain < both.gain_high


def test_biases_solve_their_ridge_regression():
    some = Ratings(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 2, 2]), np.array([5, 4, 2, 1, 3]))
    model = ratings.fit(some, BIASES)
    design = np.zeros((5 + 6, 6))
    design[np.arange(5), some.users] = 1
    design[np.arange(5), 3 + some.items] = 1
    design[5:] = np.eye(6)
    wanted = np.append(some.stars - 3.0, np.zeros(6))
    expected = np.linalg.lstsq(design, wanted, rcond=None)[0]
    assert np.append(model.users[:, 0], model.items[:, 0]) == pytest.approx(expected, abs=1e-6)
    assert model.mean == 3


def test_a_sweep_never_raises_what_is_minimised():
    losses = []
    for iterations in range(1, 8):
        settings = ratings.Settings(
            factors=4, factor_penalty=5.0, bias_penalty=3.0, iterations=iterations, seed=7
        )
        mean, users, items = ratings.fit(WORLD, settings)
        own, theirs = users[WORLD.users], items[WORLD.items]
        guess = mean + own[:, 0] + theirs[:, 0] + (own[:, 1:] * theirs[:, 1:]).sum(axis=1)
        lengths = (users**2).sum(axis=0) + (items**2).sum(axis=0)
        penalty = 3.0 * lengths[0] + 5.0 * lengths[1:].sum()
        losses.append(((guess - WORLD.stars) ** 2).sum() + penalty)
    assert losses == sorted(losses, reverse=True)


def test_predictions_stay_within_one_and_five_stars():
    extreme = Ratings(
        np.repeat(np.arange(9), 9), np.tile(np.arange(9), 9), np.repeat([1, 5, 5], 27)
    )
    model = ratings.fit(extreme, SETTINGS)
    far = ratings.Model(model.mean, model.users * 9, model.items * 9)
    guess = ratings.predict(far, extreme.users, extreme.items)
    assert (guess.min(), guess.max()) == (1, 5)


def test_who_or_what_is_unknown_falls_back_to_the_other_bias_and_the_mean():
    model = ratings.fit(WORLD, SETTINGS)
    user, item = 3, 4
    found = ratings.predict(
        model, np.array([user, -1, user, 10**6, -1]), np.array([-1, item, 10**6, item, -1])
    )
    by_user, by_item = model.mean + model.users[user, 0], model.mean + model.items[item, 0]
    assert found == pytest.approx([by_user, by_item, by_user, by_item, model.mean])


def test_a_code_that_nobody_used_is_unknown_too():
    gap = Ratings(np.array([0, 2]), np.array([0, 2]), np.array([5.0, 3.0]))
    model = ratings.fit(gap, SETTINGS)
    assert ratings.predict(model, np.array([1]), np.array([1])) == pytest.approx([4])


def test_one_rating_moves_its_user_little_and_many_move_them_far():
    few = ratings.fit(Ratings(np.array([0, 1]), np.array([0, 1]), np.array([5.0, 1.0])), BIASES)
    many = ratings.fit(
        Ratings(np.repeat([0, 1], 50), np.arange(100), np.repeat([5.0, 1.0], 50)), BIASES
    )
    assert 0 < few.users[0, 0] < 1 < many.users[0, 0] < 2


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_changes_no_bit(seed):
    random = np.random.default_rng(seed)
    stars = np.round(WORLD.stars + random.random(len(WORLD.stars)) / 3, 1).clip(1, 5)
    # Some are said three times: the order of two addends changes no sum.
    said = [np.concatenate([c, c[:200], c[:200]]) for c in (WORLD.users, WORLD.items)]
    table = Ratings(*said, np.concatenate([stars, stars[200:600]]))
    order = random.permutation(len(table.stars))
    shuffled = Ratings(*(column[order] for column in table))
    first, second = ratings.fit(table, SETTINGS), ratings.fit(shuffled, SETTINGS)
    assert first.mean == second.mean
    assert np.array_equal(first.users, second.users)
    assert np.array_equal(first.items, second.items)
    late = Ratings(*(random.permutation(LATE.users.size) for _ in range(2)), LATE.stars)
    order = random.permutation(LATE.users.size)
    again = Ratings(*(column[order] for column in late))
    expected = ratings.evaluate_mae(table, late, SETTINGS)
    assert ratings.evaluate_mae(shuffled, again, SETTINGS) == expected


def test_several_ratings_of_one_item_by_one_user_count_as_their_mean():
    twice = Ratings(np.array([0, 0, 1]), np.array([0, 0, 1]), np.array([1.0, 5.0, 4.0]))
    once = Ratings(np.array([0, 1]), np.array([0, 1]), np.array([3.0, 4.0]))
    assert np.array_equal(ratings.fit(twice, SETTINGS).users, ratings.fit(once, SETTINGS).users)


def test_a_pair_is_predicted_alike_alone_and_among_others():
    model = ratings.fit(WORLD, SETTINGS)
    everyone = ratings.predict(model, WORLD.users, WORLD.items)
    assert np.array_equal(ratings.predict(model, WORLD.users[5:6], WORLD.items[5:6]), everyone[5:6])


def test_errors_are_those_of_the_held_out_alone_beside_the_global_mean():
    known = Ratings(np.arange(4), np.zeros(4, dtype=int), np.array([4.0, 4, 4, 4]))
    late = Ratings(np.array([4, 5]), np.array([0, 0]), np.array([1.0, 2]))
    found = ratings.evaluate_mae(known, late, SETTINGS)
    # All is said to be 4: off by 3 and by 2, and so is the mean.
    assert found == (2.5, 2.5, 0, 0, 0, 2)


def test_without_earlier_or_later_ratings_nothing_is_claimed():
    nobody = Ratings(np.array([], int), np.array([], int), np.array([]))
    for known, late in ((nobody, WORLD), (WORLD, nobody), (nobody, nobody)):
        found = ratings.evaluate_mae(known, late, SETTINGS)
        assert found.n == 0
        assert np.isnan(found.mae)


def test_without_ratings_the_middle_of_the_scale_is_said():
    model = ratings.fit(Ratings(np.array([], int), np.array([], int), np.array([])), SETTINGS)
    assert ratings.predict(model, np.array([0, -1]), np.array([7, 0])).tolist() == [3, 3]


@pytest.mark.parametrize("stars", [0.5, 5.5, np.nan])
def test_stars_beyond_the_scale_are_refused(stars):
    with pytest.raises(ValueError, match="1 to 5"):
        ratings.fit(Ratings(np.array([0]), np.array([0]), np.array([stars])), SETTINGS)
