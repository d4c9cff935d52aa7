from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from recommender_tables import Fixed, pairs, shown, shuffled, tastes
from threadpoolctl import threadpool_limits

from personalization.recommenders import algorithms, candidates
from personalization.recommenders.candidates import (
    Plan,
    moment_of,
    most_liked,
    put_forward,
    top_columns,
)

PLAN = {
    "count": 2,
    "min_buyers": 1,
    "max_products": 99,
    "weight_power": 1.0,
    "customer_power": 0.0,
    "model": {},
}
NOTHING = pairs()

# Customer 1 ordered 10, customer 2 ordered 20, customer 3 ordered 30 and looked at 10.
TASTES = tastes(
    ("score", 1, 10, 1.0, True),
    ("score", 2, 20, 1.0, True),
    ("score", 3, 30, 1.0, True),
    ("score", 3, 10, 0.1, False),
)
ASKED = pairs(("score", 1, 10), ("score", 2, 20), ("score", 3, 30), ("score", 3, 10))
SHOWN = shown("score", 10, 20, 30)
SCORES = [[9, 5, 4], [3, 8, 2], [-7, 6, 1]]


def found(
    scores=SCORES, tastes=TASTES, asked=ASKED, shown=SHOWN, is_forward=None, **plan
) -> dict[tuple, float]:
    """Scores by customer and product of a model that knows them beforehand."""
    plan = Plan(**PLAN | plan)
    rows = put_forward("model", lambda _: Fixed(scores), plan, tastes, asked, shown)
    assert rows.schema == candidates.SCHEMA
    return {
        (r["customer_key"], r["product_key"]): r["score"]
        for r in rows.to_pylist()
        if is_forward in (None, r["is_put_forward"])
    }


def test_what_is_asked_about_and_the_best_that_is_new_are_scored():
    assert found(count=1) == {
        (1, 10): 9,
        (1, 20): 5,
        (2, 20): 8,
        (2, 10): 3,
        # Customer 3 only looked at it; another is better.
        (3, 10): -7,
        (3, 20): 6,
        (3, 30): 1,
    }


def test_put_forward_is_the_best_that_is_new_whether_asked_about_or_not():
    assert found(count=1, is_forward=True) == {(1, 20): 5, (2, 10): 3, (3, 20): 6}
    asked = pairs(("score", 1, 30), ("score", 2, 10))
    assert found(count=1, is_forward=True, asked=asked) == found(count=1, is_forward=True)
    assert found(count=1, is_forward=False, asked=asked) == {(1, 30): 4}
    assert found(is_forward=False, asked=NOTHING) == {}


def test_what_was_ordered_and_is_not_asked_about_has_no_score():
    assert found(asked=NOTHING).keys() == {(1, 20), (1, 30), (2, 10), (2, 30), (3, 20), (3, 10)}


def test_what_may_not_be_shown_is_not_new_either():
    assert (1, 20) not in found(shown=shown("score", 10, 30))
    assert found(shown=shown("score")).keys() == {(1, 10), (2, 20), (3, 10), (3, 30)}
    assert found(shown=shown("test", 10, 20, 30)).keys() == found(shown=shown("score")).keys()


def test_a_score_of_0_is_no_candidate_and_a_negative_one_is():
    scores = [[0, -5, 0], [3, 0, -2], [0, 0, 0]]
    assert found(scores) == {(1, 20): -5, (2, 10): 3, (2, 30): -2}


def test_products_with_exactly_min_buyers_stay_and_no_taste_is_no_buyer():
    assert {p for _, p in found([[9], [3], [-7]], min_buyers=2)} == {10}
    assert found(min_buyers=3) == {}
    tasteless = pa.concat_tables([TASTES, tastes(("score", 2, 10, 0.0, True))])
    assert found([[9], [3], [-7]], tastes=tasteless, min_buyers=3) == {}


def test_who_has_no_taste_gets_nothing_and_what_they_ordered_counts_for_nobody():
    more = tastes(("score", 4, 20, 0.0, True), ("score", 5, 20, None, True))
    asked = pa.concat_tables([ASKED, pairs(("score", 4, 20), ("score", 1, 99))])
    assert found(tastes=pa.concat_tables([TASTES, more]), asked=asked) == found()


