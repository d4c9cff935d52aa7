import numpy as np
import pytest
from scipy import sparse

from personalization.recommenders import neighbours

BY_PRODUCTS = neighbours.ProductSettings(
    neighbours=7, shrinkage=0.8, min_buyers=1, with_itself=False
)
BY_CUSTOMERS = neighbours.CustomerSettings(neighbours=7, shrinkage=0.8, pool=1000)
FITS = [(neighbours.fit_products, BY_PRODUCTS), (neighbours.fit_customers, BY_CUSTOMERS)]


def purchases(customers, products, seed=0, density=0.2):
    random = np.random.default_rng(seed)
    bought = random.random((customers, products)) < density
    return sparse.csr_matrix(np.where(bought, random.random(bought.shape) * 3, 0), dtype=np.float32)


def scores(fit, matrix, settings):
    return fit(matrix, settings).score_rows(np.arange(matrix.shape[0]))


def similarities(rows, shrinkage):
    """All similarities of the rows with others, dense; 0 with themselves."""
    products = rows @ rows.T
    lengths = np.diag(products) + shrinkage
    similar = products / np.sqrt(np.maximum(np.outer(lengths, lengths), 1e-30))
    np.fill_diagonal(similar, 0)
    return similar


def nearest_only(similar, count):
    order = np.argsort(-similar, axis=1, kind="stable")
    places = np.argsort(order, axis=1, kind="stable")
    return np.where(places < count, similar, 0)


def by_products(dense, settings):
    similar = nearest_only(similarities(dense.T, settings.shrinkage), settings.neighbours)
    return dense @ similar.T


def by_customers(dense, settings):
    similar = nearest_only(similarities(dense, settings.shrinkage), settings.neighbours)
    total = similar.sum(axis=1, keepdims=True)
    return similar @ dense / np.where(total > 0, total, 1)


def test_products_bought_together_score_as_worked_out_by_hand():
    # Tea and mug were bought by ada, tea by bo: the cosine is 1 / sqrt(2 x 1), with one more in
    # each length 1 / sqrt(3 x 2).
    matrix = sparse.csr_matrix([[1, 1], [1, 0]], dtype=np.float32)
    plain = neighbours.ProductSettings(neighbours=1, shrinkage=0, min_buyers=1, with_itself=False)
    found = scores(neighbours.fit_products, matrix, plain)
    assert found == pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [0, 0.5**0.5]]))
    shrunk = neighbours.ProductSettings(neighbours=1, shrinkage=1, min_buyers=1, with_itself=True)
    found = scores(neighbours.fit_products, matrix, shrunk)
    own, other = np.array([2 / 3, 1 / 2]), 6**-0.5
    assert found == pytest.approx(np.array([own + other, [own[0], other]]))


def test_customers_who_buy_alike_score_as_worked_out_by_hand():
    # Ada is like bo by 1 / sqrt(2) and like cy by 1 / 2.
    matrix = sparse.csr_matrix([[1, 1, 0], [2, 0, 0], [0, 1, 1]], dtype=np.float32)
    settings = neighbours.CustomerSettings(neighbours=2, shrinkage=0, pool=3)
    found = scores(neighbours.fit_customers, matrix, settings)
    bo, cy = 0.5**0.5, 0.5
    assert found[0] == pytest.approx(np.array([2 * bo, cy, cy]) / (bo + cy))
    assert found[1].tolist() == [1, 1, 0]


@pytest.mark.parametrize(("customers", "products"), [(120, 50), (50, 120), (1, 3), (3, 1)])
@pytest.mark.parametrize("kept", [1, 7, 500])
def test_scores_are_those_of_dense_matrices(customers, products, kept):
    matrix = purchases(customers, products, density=0.4)
    dense = matrix.toarray().astype(float)
    for (fit, _), settings, plain in (
        (FITS[0], neighbours.ProductSettings(kept, 0.8, 1, False), by_products),
        (FITS[1], neighbours.CustomerSettings(kept, 0.8, 1000), by_customers),
    ):
        assert scores(fit, matrix, settings) == pytest.approx(plain(dense, settings), rel=1e-4)


def test_of_equal_neighbours_the_first_are_kept():
    # Whoever buys buys everything: all are equally alike.
    everything = sparse.csr_matrix(np.ones((40, 40), dtype=np.float32))
    products = neighbours.fit_products(everything, BY_PRODUCTS)
    similar = products.form.similar
    assert similar[0].indices.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert similar[39].indices.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert len(np.unique(similar.data)) == 1
    marked = everything.copy()
    marked.data[-40:] = 2
    settings = neighbours.CustomerSettings(neighbours=39, shrinkage=0, pool=40)
    assert scores(neighbours.fit_customers, marked, settings)[0] == pytest.approx(40 / 39)
    settings = neighbours.CustomerSettings(neighbours=38, shrinkage=0, pool=40)
    assert scores(neighbours.fit_customers, marked, settings)[0] == pytest.approx(1)


