from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from personalization.recommenders import als

SETTINGS = als.Settings(
    factors=4, regularization=0.05, alpha=5.0, iterations=15, list_length=3, seed=7
)
# Two tastes: tea goes with mug and pot, rake with twine and seeds.
BOUGHT = [
    ("ada", "tea"),
    ("ada", "mug"),
    ("bo", "tea"),
    ("bo", "mug"),
    ("bo", "pot"),
    ("cy", "tea"),
    ("cy", "pot"),
    ("di", "rake"),
    ("di", "twine"),
    ("ed", "rake"),
    ("ed", "twine"),
    ("ed", "seeds"),
    ("flo", "rake"),
    ("flo", "seeds"),
]


def purchases(pairs, purpose="score"):
    customers, products = zip(*pairs, strict=True) if pairs else ((), ())
    return pa.table(
        {
            "purpose": pa.array([purpose] * len(pairs), pa.string()),
            "as_of": pa.array([datetime(2026, 3, 1)] * len(pairs), pa.timestamp("us")),
            "customer_id": pa.array(customers, pa.string()),
            "product_id": pa.array(products, pa.string()),
            "decayed_purchase_count": pa.array([1.0] * len(pairs), pa.float64()),
        }
    )


def candidates(*products, purpose="score"):
    return pa.table(
        {
            "purpose": pa.array([purpose] * len(products), pa.string()),
            "product_id": pa.array(products, pa.string()),
        }
    )


ALL = candidates("tea", "mug", "pot", "rake", "twine", "seeds")


def lists(table):
    found = {}
    for row in table.to_pylist():
        found.setdefault((row["list_name"], row["customer_id"]), []).append(row["product_id"])
    return found


def test_customers_are_shown_what_others_of_their_taste_bought():
    found = lists(als.recommend(purchases(BOUGHT), ALL, SETTINGS))
    assert found["discover", "ada"][0] == "pot"
    assert found["discover", "di"][0] == "seeds"
    assert set(found["for_you", "bo"]) == {"tea", "mug", "pot"}


def test_discover_never_shows_what_the_customer_already_bought():
    found = lists(als.recommend(purchases(BOUGHT), ALL, SETTINGS))
    shown = {
        (c, p) for (name, c), products in found.items() if name == "discover" for p in products
    }
    assert shown
    assert shown.isdisjoint(BOUGHT)


def test_only_candidates_are_shown_and_a_short_catalogue_gives_short_lists():
    found = lists(als.recommend(purchases(BOUGHT), candidates("tea", "pot", "unsold"), SETTINGS))
    assert set(found["for_you", "ada"]) == {"tea", "pot"}
    assert found["discover", "ada"] == ["pot"]
    assert ("discover", "cy") not in found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_row_order_does_not_change_a_bit(seed):
    random = np.random.default_rng(seed)
    bought = random.random((60, 40)) < 0.3
    pairs = [(f"customer{c}", f"product{p}") for c, p in np.argwhere(bought)]
    weights = pa.array(random.random(len(pairs)) * 9)
    table = purchases(pairs)
    table = table.set_column(4, "decayed_purchase_count", weights)
    every = candidates(*(f"product{p}" for p in range(40)))
    shuffled = table.take(random.permutation(len(table)))
    assert als.recommend(shuffled, every, SETTINGS).equals(als.recommend(table, every, SETTINGS))


def test_ranks_count_from_one_and_scores_fall():
    rows = als.recommend(purchases(BOUGHT), ALL, SETTINGS).to_pylist()
    mine = [r for r in rows if r["customer_id"] == "ada" and r["list_name"] == "for_you"]
    assert [r["rank"] for r in mine] == [1, 2, 3]
    assert [r["score"] for r in mine] == sorted((r["score"] for r in mine), reverse=True)


def test_each_purpose_learns_from_its_own_purchases_alone():
    both = pa.concat_tables([purchases(BOUGHT), purchases([("ada", "rake")], "test")])
    shown = pa.concat_tables([ALL, candidates("rake", "tea", purpose="test")])
    rows = als.recommend(both, shown, SETTINGS).to_pylist()
    assert {r["product_id"] for r in rows if r["purpose"] == "test"} == {"rake"}


def test_nothing_bought_or_nothing_to_show_gives_an_empty_typed_table():
    assert als.recommend(purchases([]), ALL, SETTINGS).equals(als.SCHEMA.empty_table())
    nothing = als.recommend(purchases(BOUGHT), candidates(), SETTINGS)
    assert nothing.num_rows == 0
    assert nothing.schema == als.SCHEMA


def test_ids_are_compared_exactly_however_long_they_are():
    long = "x" * 100_000
    pairs = [("ada", "p"), ("ada", "p\0"), ("bo", "p"), ("bo", long)]
    found = lists(als.recommend(purchases(pairs), candidates("p", "p\0", long), SETTINGS))
    assert set(found["for_you", "ada"]) == {"p", "p\0", long}
    assert found["discover", "bo"] == ["p\0"]


def test_one_customer_with_one_product_is_enough():
    found = lists(als.recommend(purchases([("ada", "tea")]), ALL, SETTINGS))
    assert found == {("for_you", "ada"): ["tea"]}


def test_a_setting_nobody_knows_is_refused():
    with pytest.raises(TypeError, match="depth"):
        als.Settings(
            depth=3, factors=4, regularization=1, alpha=1, iterations=1, list_length=1, seed=1
        )


def test_another_setting_is_another_version():
    other = als.Settings(
        factors=5, regularization=0.05, alpha=5.0, iterations=15, list_length=3, seed=7
    )
    assert other.version != SETTINGS.version


def matrix(customers=80, products=50, seed=0):
    random = np.random.default_rng(seed)
    bought = random.random((customers, products)) < 0.2
    return sparse.csr_matrix(np.where(bought, 3 * random.random(bought.shape), 0), dtype=np.float32)


def test_rankings_are_those_of_the_inner_products_of_the_factors():
    weights, shown = matrix(), np.arange(3, 48, 2)
    factors = als.factorise(weights, SETTINGS)
    scores = np.array([(factors.products[shown] * c).sum(axis=1) for c in factors.customers])
    for_you, discover = als.rank_products(weights, shown, SETTINGS)
    is_bought = weights[:, shown].toarray() > 0
    for found, allowed in ((for_you, scores), (discover, np.where(is_bought, -np.inf, scores))):
        order = np.argsort(-allowed, axis=1, kind="stable")[:, :3]
        assert np.array_equal(found.products, shown[order])
        assert np.array_equal(found.scores, np.take_along_axis(allowed, order, axis=1))


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
