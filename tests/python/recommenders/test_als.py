import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from personalization.recommenders import als

SETTINGS = als.Settings(factors=4, regularization=0.05, alpha=5.0, iterations=15, seed=7)
# Two tastes: tea (0) goes with mug and pot, rake (3) with twine and seeds; 1 is bought.
BOUGHT = [
    [1, 1, 0, 0, 0, 0],
    [1, 1, 1, 0, 0, 0],
    [1, 0, 1, 0, 0, 0],
    [0, 0, 0, 1, 1, 0],
    [0, 0, 0, 1, 1, 1],
    [0, 0, 0, 1, 0, 1],
]


def test_everyone_likes_best_what_those_of_the_same_taste_buy():
    weights = sparse.csr_matrix(BOUGHT, dtype=np.float32)
    factors = als.factorise(weights, SETTINGS)
    scores = factors.customers @ factors.products.T
    assert set(np.argsort(-scores[0])[:3]) == {0, 1, 2}
    assert set(np.argsort(-scores[5])[:3]) == {3, 4, 5}


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError):
        als.Settings(depth=3, factors=4, regularization=1, alpha=1, iterations=1, seed=1)


def matrix(customers=80, products=50, seed=0):
    random = np.random.default_rng(seed)
    bought = random.random((customers, products)) < 0.2
    return sparse.csr_matrix(np.where(bought, 3 * random.random(bought.shape), 0), dtype=np.float32)


def test_factors_are_the_same_bits_with_one_thread_and_with_two():
    weights = matrix(700, 300)
    with threadpool_limits(limits=1):
        one = als.factorise(weights, SETTINGS)
    with threadpool_limits(limits=2):
        two = als.factorise(weights, SETTINGS)
    assert np.array_equal(one.customers, two.customers)
    assert np.array_equal(one.products, two.products)


def test_where_nobody_bought_anything_nobody_has_a_taste():
    factors = als.factorise(sparse.csr_matrix((3, 5), dtype=np.float32), SETTINGS)
    assert (factors.customers.shape, factors.products.shape) == ((3, 4), (5, 4))
    assert not factors.customers.any()
    assert not factors.products.any()


def test_whoever_is_folded_in_gets_the_vector_that_explains_their_purchases_best():
    weights = sparse.vstack([matrix(5, 9), sparse.csr_matrix((1, 9), dtype=np.float32)]).tocsr()
    products = np.random.default_rng(1).random((9, 4)).astype(np.float32)
    folded = als.fold_in(weights, products, 0.7, SETTINGS)
    # Hu, Koren & Volinsky 2008, equation 4.
    for vector, row in zip(folded, weights.toarray(), strict=True):
        confidence = np.where(row > 0, SETTINGS.alpha * row, 1)
        left = products.T @ (confidence[:, None] * products) + 0.7 * np.eye(4)
        expected = np.linalg.solve(left, products.T @ (confidence * (row > 0)))
        assert vector == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert not folded[5].any()


def test_the_penalty_is_a_share_of_what_the_average_customer_weighs():
    weights = sparse.csr_matrix([[1, 2], [0, 0], [3, 0]], dtype=np.float32)
    assert als.penalty(weights, SETTINGS) == pytest.approx(0.05 * (3 + 0 + 3) / 3)
