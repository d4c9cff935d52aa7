import numpy as np
import pytest
from scipy import sparse

from personalization.recommenders import metadata

SETTINGS = metadata.Settings(inverse_penalty=1.0, iterations=200)
# Tea, pot, rake, card: two drinks of one brand, a tool, and one of which nothing is known.
PRODUCTS = metadata.Products(
    categories=[np.array([0, 0, 1, -1]), np.array([0, 1, 2, -1])],
    brands=np.array([5, 5, 7, -1]),
    prices=np.array([4.0, 16.0, 64.0, np.nan]),
    age_days=np.array([0.0, 99.0, np.nan, -3.0]),
    buyers=np.array([9, 1, 0, 0]),
)
# Ada: three teas, a pot; Bo: one rake; Cy: nothing; Di: one card.
HISTORY = sparse.csr_matrix(np.array([[3, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1.0]]))
NAMES = metadata.feature_names(2)


def described(customer, product):
    found = metadata.match_features(
        HISTORY, PRODUCTS, np.array([customer]), np.array([product]), bands=3
    )
    assert found.shape == (1, len(NAMES))
    return dict(zip(NAMES, map(float, found[0]), strict=True))


def test_shares_are_of_the_customers_own_history():
    pot = described(0, 1)
    assert (pot["category_share_1"], pot["category_share_2"]) == (1, 0.25)
    assert pot["brand_share"] == 1
    assert pot["price_band_share"] == 0.25
    assert described(1, 1)["category_share_1"] == 0


def test_prices_are_told_beside_the_geometric_mean_of_what_the_customer_pays():
    paid = (4.0**3 * 16.0) ** (1 / 4)
    rake = described(0, 2)
    assert rake["relative_price"] == pytest.approx(np.log(64 / paid))
    tea = described(0, 0)
    assert tea["relative_price"] == pytest.approx(np.log(4 / paid))
    assert tea["price_gap"] == pytest.approx(-tea["relative_price"])


def test_popularity_and_age_are_told_in_logs():
    assert described(2, 0)["popularity"] == pytest.approx(np.log(10))
    assert described(2, 1)["age"] == pytest.approx(np.log(100))
    assert described(2, 3)["age"] == 0


def test_without_a_history_shares_are_zero_and_relative_prices_unknown():
    tea = described(2, 0)
    assert [tea[name] for name in NAMES[:4]] == [0, 0, 0, 0]
    assert np.isnan(tea["relative_price"])
    assert np.isnan(described(3, 0)["relative_price"])


def test_what_is_not_known_of_a_product_matches_nothing():
    for customer in (0, 3):
        card = described(customer, 3)
        assert [card[name] for name in NAMES[:4]] == [0, 0, 0, 0]
        assert np.isnan(card["relative_price"])


def test_a_catalogue_without_prices_brands_or_categories_is_described():
    nothing = np.full(4, -1)
    bare = metadata.Products(
        [nothing], nothing, np.full(4, np.nan), np.full(4, np.nan), np.zeros(4)
    )
    found = metadata.match_features(HISTORY, bare, np.arange(4), np.arange(4), bands=3)
    assert not np.nan_to_num(found).any()


def samples(count=2000, seed=0):
    random = np.random.default_rng(seed)
    features = random.normal([5.0, -2.0, 0.0], [3.0, 0.1, 1.0], (count, 3)).astype(np.float32)
    log_odds = 0.5 * (features[:, 0] - 5) + 20 * (features[:, 1] + 2) - 1
    return features, random.random(count) < 1 / (1 + np.exp(-log_odds))


def test_what_labels_depend_on_is_learned_in_its_own_unit():
    features, labels = samples(20_000)
    model = metadata.fit(features, labels, SETTINGS)
    found = model.coefficients / model.scale
    assert found == pytest.approx([0.5, 20, 0], abs=0.08 * 20)
    assert found[0] == pytest.approx(0.5, abs=0.05)
    assert metadata.predict(model, features).mean() == pytest.approx(labels.mean(), abs=0.001)


def test_probabilities_rank_pairs_that_were_never_seen():
    model = metadata.fit(*samples(seed=0), SETTINGS)
    features, labels = samples(seed=1)
    found = metadata.predict(model, features)
    order = np.argsort(found).argsort()
    bought = labels.sum()
    auc = (order[labels].sum() - bought * (bought - 1) / 2) / (bought * (~labels).sum())
    assert auc > 0.85
    assert ((found > 0) & (found < 1)).all()


def test_an_unknown_value_counts_as_the_average_of_those_known():
    features, labels = samples()
    features[::3, 0] = np.nan
    model = metadata.fit(features, labels, SETTINGS)
    assert model.centre[0] == pytest.approx(np.nanmean(features[:, 0]), rel=1e-5)
    assert model.scale[0] == pytest.approx(np.nanstd(features[:, 0]), rel=1e-5)
    average = np.array([[model.centre[0], -2, 0], [np.nan, -2, 0]])
    first, second = metadata.predict(model, average)
    assert first == pytest.approx(second)


def test_a_feature_that_never_varies_or_is_never_known_says_nothing():
    features, labels = samples()
    wide = np.column_stack([features, np.full(len(features), 7), np.full(len(features), np.nan)])
    model = metadata.fit(wide, labels, SETTINGS)
    assert model.coefficients[3:].tolist() == [0, 0]
    changed = wide[:5].copy()
    changed[:, 3:] = 9
    assert np.array_equal(metadata.predict(model, changed), metadata.predict(model, wide[:5]))


@pytest.mark.parametrize(("bought", "count"), [(False, 8), (True, 8), (False, 0)])
def test_with_one_outcome_alone_all_get_its_share(bought, count):
    labels = np.full(count, bought)
    model = metadata.fit(np.random.default_rng(0).random((count, 3)), labels, SETTINGS)
    expected = (labels.sum() + 1) / (count + 2)
    assert metadata.predict(model, np.ones((2, 3))) == pytest.approx([expected, expected])


def test_the_same_pairs_give_the_same_bits_alone_and_among_others():
    features, labels = samples()
    model = metadata.fit(features, labels, SETTINGS)
    again = metadata.fit(features.copy(), labels.copy(), SETTINGS)
    assert np.array_equal(model.coefficients, again.coefficients)
    everyone = metadata.predict(model, features)
    assert np.array_equal(metadata.predict(model, features[7:9]), everyone[7:9])


def test_labels_of_another_length_and_unknown_settings_are_refused():
    with pytest.raises(ValueError, match="2 rows of features, 3 labels"):
        metadata.fit(np.ones((2, 3)), np.array([True, False, True]), SETTINGS)
    with pytest.raises(TypeError, match="depth"):
        metadata.Settings(inverse_penalty=1.0, iterations=1, depth=2)