def test_what_was_ordered_is_no_discovery_even_without_a_taste():
    ordered = pa.concat_tables([TASTES, tastes(("score", 1, 20, 0.0, True))])
    assert found().keys() - found(tastes=ordered).keys() == {(1, 20)}


def test_each_moment_learns_from_its_own_tastes_and_shows_its_own_products():
    rows = pa.concat_tables(
        [TASTES, tastes(("test", 7, 70, 1.0, True), ("test", 8, 80, 1.0, True))]
    )
    may_show = pa.concat_tables([SHOWN, shown("test", 70, 80)])
    fitted = []

    def fit(weights):
        fitted.append(weights.toarray().tolist())
        return Fixed(np.arange(1, 1 + weights.shape[0] * weights.shape[1]).reshape(weights.shape))

    table = put_forward("model", fit, Plan(**PLAN), rows, NOTHING, may_show)
    assert fitted == [[[1, 0, 0], [0, 1, 0], [pytest.approx(0.1), 0, 1]], [[1, 0], [0, 1]]]
    of_test = table.filter(pa.compute.equal(table["purpose"], "test")).to_pylist()
    assert [(r["customer_key"], r["product_key"], r["score"]) for r in of_test] == [
        (7, 80, 2),
        (8, 70, 3),
    ]


# Nothing of anything.


def test_nothing_known_gives_an_empty_typed_table():
    nobody = tastes()
    assert found(tastes=nobody, asked=NOTHING, shown=shown("score")) == {}
    assert found(tastes=nobody) == {}
    assert found(tastes=tastes(("score", 1, 10, 0.0, False), ("score", 1, 20, None, False))) == {}


def test_one_customer_with_one_product_builds_with_a_real_model():
    plan = Plan(**PLAN | {"model": {"penalty": 1.0, "max_products": 9}})
    for purpose in ("score", "validation"):
        rows = put_forward(
            "ease",
            algorithms.fit_ease,
            plan,
            tastes((purpose, 1, 10, 1.0, True)),
            pairs((purpose, 1, 10)),
            shown(purpose, 10),
        )
        # EASE never tells a product by itself.
        assert all((r["customer_key"], r["product_key"]) == (1, 10) for r in rows.to_pylist())


def test_every_customer_gets_fewer_where_the_range_is_small():
    everything = found(count=40)
    assert len(everything) == 9
    assert everything == {
        (c, p): SCORES[i][j] for i, c in enumerate((1, 2, 3)) for j, p in enumerate((10, 20, 30))
    }


# A world of 150 customers in which tastes are real, learned by EASE.


def world(seed: int = 0, purposes=("score", "validation")) -> tuple:
    """Tables of put_forward; keys with gaps, tastes that fall, a few products not to be shown."""
    random = np.random.default_rng(seed)
    rows, asked = [], []
    for purpose in purposes:
        chances = random.random((150, 5)) @ random.random((5, 90)) / 8
        for c, p in np.argwhere(random.random((150, 90)) < chances):
            was_ordered = bool(random.random() < 0.7)
            taste = float(random.random() * 3) if random.random() < 0.9 else 0.0
            rows.append((purpose, 3 * c, 5 * p, taste, was_ordered))
            if random.random() < 0.8 and p >= 9:
                asked.append((purpose, 3 * c, 5 * p))
    may_show = pa.concat_tables([shown(purpose, *range(45, 450, 5)) for purpose in purposes])
    return tastes(*rows), pairs(*asked), may_show


def learned(tables, **plan) -> pa.Table:
    model = {"penalty": 1.0, "max_products": 60}
    plan = Plan(**PLAN | {"count": 5, "min_buyers": 3, "model": model} | plan)
    return put_forward("ease", algorithms.fit_ease, plan, *tables)


@pytest.fixture(scope="module")
def tables():
    return world()


@pytest.fixture(scope="module")
def rows(tables):
    return learned(tables)


def keys(table: pa.Table) -> set[tuple]:
    return set(
        zip(
            *(table[c].to_pylist() for c in ("purpose", "customer_key", "product_key")), strict=True
        )
    )


