import numpy as np
import pytest
from recommender_tables import pairs, shown, shuffled, tastes
from scipy import sparse

from personalization.recommenders import algorithms, candidates, ratings

WAYS = {
    "ease": (algorithms.fit_ease, {"penalty": 0.5, "max_products": 100}),
    "item_knn": (algorithms.fit_item_knn, {"neighbours_kept": 10, "shrinkage": 0.1}),
    "user_knn": (algorithms.fit_user_knn, {"neighbours_kept": 10, "pool": 50}),
    "tifu_knn": (algorithms.fit_tifu_knn, {"neighbours_kept": 10, "pool": 50, "own_share": 0.6}),
}


def weights(seed: int = 0, customers: int = 60, products: int = 30) -> sparse.csr_matrix:
    random = np.random.default_rng(seed)
    known = random.random((customers, products)) < 0.2
    return sparse.csr_matrix(known * random.random(known.shape), dtype=np.float32)


def scores(name: str, matrix: sparse.csr_matrix, **changed) -> np.ndarray:
    fit, settings = WAYS[name]
    return fit(matrix, **settings | changed).score_rows(np.arange(matrix.shape[0]))


@pytest.mark.parametrize("name", WAYS)
def test_every_customer_and_product_has_a_finite_score_and_the_weights_stay(name):
    matrix = weights()
    found = scores(name, matrix)
    assert found.shape == matrix.shape
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert found.any(axis=1).all()
    assert (matrix != weights()).nnz == 0


@pytest.mark.parametrize("name", WAYS)
def test_a_row_of_scores_does_not_depend_on_the_rows_beside_it(name):
    matrix = weights()
    fit, settings = WAYS[name]
    model = fit(matrix, **settings)
    rows = np.array([7, 3, 3, 59])
    assert np.array_equal(model.score_rows(rows), scores(name, matrix)[rows])


@pytest.mark.parametrize("name", ["ease", "item_knn"])
def test_the_unit_of_the_weights_does_not_matter(name):
    """A penalty is a share of what customers have, so one setting fits shops of any size."""
    matrix = weights()
    ranked = [np.argsort(-scores(name, m), axis=1, kind="stable") for m in (matrix, matrix * 4)]
    assert np.array_equal(*ranked)


def test_who_has_the_same_as_others_is_told_what_else_they_have():
    # Customers 0 to 3 have tea and mug, customer 4 has tea, 5 and 6 have a rake.
    rows = np.array([[1, 1, 0]] * 4 + [[1, 0, 0]] + [[0, 0, 1]] * 2, dtype=np.float32)
    for name in WAYS:
        found = scores(name, sparse.csr_matrix(rows))[4]
        assert found[1] > found[2], name


def test_of_tifu_knn_own_frequencies_have_their_share():
    matrix = weights()
    own, others, both = (scores("tifu_knn", matrix, own_share=s) for s in (1.0, 0.0, 0.6))
    lengths = np.linalg.norm(matrix.toarray(), axis=1, keepdims=True)
    assert own == pytest.approx(matrix.toarray() / lengths, abs=1e-6)
    assert both == pytest.approx(0.6 * own + 0.4 * others, abs=1e-6)


@pytest.mark.parametrize("name", WAYS)
def test_one_customer_with_one_product_is_no_error(name):
    found = scores(name, sparse.csr_matrix(np.ones((1, 1), dtype=np.float32)))
    assert found.shape == (1, 1)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("name", WAYS)
def test_a_setting_nobody_knows_is_refused(name):
    with pytest.raises(TypeError, match="depth"):
        scores(name, weights(), depth=3)


STARS = {"factors": 2, "factor_penalty": 5.0, "bias_penalty": 1.0, "iterations": 10, "seed": 7}
RATED = tastes(
    ("score", 1, 10, 5.0, True),
    ("score", 2, 10, 5.0, True),
    ("score", 2, 20, 1.0, True),
    ("score", 3, 30, 4.0, False),
    # Ordered and not rated.
    ("score", 3, 10, 0.0, True),
)


def by_stars(rated, **plan):
    plan = candidates.Plan(
        **{"count": 9, "min_buyers": 1, "max_products": 99, "weight_power": 1.0} | plan,
        customer_power=0.0,
        model=STARS,
    )
    own, listed = pairs(("score", 2, 20)), shown("score", 10, 20, 30)
    return candidates.put_forward("ratings", algorithms.fit_ratings, plan, rated, own, listed)


def test_scores_are_the_stars_that_ratings_predict():
    given = sparse.csr_matrix(np.array([[5, 0, 0], [5, 1, 0], [0, 4, 0]], dtype=np.float32))
    found = algorithms.fit_ratings(given, **STARS).score_rows(np.array([2, 0]))
    rows, columns = given.nonzero()
    model = ratings.fit(ratings.Ratings(rows, columns, given.data), ratings.Settings(**STARS))
    expected = [ratings.predict(model, np.full(3, row), np.arange(3)) for row in (2, 0)]
    assert np.array_equal(found, np.array(expected, dtype=np.float32))
    assert ((found >= 1) & (found <= 5)).all()


def test_who_rates_is_offered_what_they_never_ordered_by_predicted_stars():
    found = {(r["customer_key"], r["product_key"]): r["score"] for r in by_stars(RATED).to_pylist()}
    # What customer 2 ordered is there as their own history alone.
    assert found.keys() == {(1, 20), (1, 30), (2, 20), (2, 30), (3, 20), (3, 30)}
    assert found[1, 30] > found[1, 20]
    best = by_stars(RATED, count=1).to_pylist()
    assert {(r["customer_key"], r["product_key"]) for r in best} == {
        (1, 30),
        (2, 20),
        (2, 30),
        (3, 30),
    }


def test_without_ratings_nothing_is_offered_and_one_alone_is_no_error():
    for nobody in (RATED.slice(0, 0), RATED.slice(4, 1)):
        assert by_stars(nobody).equals(candidates.SCHEMA.empty_table())
    assert by_stars(RATED.slice(0, 1)).equals(candidates.SCHEMA.empty_table())
    assert len(by_stars(RATED.slice(3, 1))) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_ratings_changes_no_bit(seed):
    assert by_stars(shuffled(RATED, seed)).equals(by_stars(RATED))
