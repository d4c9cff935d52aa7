import numpy as np
import pyarrow as pa
import pytest
from recommender_tables import shuffled

from personalization.recommenders import metadata

SETTINGS = metadata.Settings(inverse_penalty=1.0, iterations=200, depth=2)


def table(**columns):
    """Pairs of nothing known but what is given."""
    count = len(next(iter(columns.values())))
    given = {name: columns.get(name, [None] * count) for name in metadata.COLUMNS}
    return pa.table({name: pa.array(values, pa.float64()) for name, values in given.items()})


def described(**values):
    found = metadata.match_features(table(**{name: [value] for name, value in values.items()}))
    assert (found.dtype, found.shape) == (np.float32, (1, 8))
    return found[0]


def test_shares_are_told_as_they_are_and_none_is_zero():
    found = described(kind_taste_share=0.25, category_taste_share=0.5)
    assert found[:3].tolist() == [0.25, 0.5, 0]


def test_buyers_and_days_are_told_in_logs():
    found = described(buyers_share=9, buyers_30_share=None, product_first_days_ago=99)
    assert found[3:5] == pytest.approx([np.log(10), 0])
    assert found[7] == pytest.approx(np.log(100))


def test_prices_are_told_beside_what_the_customer_pays_and_by_their_distance():
    assert described(relative_price=0.25)[5:7] == pytest.approx([-np.log(4), np.log(4)])
    assert described(relative_price=4)[5:7] == pytest.approx([np.log(4), np.log(4)])
    for unknown in (None, 0):
        assert np.isnan(described(relative_price=unknown)[5:7]).all()
    assert np.isnan(described(kind_taste_share=1)[7])


def past_and_test(seed=0, customers=200, products=6):
    """Of two moments: the larger the share of the kind, the likelier it is bought."""
    random = np.random.default_rng(seed)
    customer, product = (a.ravel() for a in np.indices((customers, products)))
    parts = []
    for purpose in ("train_1", "test"):
        share = random.random(len(customer))
        columns = table(kind_taste_share=share.tolist()).to_pydict() | {
            "purpose": [purpose] * len(share),
            "customer_key": customer.astype(np.int32),
            "product_key": product.astype(np.int32),
            # Most products were ordered before, and say the opposite too.
            "was_ordered": product >= 2,
            # What the test moment bought is the opposite, and must not be learned.
            "is_bought": (random.random(len(share)) < share)
            != ((purpose == "test") | (product >= 2)),
        }
        parts.append(pa.table(columns, schema=None))
    schema = pa.schema([(n, pa.float64()) for n in metadata.COLUMNS])
    for field in ("purpose", "customer_key", "product_key", "was_ordered", "is_bought"):
        schema = schema.append(parts[0].schema.field(field))
    return pa.concat_tables([part.cast(schema) for part in parts])


def test_lists_follow_what_was_learned_of_new_products_before_the_test_moment():
    pairs = past_and_test()
    found = metadata.recommend(pairs, SETTINGS)
    assert found.schema == metadata.SCHEMA
    listed = [tuple(r.values())[:4] for r in found.to_pylist()]
    test = [r for r in pairs.to_pylist() if r["purpose"] == "test"]
    expected = [
        (customer, list_name, rank, row["product_key"])
        for list_name in ("for_you", "discover")
        for customer in range(200)
        for rank, row in enumerate(
            sorted(
                (
                    r
                    for r in test
                    if r["customer_key"] == customer
                    and (list_name == "for_you" or not r["was_ordered"])
                ),
                key=lambda r: -r["kind_taste_share"],
            )[:2],
            start=1,
        )
    ]
    assert listed == expected


def test_what_was_bought_after_the_test_moment_changes_nothing():
    pairs = past_and_test()
    place = pairs.schema.get_field_index("is_bought")
    flipped = [
        b != (p == "test")
        for b, p in zip(*pairs.select(["is_bought", "purpose"]).to_pydict().values(), strict=True)
    ]
    other = pairs.set_column(place, "is_bought", pa.array(flipped))
    assert metadata.recommend(other, SETTINGS).equals(metadata.recommend(pairs, SETTINGS))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_changes_no_list(seed):
    pairs = past_and_test()
    expected = metadata.recommend(pairs, SETTINGS)
    assert metadata.recommend(shuffled(pairs, seed), SETTINGS).equals(expected)


def test_without_an_earlier_moment_or_without_the_test_there_is_no_list():
    pairs = past_and_test(customers=2)
    one = pairs.slice(0, 1)
    for some in (pairs.slice(0, 0), pairs.slice(0, 12), pairs.slice(12), one):
        assert metadata.recommend(some, SETTINGS).equals(metadata.SCHEMA.empty_table())
    both = pa.concat_tables([one, pairs.slice(12, 1)])
    assert len(metadata.recommend(both, SETTINGS)) == 2


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
    with pytest.raises(TypeError, match="width"):
        metadata.Settings(inverse_penalty=1.0, iterations=1, depth=2, width=2)