def test_no_pair_comes_twice_and_the_order_is_by_purpose_customer_and_product(rows):
    listed = list(
        zip(*(rows[c].to_pylist() for c in ("purpose", "customer_key", "product_key")), strict=True)
    )
    assert len(set(listed)) == len(listed) > 1000
    assert listed == sorted(listed)


def test_new_is_only_what_was_never_ordered_may_be_shown_and_is_among_the_best(tables, rows):
    taste, _, may_show = tables
    ordered = keys(taste.filter(taste["was_ordered"]))
    allowed = {(r["purpose"], r["product_key"]) for r in may_show.to_pylist()}
    new = keys(rows.filter(rows["is_put_forward"]))
    assert not new & ordered
    assert {(purpose, p) for purpose, _, p in new} <= allowed
    counts = np.unique([customer for purpose, customer, _ in new], return_counts=True)[1]
    assert counts.max() == 2 * 5


def test_all_that_is_asked_about_known_customers_and_products_is_scored(tables):
    taste, asked, _ = tables
    rows = put_forward(
        "model",
        lambda weights: Fixed(np.full(weights.shape, 0.5)),
        Plan(**PLAN | {"min_buyers": 12}),
        *tables,
    )
    liked = taste.filter(pa.compute.greater(taste["taste"], 0))
    customers = {(purpose, customer) for purpose, customer, _ in keys(liked)}
    buyers = Counter((purpose, product) for purpose, _, product in keys(liked))
    expected = {(q, c, p) for q, c, p in keys(asked) if (q, c) in customers and buyers[q, p] >= 12}
    assert 0 < len(expected) < len(asked)
    assert keys(rows) & keys(asked) == expected


@pytest.mark.parametrize("seed", range(3))
def test_row_order_does_not_change_a_bit(tables, rows, seed):
    assert learned([shuffled(t, seed) for t in tables]).equals(rows)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_any_number_of_threads_gives_the_same_bits(tables, rows, threads):
    with threadpool_limits(threads):
        assert learned(tables).equals(rows)


@pytest.mark.parametrize(("name", "size"), [("_ROWS", 1), ("_ROWS", 7), ("_ROWS", 10_000)])
def test_customers_scored_at_a_time_do_not_change_a_bit(monkeypatch, tables, rows, name, size):
    monkeypatch.setattr(candidates, name, size)
    assert learned(tables).equals(rows)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_products_looked_at_together_do_not_change_a_bit(monkeypatch, tables, rows, size):
    monkeypatch.setattr(candidates, "_BLOCK", size)
    assert learned(tables).equals(rows)


# The best columns.


def brute_force(row: np.ndarray, count: int) -> list[int]:
    """The places of the highest scores, the first among equals, without void ones."""
    order = sorted(range(len(row)), key=lambda place: (-row[place], place))
    return sorted(place for place in order[:count] if row[place] > -np.inf)


@pytest.mark.parametrize("block", [1, 2, 3, 64])
@pytest.mark.parametrize("levels", [2, 5, 10_000])
@pytest.mark.parametrize("width", [1, 3, 4, 5, 130])
def test_the_best_columns_are_those_that_brute_force_finds(monkeypatch, block, levels, width):
    monkeypatch.setattr(candidates, "_BLOCK", block)
    random = np.random.default_rng(width)
    scores = random.integers(0, levels, (40, width)).astype(np.float32)
    scores[random.random(scores.shape) < 0.3] = -np.inf
    scores[0] = -np.inf
    scores[1] = 7
    before = scores.copy()
    for count in (1, 4, 40, 200):
        columns, values = top_columns(scores, count)
        assert columns.shape == values.shape
        assert columns.shape[1] <= count or columns.shape[1] == width
        for row, mine, theirs in zip(scores, columns, values, strict=True):
            kept = theirs > -np.inf
            assert mine[kept].tolist() == brute_force(row, count)
            assert np.array_equal(row[mine[kept]], theirs[kept])
    assert np.array_equal(scores, before)


