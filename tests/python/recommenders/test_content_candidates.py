from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from recommender_tables import pairs, shuffled, table, tastes

from personalization.recommenders import candidates
from personalization.recommenders.candidates import Plan
from personalization.recommenders.content_candidates import put_forward

MODEL = {
    "popularity": 0.0,
    "max_new": 99,
    "new_count": 1,
    "text_weight": 1.0,
    "category_weight": 1.0,
    "brand_weight": 0.5,
    "price_weight": 0.5,
    "price_bands": 2,
}
NEW = datetime(2026, 3, 1)
GREEN, BLACK, RAKE, SPADE, OOLONG, HOE, CARD = 10, 20, 30, 40, 50, 60, 70
TEXTS = {
    GREEN: ("Green tea", "Drinks > Tea"),
    BLACK: ("Black tea", "Drinks > Tea"),
    RAKE: ("Iron rake", "Garden > Tools"),
    SPADE: ("Iron spade", "Garden > Tools"),
    OOLONG: ("Oolong tea", "Drinks > Tea"),
    HOE: ("Iron hoe", "Garden > Tools"),
    CARD: (None, None),
}
# Ada (1) ordered green tea, Bo (2) black tea and a rake, Cy (3) a card of which nothing is said.
TASTES = tastes(
    ("score", 1, GREEN, 1.0, True),
    ("score", 2, BLACK, 1.0, True),
    ("score", 2, RAKE, 1.0, True),
    ("score", 3, CARD, 1.0, True),
    ("score", 4, SPADE, 1.0, True),
)
HISTORY = pairs(("score", 1, GREEN), ("score", 2, BLACK), ("score", 2, RAKE), ("score", 3, CARD))


def texts(said=TEXTS):
    columns = ("title", "description", "tags", "category", "brand")
    rows = [(key, title, None, None, category, None) for key, (title, category) in said.items()]
    return table(*rows, product_key=pa.int32(), **dict.fromkeys(columns, pa.string()))


def shown(*products, purpose="score", created=None, customers=None):
    """Products by falling popularity; created and customers by product."""
    created, customers = created or {}, customers or {}
    rows = [
        (purpose, product, rank, customers.get(product, 0), None, created.get(product))
        for rank, product in enumerate(products, start=1)
    ]
    return table(
        *rows,
        purpose=pa.string(),
        product_key=pa.int32(),
        popularity_rank=pa.int64(),
        customer_count=pa.int32(),
        price=pa.float64(),
        created_at=pa.timestamp("us"),
    )


SAID = texts()
SHOWN = shown(*TEXTS, created={OOLONG: NEW, HOE: NEW})


def found(
    tastes=TASTES, history=HISTORY, shown=SHOWN, texts=SAID, count=2, max_products=99, **model
):
    plan = Plan(count, 1, max_products, 1.0, 0.0, MODEL | model)
    rows = put_forward(plan, tastes, history, shown, texts)
    assert rows.schema == candidates.SCHEMA
    scores = {(r["customer_key"], r["product_key"]): r["score"] for r in rows.to_pylist()}
    assert len(scores) == len(rows)
    return scores


def test_own_history_what_is_like_it_and_the_newest_like_it_are_put_forward():
    assert found().keys() == {
        (1, GREEN),
        (1, BLACK),
        (1, OOLONG),
        (2, BLACK),
        (2, RAKE),
        (2, GREEN),
        (2, SPADE),
        # As much like the one as the hoe is like the other.
        (2, OOLONG),
        (4, RAKE),
        (4, HOE),
    }


def test_what_is_best_and_what_is_new_is_put_forward_and_the_own_history_is_scored_beside_it():
    rows = put_forward(Plan(2, 1, 99, 1.0, 0.0, MODEL), TASTES, HISTORY, SHOWN, SAID).to_pylist()
    forward = {(r["customer_key"], r["product_key"]): r["is_put_forward"] for r in rows}
    beside = {key for key, is_forward in forward.items() if not is_forward}
    assert beside == {(1, GREEN), (2, BLACK), (2, RAKE)}
    assert forward[1, BLACK]
    assert forward[1, OOLONG]


def test_a_new_product_that_nobody_ever_bought_finds_those_whose_taste_it_meets():
    scores = found()
    assert (1, OOLONG) in scores
    assert (4, HOE) in scores
    assert not {(1, HOE), (4, OOLONG)} & scores.keys()


def test_best_sellers_do_not_take_the_place_of_what_is_new():
    popular = shown(
        *TEXTS, created={OOLONG: NEW}, customers=dict.fromkeys((BLACK, RAKE, SPADE), 999)
    )
    scores = found(shown=popular, popularity=1.0, count=1)
    assert scores[1, BLACK] > 100 * scores[1, OOLONG] > 0


def test_new_ones_are_counted_by_customer_and_looked_at_from_the_newest_on():
    both = shown(*TEXTS, created=dict.fromkeys((OOLONG, HOE), NEW))
    assert {(2, OOLONG), (2, HOE)} <= found(shown=both, new_count=2).keys()
    assert {product for _, product in found(shown=both, max_new=1)} & {OOLONG, HOE} == {OOLONG}
    assert {product for _, product in found(shown=both, max_new=0)} & {OOLONG, HOE} == set()


def test_what_nobody_bought_and_is_of_no_date_is_not_new():
    assert {product for _, product in found(shown=shown(*TEXTS))} & {OOLONG, HOE} == set()


