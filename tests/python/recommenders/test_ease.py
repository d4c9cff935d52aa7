import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from personalization.recommenders import ease

SETTINGS = ease.Settings(penalty=0.5, max_products=1000, min_buyers=1)


def purchases(customers, products, seed=0, density=0.2):
    random = np.random.default_rng(seed)
    bought = random.random((customers, products)) < density
    return sparse.csr_matrix(np.where(bought, random.random(bought.shape) * 3, 0), dtype=np.float32)


def scores(matrix, settings=SETTINGS):
    return ease.fit(matrix, settings).score_rows(np.arange(matrix.shape[0]))


def by_the_book(matrix, penalty):
    """Steck's listing, dense."""
    dense = matrix.toarray().astype(float)
    inverse = np.linalg.inv(dense.T @ dense + penalty * np.eye(dense.shape[1]))
    between = inverse / -np.diag(inverse)
    np.fill_diagonal(between, 0)
    return dense @ between


def test_two_products_bought_together_score_as_worked_out_by_hand():
    # X'X + penalty I = [[2.5, 1], [1, 1.5]], so B_tea,mug = 1 / 2.5 and B_mug,tea = 1 / 1.5.
    tea_and_mug, tea_alone = [1, 1], [1, 0]
    found = scores(sparse.csr_matrix([tea_and_mug, tea_alone], dtype=np.float32))
    assert found == pytest.approx(np.array([[1 / 1.5, 1 / 2.5], [0, 1 / 2.5]]), rel=1e-6)


@pytest.mark.parametrize(
    ("customers", "products", "form"),
    [(200, 90, ease.Primal), (90, 200, ease.Dual), (1, 3, ease.Dual), (3, 1, ease.Primal)],
)
def test_scores_are_those_of_the_published_listing_on_either_side(customers, products, form):
    matrix = purchases(customers, products, density=0.5)
    assert isinstance(ease.fit(matrix, SETTINGS).form, form)
    assert scores(matrix) == pytest.approx(by_the_book(matrix, 0.5), rel=1e-4, abs=1e-5)


def test_customers_without_purchases_turn_the_dual_into_the_primal_and_change_no_score():
    few = purchases(40, 70)
    many = sparse.vstack([few, sparse.csr_matrix((60, 70), dtype=np.float32)]).tocsr()
    assert isinstance(ease.fit(few, SETTINGS).form, ease.Dual)
    assert isinstance(ease.fit(many, SETTINGS).form, ease.Primal)
    assert scores(few) == pytest.approx(scores(many)[:40], rel=1e-4, abs=1e-5)


def test_no_product_speaks_for_itself():
    between = ease.fit(purchases(80, 30), SETTINGS).form.between_products
    assert (np.diag(between) == 0).all()
    assert (between != 0).sum() == 30 * 29
    # A customer of one product alone scores it 0, in the dual too, where it is a difference.
    alone = purchases(30, 80).tolil()
    alone[0] = 0
    alone[0, 7] = 2.0
    assert scores(alone.tocsr())[0, 7] == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("shape", [(150, 60), (60, 150)])
def test_customers_in_another_order_get_the_same_scores(shape):
    matrix = purchases(*shape)
    order = np.random.default_rng(1).permutation(shape[0])
    assert scores(matrix[order]) == pytest.approx(scores(matrix)[order], rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("shape", [(700, 500), (500, 700)])
def test_neither_the_order_of_entries_nor_threads_nor_the_other_rows_change_a_bit(shape):
    matrix = purchases(*shape)
    with threadpool_limits(limits=2):
        found = scores(matrix)
    mixed = matrix.copy()
    for row in range(shape[0]):
        mine = slice(mixed.indptr[row], mixed.indptr[row + 1])
        mixed.indices[mine] = mixed.indices[mine][::-1]
        mixed.data[mine] = mixed.data[mine][::-1]
    mixed.has_sorted_indices = False
    assert np.array_equal(scores(mixed), found)
    with threadpool_limits(limits=1):
        assert np.array_equal(scores(matrix), found)
    rows = np.array([58, 3, 3, 0])
    assert np.array_equal(ease.fit(matrix, SETTINGS).score_rows(rows), found[rows])


@pytest.mark.parametrize("shape", [(150, 60), (60, 150)])
def test_products_with_few_buyers_are_left_out_and_score_nothing(shape):
    matrix = purchases(*shape, density=0.1)
    buyers = np.diff(matrix.tocsc().indptr)
    kept = np.flatnonzero(buyers >= 8)
    assert 0 < len(kept) < shape[1]
    model = ease.fit(matrix, ease.Settings(penalty=0.5, max_products=1000, min_buyers=8))
    everyone = np.arange(shape[0])
    assert np.array_equal(model.products, kept)
    assert np.array_equal(model.score_rows(everyone)[:, kept], model.score_kept(everyone))
    assert not np.delete(model.score_rows(everyone), kept, axis=1).any()
    assert np.array_equal(model.score_kept(everyone), scores(matrix[:, kept]))


def test_of_more_products_than_allowed_the_most_bought_are_kept_the_first_among_equals():
    bought = np.ones((60, 50), dtype=np.float32)
    bought[0] = 0
    bought[0, 40] = 1
    model = ease.fit(
        sparse.csr_matrix(bought), ease.Settings(penalty=1, max_products=20, min_buyers=1)
    )
    assert model.products.tolist() == [*range(19), 40]


def test_a_pair_given_in_two_parts_is_one_buyer_with_their_sum():
    parts = sparse.csr_matrix(([1.0, 2.0, 3.0, 4.0], [0, 1, 1, 0], [0, 3, 4]), shape=(2, 2))
    whole = sparse.csr_matrix(([1, 5, 4], [0, 1, 0], [0, 2, 3]), shape=(2, 2))
    settings = ease.Settings(penalty=1, max_products=9, min_buyers=2)
    model = ease.fit(parts, settings)
    assert model.products.tolist() == [0]
    assert np.array_equal(scores(parts), scores(whole))


def test_few_customers_keep_every_product_however_many_there_are():
    model = ease.fit(
        purchases(20, 90, density=0.5), ease.Settings(penalty=1, max_products=20, min_buyers=1)
    )
    assert len(model.products) == 90
    assert model.form.between_customers.shape == (20, 20)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 3), (3, 5)])
def test_without_a_purchase_every_score_is_nothing(shape):
    found = scores(sparse.csr_matrix(shape, dtype=np.float32))
    assert found.shape == shape
    assert not found.any()


@pytest.mark.parametrize("wrong", [{"penalty": 0}, {"penalty": -1}, {"max_products": 0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        ease.Settings(**{"penalty": 1, "max_products": 1, "min_buyers": 1} | wrong)


def test_a_penalty_too_small_for_an_inverse_is_refused():
    twins = sparse.csr_matrix(np.full((4, 2), 1e9, dtype=np.float32))
    with pytest.raises(ValueError, match="too small"):
        ease.fit(twins, ease.Settings(penalty=1e-9, max_products=9, min_buyers=1))
