from math import log2

import numpy as np
import pyarrow as pa
import pytest

from personalization.recommenders import evaluation
from personalization.recommenders.evaluation import Pairs


def pairs(*rows):
    array = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Pairs(array[:, 0], array[:, 1])


# Customer 0 finds 11 and 13 of its list 10 11 12 13; customer 1 has no list; 2 has no history.
LISTS = pairs((0, 10), (0, 11), (0, 12), (0, 13), (2, 10))
RANKS = np.array([1, 2, 3, 4, 1])
HELDOUT = pairs((0, 11), (0, 13), (0, 99), (1, 10), (2, 10))
TRAIN = pairs((0, 11), (0, 50), (1, 10), (1, 11))


def scores(k=4, new_only=False, lists=LISTS, ranks=RANKS, heldout=HELDOUT, train=TRAIN):
    return evaluation.score_lists(lists, ranks, heldout, train, k=k, new_only=new_only)


@pytest.mark.parametrize(
    ("metric", "of_customer_0"),
    [
        ("precision", 2 / 4),
        ("recall", 2 / 3),
        ("hit_rate", 1),
        ("mrr", 1 / 2),
        ("map", (1 / 2 + 2 / 4) / 3),
        ("ndcg", (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3) + 1 / log2(4))),
    ],
)
def test_metrics_are_means_over_customers_with_history_and_something_to_find(metric, of_customer_0):
    estimate = scores()[metric]
    assert estimate.value == pytest.approx((of_customer_0 + 0) / 2)
    assert estimate.n == 2


def test_ranks_beyond_k_do_not_count():
    assert scores(k=1)["hit_rate"].value == 0
    assert scores(k=2)["precision"].value == pytest.approx(1 / 2 / 2)


def test_what_was_bought_before_is_left_out_of_new_only():
    estimate = scores(new_only=True)
    assert estimate["recall"].n == 1
    assert estimate["recall"].value == pytest.approx(1 / 2)


def test_a_perfect_list_scores_one_and_its_interval_is_a_point():
    lists = pairs((0, 1), (1, 2))
    found = scores(lists=lists, ranks=np.array([1, 1]), heldout=lists, train=pairs((0, 7), (1, 7)))
    assert found["ndcg"] == (1, 1, 1, 2)


def test_the_interval_is_the_mean_with_196_standard_errors():
    found = scores()["precision"]
    margin = 1.96 * np.std([1 / 2, 0], ddof=1) / 2**0.5
    assert (found.ci_low, found.ci_high) == pytest.approx((0, 1 / 4 + margin))
    wide = scores()["hit_rate"]
    assert (wide.ci_low, wide.ci_high) == (0, 1)


def test_coverage_and_novelty_look_at_what_is_shown():
    found = scores()
    # Shown to judged customers: 10 and 11 are known, of 3 products bought before.
    assert found["coverage"].value == pytest.approx(2 / 3)
    assert found["novelty"].value == pytest.approx((-log2(1 / 2) * 3 - log2(2 / 2)) / 4)


@pytest.mark.parametrize("seed", range(5))
def test_row_order_does_not_change_a_bit(seed):
    random = np.random.default_rng(seed)
    train = pairs(*{(int(c), int(p)) for c, p in random.integers(0, 30, (300, 2))})
    heldout = pairs(*{(int(c), int(p)) for c, p in random.integers(0, 30, (200, 2))})
    lists, ranks = (
        pairs(*[(c, p) for c in range(30) for p in range(10)]),
        np.tile(np.arange(1, 11), 30),
    )
    order, before, after = (
        random.permutation(len(x)) for x in (ranks, train.customers, heldout.customers)
    )
    shuffled = evaluation.score_lists(
        Pairs(*(column[order] for column in lists)),
        ranks[order],
        Pairs(*(column[after] for column in heldout)),
        Pairs(*(column[before] for column in train)),
        k=10,
        new_only=False,
    )
    assert str(shuffled) == str(
        evaluation.score_lists(lists, ranks, heldout, train, k=10, new_only=False)
    )


def test_popular_lists_go_by_buyers_and_leave_out_what_was_bought_if_asked():
    train = pairs((0, 5), (1, 5), (2, 5), (0, 7), (1, 7), (2, 3))
    shown, ranks = evaluation.popular_lists(train, 2, new_only=False)
    assert list(zip(*shown, ranks, strict=True))[:2] == [(0, 5, 1), (0, 7, 2)]
    shown, ranks = evaluation.popular_lists(train, 2, new_only=True)
    found = list(zip(*shown, ranks, strict=True))
    assert [row for row in found if row[0] == 2] == [(2, 7, 1), (2, 0, 2)]
    assert {(c, p) for c, p, _ in found}.isdisjoint(zip(*train, strict=True))


def test_nothing_to_find_gives_no_metric():
    assert scores(heldout=pairs((2, 10))) == {}


def test_a_product_shown_twice_or_a_rank_of_zero_is_refused():
    with pytest.raises(ValueError, match="twice"):
        scores(lists=pairs((0, 1), (0, 1)), ranks=np.array([1, 2]))
    with pytest.raises(ValueError, match="start at 1"):
        scores(lists=pairs((0, 1)), ranks=np.array([0]))


def test_every_model_is_scored_on_the_list_of_each_task():
    lists = pa.table(
        {
            "model_name": ["good", "good", "bad"],
            "model_version": ["g1", "g1", "b1"],
            "as_of": pa.array([0, 0, 0], pa.timestamp("us")),
            "customer_id": ["ada", "ada", "ada"],
            "list_name": ["for_you", "discover", "for_you"],
            "rank": pa.array([1, 1, 1], pa.int32()),
            "product_id": ["tea", "mug", "jam"],
        }
    )
    heldout = pa.table({"customer_id": ["ada", "ada"], "product_id": ["tea", "mug"]})
    train = pa.table({"customer_id": ["ada"], "product_id": ["tea"]})
    rows = evaluation.evaluate(lists, heldout, train, [1]).to_pylist()
    hits = {(r["model_name"], r["task"]): r["value"] for r in rows if r["metric"] == "hit_rate"}
    assert hits == {
        ("good", "all_purchases"): 1,
        ("good", "new_only"): 1,
        ("bad", "all_purchases"): 0,
        ("bad", "new_only"): 0,
    }


def test_without_lists_the_table_is_empty_and_typed():
    lists = pa.schema(
        [
            ("model_name", pa.string()),
            ("model_version", pa.string()),
            ("as_of", pa.timestamp("us")),
            ("customer_id", pa.string()),
            ("list_name", pa.string()),
            ("rank", pa.int32()),
            ("product_id", pa.string()),
        ]
    ).empty_table()
    none = pa.schema([("customer_id", pa.string()), ("product_id", pa.string())]).empty_table()
    table = evaluation.evaluate(lists, none, none, [5])
    assert table.schema == evaluation.SCHEMA
    assert table.num_rows == 0