def test_no_columns_and_no_rows_have_no_best():
    for shape in ((0, 0), (3, 0), (0, 5)):
        columns, values = top_columns(np.zeros(shape, np.float32), 2)
        assert columns.shape[0] == values.shape[0] == shape[0]
        assert not columns.size


def test_weights_are_powers_of_tastes_and_customers_are_made_equal_by_degrees():
    rows = tastes(("score", 1, 10, 9.0, True), ("score", 1, 20, 16.0, True))
    moment = moment_of(rows, NOTHING, SHOWN, np.array([10, 20]))

    def weights(**plan):
        return Plan(**PLAN | plan).weights(moment.tastes).toarray().tolist()

    assert weights() == [[9, 16]]
    assert weights(weight_power=0.5) == [[3, 4]]
    assert weights(weight_power=0.5, customer_power=1.0) == [pytest.approx([3 / 5, 4 / 5])]
    assert weights(weight_power=0.5, customer_power=0.5) == [
        pytest.approx([3 / 5**0.5, 4 / 5**0.5])
    ]
    assert moment.tastes.toarray().tolist() == [[9, 16]]
    assert Plan(**PLAN).weights(moment.tastes).dtype == np.float32


def test_every_combination_of_lists_is_a_way_in_the_order_given():
    plan = Plan(**PLAN | {"model": {"a": [1, 2], "b": 3, "c": ["x", "y"]}})
    assert [way.model for way in plan.ways()] == [
        {"a": 1, "b": 3, "c": "x"},
        {"a": 1, "b": 3, "c": "y"},
        {"a": 2, "b": 3, "c": "x"},
        {"a": 2, "b": 3, "c": "y"},
    ]
    assert {way.count for way in plan.ways()} == {PLAN["count"]}


def test_learned_from_are_the_products_with_the_largest_sums_of_weights_and_ties_go_by_key():
    # 10: two tastes of 1; 20: one of 4, 2 by its root; 30: one of 9.
    liked = tastes(
        ("", 1, 10, 1.0, True),
        ("", 2, 10, 1.0, True),
        ("", 2, 20, 4.0, True),
        ("", 3, 30, 9.0, True),
        ("", 4, 40, 0.0, True),
    )

    def keys_of(**plan):
        return most_liked(liked, Plan(**PLAN | plan)).tolist()

    assert keys_of() == [10, 20, 30]
    assert keys_of(max_products=2) == [20, 30]
    assert keys_of(max_products=2, weight_power=0.5) == [10, 30]
    assert keys_of(max_products=1, weight_power=0.0) == [10]
    assert keys_of(min_buyers=2) == [10]
    assert keys_of(min_buyers=3) == []
    # Whatever the order, .1, .2 and .3 are as much as .6, which as a sum of doubles they are not.
    parts = [("", c, 70, t, True) for c, t in enumerate((0.1, 0.2, 0.3))]
    for rows in (parts, parts[::-1], [parts[1], parts[2], parts[0]]):
        tied = tastes(*rows, *(("", c, p, 0.6, True) for c in (7,) for p in range(71, 111)))
        plan = Plan(**PLAN | {"max_products": 20})
        assert most_liked(tied, plan).tolist() == list(range(70, 90))
    assert {p for _, p in found([[9], [3], [-7]], max_products=1)} == {10}


def test_unknown_settings_are_refused_and_others_are_another_version():
    with pytest.raises(TypeError, match="depth"):
        Plan(**PLAN, depth=3)
    with pytest.raises(TypeError, match="sign"):
        put_forward(
            "ease",
            algorithms.fit_ease,
            Plan(**PLAN | {"model": {"penalty": 1.0, "max_products": 9, "sign": 1}}),
            TASTES,
            ASKED,
            SHOWN,
        )
    plans = [Plan(**PLAN), *(Plan(**PLAN | {name: 3}) for name in PLAN if name != "model")]
    plans.append(Plan(**PLAN | {"model": {"penalty": 1}}))
    names = {plan.version("a") for plan in plans} | {plans[0].version("b")}
    assert len(names) == len(plans) + 1
    both = [Plan(**PLAN | {"model": way}) for way in ({"x": 1, "y": 2}, {"y": 2, "x": 1})]
    assert both[0].version("a") == both[1].version("a")