def test_what_may_not_be_listed_tells_a_taste_and_is_not_put_forward():
    scores = found(shown=shown(BLACK), history=pairs())
    assert scores.keys() == {(1, BLACK)}


def test_what_was_ordered_and_left_no_taste_is_no_discovery():
    free = pa.concat_tables(
        [TASTES, tastes(("score", 1, BLACK, 0.0, True), ("score", 1, OOLONG, 0.0, True))]
    )
    assert found(tastes=free).keys() == found().keys() - {(1, BLACK), (1, OOLONG)}


def test_a_cosine_counts_by_the_power_of_recent_customers():
    popular = shown(*TEXTS, customers={GREEN: 3, BLACK: 8})
    plain, weighed = found(shown=popular), found(shown=popular, popularity=0.5)
    assert weighed[1, GREEN] == pytest.approx(2 * plain[1, GREEN])
    assert weighed[1, BLACK] == pytest.approx(3 * plain[1, BLACK])
    assert weighed[2, SPADE] == pytest.approx(plain[2, SPADE])


def test_prices_known_by_the_moment_count():
    said = dict.fromkeys((GREEN, BLACK, RAKE), (None, None))
    rows = shown(GREEN, BLACK, RAKE)
    priced = rows.set_column(4, "price", pa.array([1.0, 9.0, 9.0]))
    scores = found(tastes=TASTES.slice(1, 1), history=pairs(), shown=priced, texts=texts(said))
    assert scores == {}
    liked = pa.concat_tables([TASTES.slice(1, 1), tastes(("score", 9, RAKE, 1.0, True))])
    assert (2, RAKE) in found(tastes=liked, shown=priced, texts=texts(said))


def test_the_products_most_liked_are_looked_at():
    more = pa.concat_tables([TASTES, tastes(("score", 5, GREEN, 1.0, True))])
    # Of green tea, liked by two, alone something is known.
    assert {product for _, product in found(tastes=more, max_products=1, max_new=0)} == {GREEN}


def test_products_with_exactly_min_buyers_are_looked_at():
    more = pa.concat_tables([TASTES, tastes(("score", 5, GREEN, 1.0, True))])
    plan = Plan(9, 2, 99, 1.0, 0.0, MODEL | {"max_new": 0})
    rows = put_forward(plan, more, HISTORY, SHOWN, SAID)
    assert set(rows["product_key"].to_pylist()) == {GREEN}


def test_each_moment_knows_its_own_tastes_and_products():
    past = tastes(("test", 4, RAKE, 1.0, True), ("test", 5, SPADE, 1.0, True))
    both = pa.concat_tables([TASTES, past])
    listed = pa.concat_tables([SHOWN, shown(RAKE, SPADE, purpose="test")])
    plan = Plan(2, 1, 99, 1.0, 0.0, MODEL)
    rows = put_forward(plan, both, HISTORY, listed, SAID)
    of_test = [(r["customer_key"], r["product_key"]) for r in rows.to_pylist()[-2:]]
    assert of_test == [(4, SPADE), (5, RAKE)]
    assert rows.slice(0, len(rows) - 2).equals(put_forward(plan, TASTES, HISTORY, SHOWN, SAID))


@pytest.mark.parametrize(
    "nothing",
    [
        {"texts": texts({})},
        {"texts": texts(dict.fromkeys(TEXTS, (None, None)))},
        {"tastes": tastes()},
        {"tastes": tastes(("score", 1, GREEN, 0.0, False), ("score", 2, GREEN, None, False))},
        {"tastes": TASTES.slice(3, 1), "history": HISTORY.slice(3, 1)},
        {"shown": shown(), "history": pairs()},
    ],
)
def test_where_nothing_is_said_or_liked_there_is_no_row(nothing):
    assert found(**nothing) == {}


def test_one_customer_with_one_product_has_it():
    alone = {
        "tastes": TASTES.slice(0, 1),
        "shown": shown(GREEN),
        "texts": texts({GREEN: TEXTS[GREEN]}),
    }
    assert found(**alone) == {(1, GREEN): pytest.approx(1)}


@pytest.mark.parametrize("seed", range(3))
def test_row_order_changes_no_bit(seed):
    random = np.random.default_rng(seed)
    customer, product = np.unique(random.integers(0, (600, 60), (3000, 2)), axis=0).T
    liked = tastes(
        *(
            ("score", *pair, 0.1 + i % 7, bool(i % 2))
            for i, pair in enumerate(zip(customer, product, strict=True))
        )
    )
    own = liked.select(["purpose", "customer_key", "product_key"])
    words = ["tea", "rake", "green", "iron", "old", "new"]
    said = {p: (" ".join(random.choice(words, 3)), f"{p % 3} > {p % 9}") for p in range(80)}
    listed = shown(*range(80), created=dict.fromkeys(range(60, 80), NEW), customers={1: 5, 2: 9})
    plan = Plan(5, 1, 99, 0.5, 0.0, MODEL | {"popularity": 0.5, "max_new": 5})
    expected = put_forward(plan, liked, own, listed, texts(said))
    again = put_forward(plan, *(shuffled(t, seed) for t in (liked, own, listed, texts(said))))
    assert again.equals(expected)
    assert len(expected) > 3000


def test_a_setting_nobody_knows_is_refused():
    with pytest.raises(TypeError, match="depth"):
        found(depth=3)
