import numpy as np
import pytest
from scipy import sparse

pytest.importorskip("torch", reason="the extra deep is not installed")

from personalization.recommenders import sequence
from personalization.recommenders.sequence import Events, Settings, fit, steps_of

SETTINGS = Settings(
    dimensions=8,
    epochs=30,
    learning_rate=0.01,
    factor_rate=1.0,
    dropout=0.0,
    days_a_step=7,
    steps=12,
    steps_ahead=1,
    customers_at_once=16,
    cuts=4,
    seed=3,
)


def events(*rows: tuple) -> Events:
    """Rows of customer, product, days ago, is bought."""
    rows, columns, ages, bought = (np.array(part) for part in zip(*rows, strict=True))
    return Events(rows, columns, ages, bought)


def matrix_of(found: Events, shape: tuple[int, int]) -> sparse.csr_matrix:
    ones = np.ones(len(found.rows), np.float32)
    matrix = sparse.csr_matrix((ones, (found.rows, found.columns)), shape=shape)
    matrix.data[:] = 1
    return matrix


def ordered_world(customers: int = 80) -> Events:
    """Everyone buys 0 and, a week later, 1; or 2 and then 3; by turns, at weeks of their own."""
    random = np.random.default_rng(5)
    rows = []
    for customer in range(customers):
        # The last was bought in the last week; what comes after it is not known yet.
        for place, pair in enumerate(random.integers(0, 2, 6)):
            age = 1 + 14 * place
            rows += [(customer, 2 * pair, age, True)]
            if place:
                rows += [(customer, 2 * pair + 1, age - 7, True)]
    return events(*rows)


def scores(found: Events, shape: tuple[int, int], settings: Settings = SETTINGS) -> np.ndarray:
    return fit(matrix_of(found, shape), found, settings).score_rows(np.arange(shape[0]))


def test_what_always_follows_the_last_purchase_ranks_first():
    found = ordered_world()
    last = np.full(80, -1)
    newest = found.days_ago == 1
    last[found.rows[newest]] = found.columns[newest]
    assert set(last) == {0, 2}
    assert (scores(found, (80, 4)).argmax(axis=1) == last + 1).mean() > 0.95


def test_two_fits_are_equal_to_the_bit_in_any_order_of_rows():
    found, turned = ordered_world(), Events(*(part[::-1] for part in ordered_world()))
    settings = Settings(**{**SETTINGS.__dict__, "epochs": 2, "dropout": 0.4})
    first, again, other = (scores(one, (80, 4), settings) for one in (found, found, turned))
    assert first.tobytes() == again.tobytes() == other.tobytes()


def test_scores_are_shares_of_what_is_bought_next():
    found = scores(ordered_world(), (80, 4))
    assert found.dtype == np.float32
    assert (found > 0).all()
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)


def test_a_customer_without_events_is_told_what_others_bought_of_late():
    days = ((0, 1), (0, 8), (1, 64))
    found = events(*((customer, *day, True) for customer in range(9) for day in days))
    told = scores(found, (10, 3))
    assert np.isfinite(told).all()
    assert told[9].argmax() == 0


def test_one_customer_one_product_and_one_day_are_enough():
    found = scores(events((0, 0, 1, True)), (1, 1))
    assert found.tolist() == [[1.0]]


def test_events_that_are_no_purchases_are_read_and_not_told():
    views = events((0, 0, 1, False), (0, 1, 8, True))
    steps = steps_of(views, (1, 2), SETTINGS)
    assert steps.read.toarray().tolist() == [[0, 1], [1, 0]]
    assert steps.bought.toarray().tolist() == [[0, 1], [0, 0]]


def test_a_step_ends_with_its_last_day_and_the_first_holds_all_before():
    # Steps of seven days, at most three: 1 to 7 days ago, 8 to 14, and whatever was before.
    found = events((0, 0, 7, True), (0, 1, 8, True), (0, 2, 14, True), (0, 3, 99, True))
    steps = steps_of(found, (1, 4), Settings(**{**SETTINGS.__dict__, "steps": 3}))
    assert steps.read.toarray().tolist() == [[0, 0, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]]
    assert steps.first.tolist() == [0]


def test_buyers_of_late_are_counted_over_two_and_eight_steps():
    # Customers 0 and 1 buy product 0 eleven weeks ago, and 0 again in the last; 1 buys product 1.
    found = events((0, 0, 78, True), (1, 0, 78, True), (0, 0, 1, True), (1, 1, 1, True))
    late = steps_of(found, (2, 2), SETTINGS).late[:, -1]
    one_each, new_alone = np.log([1.5 / 3, 1.5 / 3]), np.log([0.5 / 2, 1.5 / 2])
    assert np.allclose(late, [one_each, one_each, new_alone, new_alone])


def test_the_loss_is_that_of_all_bought_and_of_the_new_alone_reckoned_by_hand():
    # Two weeks: product 0, then 0 and 1 again. At the first cut both are told, 1 alone is new.
    found = events((0, 0, 8, True), (0, 0, 1, True), (0, 1, 1, True))
    steps = steps_of(found, (1, 3), SETTINGS)

    def even(steps, customers, cuts):
        return sequence.torch.zeros((1, 1, 3))

    told = sequence.loss(even, steps, np.array([0]), np.array([0]), 1)
    # All: two of three, divided by the root of two. New: one of the two that were never bought.
    assert float(told) == pytest.approx(2 * np.log(3) / np.sqrt(2) + np.log(2))


def test_nothing_ahead_of_a_cut_is_read_at_the_cut():
    found = ordered_world()
    model = fit(matrix_of(found, (80, 4)), found, SETTINGS)
    early = found.days_ago > 35
    changed = Events(found.rows, np.where(early, found.columns, 0), found.days_ago, found.is_bought)
    one, other = (steps_of(e, (80, 4), SETTINGS) for e in (found, changed))
    cut = np.array([one.count - 1 - 35 // 7])
    with sequence.torch.no_grad():
        seen = [model.network(steps, np.arange(80), cut).numpy() for steps in (one, other)]
    assert np.array_equal(*seen)