def test_a_products_neighbours_are_others_and_no_more_than_asked_for():
    similar = neighbours.fit_products(purchases(200, 60), BY_PRODUCTS).form.similar
    assert (np.diff(similar.indptr) == 7).all()
    assert not similar.diagonal().any()
    assert similar.data.min() > 0


@pytest.mark.parametrize(("fit", "settings"), FITS)
def test_customers_in_another_order_get_the_same_scores(fit, settings):
    matrix = purchases(150, 60)
    order = np.random.default_rng(1).permutation(150)
    moved = scores(fit, matrix[order], settings)
    assert moved == pytest.approx(scores(fit, matrix, settings)[order], rel=1e-4)


@pytest.mark.parametrize(("fit", "settings"), FITS)
def test_neither_the_order_of_entries_nor_the_other_rows_change_a_bit(fit, settings):
    matrix = purchases(150, 60)
    found = scores(fit, matrix, settings)
    mixed = matrix.copy()
    for row in range(150):
        mine = slice(mixed.indptr[row], mixed.indptr[row + 1])
        mixed.indices[mine] = mixed.indices[mine][::-1]
        mixed.data[mine] = mixed.data[mine][::-1]
    mixed.has_sorted_indices = False
    assert np.array_equal(scores(fit, mixed, settings), found)
    rows = np.array([58, 3, 3, 149, 0])
    assert np.array_equal(fit(matrix, settings).score_rows(rows), found[rows])


@pytest.mark.parametrize(("fit", "settings"), FITS)
def test_a_pair_given_in_two_parts_counts_with_their_sum(fit, settings):
    whole = purchases(30, 20).astype(np.float64)
    parts = sparse.csr_matrix(
        (np.repeat(whole.data / 2, 2), np.repeat(whole.indices, 2), whole.indptr * 2), whole.shape
    )
    assert np.array_equal(scores(fit, parts, settings), scores(fit, whole, settings))


def test_products_with_few_buyers_are_left_out_and_score_nothing():
    matrix = purchases(150, 60, density=0.1)
    kept = np.flatnonzero(np.diff(matrix.tocsc().indptr) >= 15)
    assert 7 < len(kept) < 60
    settings = neighbours.ProductSettings(7, 0.8, 15, with_itself=True)
    model = neighbours.fit_products(matrix, settings)
    found = model.score_rows(np.arange(150))
    assert np.array_equal(model.products, kept)
    assert not np.delete(found, kept, axis=1).any()
    assert np.array_equal(
        found[:, kept], scores(neighbours.fit_products, matrix[:, kept], settings)
    )


def test_neighbours_come_from_the_pool_alone():
    matrix = purchases(40, 30)
    pool = np.array([5, 2, 9])
    model = neighbours.fit_customers(matrix, BY_CUSTOMERS, pool)
    assert model.form.pool.tolist() == [2, 5, 9]
    alone = sparse.vstack([matrix[[20]], matrix[[2, 5, 9]]]).tocsr()
    expected = scores(neighbours.fit_customers, alone, BY_CUSTOMERS)[0]
    assert np.array_equal(model.score_rows(np.array([20]))[0], expected)


def test_of_a_pool_too_large_customers_evenly_spaced_are_taken():
    settings = neighbours.CustomerSettings(neighbours=7, shrinkage=0, pool=4)
    model = neighbours.fit_customers(purchases(30, 20), settings, np.arange(10, 30))
    assert model.form.pool.tolist() == [10, 15, 20, 25]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 3)])
@pytest.mark.parametrize(("fit", "settings"), FITS)
def test_without_a_purchase_every_score_is_nothing(fit, settings, shape):
    found = scores(fit, sparse.csr_matrix(shape, dtype=np.float32), settings)
    assert found.shape == shape
    assert not found.any()


@pytest.mark.parametrize("wrong", [{"neighbours": 0}, {"shrinkage": -1}, {"shrinkage": np.nan}])
def test_settings_out_of_range_are_refused(wrong):
    given = {"neighbours": 1, "shrinkage": 0} | wrong
    with pytest.raises(ValueError, match="must be"):
        neighbours.ProductSettings(**given, min_buyers=1, with_itself=True)
    with pytest.raises(ValueError, match="must be"):
        neighbours.CustomerSettings(**given, pool=1)
