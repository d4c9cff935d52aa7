from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

from personalization.recommenders import topk

LENGTH = 20


def factors(customers, products, length=16, seed=0, kind="different"):
    """Random factors; `equal`: few values, so many equal scores; `copies`: few products."""
    random = np.random.default_rng(seed)
    both = [random.standard_normal((n, length)).astype(np.float32) for n in (customers, products)]
    if kind == "equal":
        return tuple(np.round(f) for f in both)
    if kind == "copies":
        return both[0], both[1][random.integers(0, max(1, products // 60), products)]
    return tuple(both)


def pairs(customers, products, density=0.1, seed=1):
    return sparse.random_array(
        (customers, products), density=density, format="csr", rng=seed, dtype=np.float32
    )


def scores(customers, products):
    return np.array([(products * customer).sum(axis=1) for customer in customers])


def by_sorting(scores, length=LENGTH):
    """Rank all columns of each row, -inf being none: the slow way."""
    order = np.argsort(-scores, axis=1, kind="stable")
    top = np.take_along_axis(scores, order, axis=1)
    wide = [(0, 0), (0, length)]
    ranked = np.pad(np.where(top > -np.inf, order, -1), wide, constant_values=-1)
    return topk.Ranked(ranked[:, :length], np.pad(top, wide, constant_values=-np.inf)[:, :length])


def assert_same(found, expected):
    assert found.products.dtype == np.int32
    assert found.scores.dtype == np.float32
    assert np.array_equal(found.products, expected.products)
    assert np.array_equal(found.scores, expected.scores)


@pytest.mark.parametrize("kind", ["different", "equal", "copies"])
@pytest.mark.parametrize(("customers", "products"), [(300, 2000), (5, 700), (257, 33), (3, 5)])
def test_the_top_is_that_of_sorting_all_scores_to_the_bit(customers, products, kind):
    both = factors(customers, products, kind=kind)
    bought = pairs(customers, products)
    all_scores = scores(*both)
    is_bought = bought.toarray() > 0
    assert_same(topk.top_products(*both, LENGTH), by_sorting(all_scores))
    others = by_sorting(np.where(is_bought, -np.inf, all_scores).astype(np.float32))
    assert_same(topk.top_products(*both, LENGTH, bought), others)
    again, others_too = topk.split_top_products(*both, LENGTH, bought)
    assert_same(others_too, others)
    assert_same(again, by_sorting(np.where(is_bought, all_scores, -np.inf).astype(np.float32)))
    assert_same(topk.merged(again, others), by_sorting(all_scores))


@pytest.mark.parametrize("kind", ["different", "equal", "copies"])
def test_what_matrix_products_round_changes_no_bit(monkeypatch, kind):
    both = factors(100, 3000, kind=kind, length=64)
    expected = by_sorting(scores(*both))
    random = np.random.default_rng(5)
    multiply = np.matmul

    def rounds_otherwise(products, customers, out):
        multiply(products, customers, out=out)
        room = 64 * 2.0**-25 * multiply(abs(products), abs(customers))
        out += (random.uniform(-1, 1, out.shape) * room).astype(np.float32)

    monkeypatch.setattr(np, "matmul", rounds_otherwise)
    assert_same(topk.top_products(*both, LENGTH), expected)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_neither_threads_nor_how_customers_are_divided_change_a_bit(threads):
    both = factors(1500, 900, length=50)
    bought = pairs(1500, 900)
    expected = topk.split_top_products(*both, LENGTH, bought, threads=1)
    bounds = [0, 1, 300, 811, 1500]
    parts = [
        topk.split_top_products(
            both[0][begin:end], both[1], LENGTH, bought[begin:end], threads=threads
        )
        for begin, end in pairwise(bounds)
    ]
    for place in (0, 1):
        columns = zip(*(part[place] for part in parts), strict=True)
        assert_same(topk.Ranked(*map(np.concatenate, columns)), expected[place])


def test_more_products_than_are_scored_at_a_time_give_the_same_top(monkeypatch):
    both = factors(70, 3000, kind="equal")
    bought = pairs(70, 3000)
    expected = topk.split_top_products(*both, LENGTH, bought)
    monkeypatch.setattr(topk, "_SLAB", 1024)
    found = topk.split_top_products(*both, LENGTH, bought)
    assert_same(found[0], expected[0])
    assert_same(found[1], expected[1])


def test_a_customer_without_taste_gets_the_first_products_that_are_left():
    _, products = factors(1, 500)
    nobody = np.zeros((2, 16), dtype=np.float32)
    bought = sparse.csr_matrix(([1.0, 1.0], ([1, 1], [0, 3])), shape=(2, 500))
    found = topk.top_products(nobody, products, 4, bought)
    assert found.products.tolist() == [[0, 1, 2, 3], [1, 2, 4, 5]]
    assert not found.scores.any()


def test_what_is_bought_twice_is_ranked_once():
    both = factors(1, 6)
    twice = sparse.csr_matrix(([1.0, 1.0], [4, 4], [0, 2]), shape=(1, 6))
    again, others = topk.split_top_products(*both, LENGTH, twice)
    assert (again.products >= 0).sum() == 1
    assert (others.products >= 0).sum() == 5


def test_whoever_bought_everything_finds_nothing_else():
    both = factors(3, 40)
    bought = sparse.csr_matrix(np.ones((3, 40), dtype=np.float32))
    again, others = topk.split_top_products(*both, LENGTH, bought)
    assert_same(again, by_sorting(scores(*both)))
    assert (others.products == -1).all()
    assert (others.scores == -np.inf).all()


@pytest.mark.parametrize(("customers", "products", "length"), [(0, 9, 3), (4, 0, 3), (4, 9, 0)])
def test_nothing_to_rank_gives_empty_rankings(customers, products, length):
    nothing = sparse.csr_matrix((customers, products), dtype=np.float32)
    for found in topk.split_top_products(*factors(customers, products), length, nothing):
        assert found.products.shape == found.scores.shape == (customers, length)
    assert (topk.top_products(*factors(4, 0), 3).products == -1).all()


def test_lists_longer_than_a_block_of_products_are_whole():
    both = factors(9, 400, kind="equal")
    assert_same(topk.top_products(*both, 150), by_sorting(scores(*both), 150))


@pytest.mark.parametrize("shape", [(300, 1000), (300, 7), (2, 0)])
def test_given_scores_rank_as_sorted_and_infinitely_low_ones_are_left_out(shape):
    random = np.random.default_rng(3)
    # Zeros of both signs among them.
    given = np.round(random.uniform(-1.4, 0.6, shape)).astype(np.float32)
    given[random.random(shape) < 0.5] = -np.inf
    kept = given.copy()
    assert_same(topk.top_of_rows(given, LENGTH), by_sorting(given))
    assert np.array_equal(given, kept)
