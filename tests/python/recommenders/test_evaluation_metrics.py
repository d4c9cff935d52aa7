"""Every measure against its value worked out by hand."""

from math import log2

import numpy as np
import pytest

from personalization.recommenders import metrics

# Customer 0 finds ranks 2 and 4 of its 3 products; 1 finds its one product at rank 1; 2 has no
# list; 3 has a list of two other candidates. There are 10 candidates.
HITS = np.array([[0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=bool)
MISSES = np.array([[1, 0, 1, 0], [0, 1, 1, 1], [0, 0, 0, 0], [1, 1, 0, 0]], dtype=bool)
WANTED = np.array([3, 1, 2, 1])


def measured(metric, k, hits=HITS, misses=MISSES, wanted=WANTED, candidates=10):
    values = metrics.per_customer(hits, misses, wanted, candidates - wanted, [1, k])
    return values[metrics.PER_CUSTOMER.index(metric), 1].tolist()


@pytest.mark.parametrize(
    ("metric", "k", "expected"),
    [
        ("precision", 4, [2 / 4, 1 / 4, 0, 0]),
        ("precision", 2, [1 / 2, 1 / 2, 0, 0]),
        ("recall", 4, [2 / 3, 1, 0, 0]),
        ("recall", 2, [1 / 3, 1, 0, 0]),
        ("hit_rate", 4, [1, 1, 0, 0]),
        ("hit_rate", 1, [0, 1, 0, 0]),
        ("mrr", 4, [1 / 2, 1, 0, 0]),
        ("mrr", 1, [0, 1, 0, 0]),
        ("map", 4, [(1 / 2 + 2 / 4) / 3, 1, 0, 0]),
        ("map", 2, [(1 / 2) / 2, 1, 0, 0]),
        ("ndcg", 4, [(1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3) + 1 / log2(4)), 1, 0, 0]),
        ("ndcg", 2, [(1 / log2(3)) / (1 + 1 / log2(3)), 1, 0, 0]),
        # Customer 0 has 7 others: the hits win 6 and 5 pairs, the third ties with the 5 unlisted.
        # Customer 3's product ties with the 7 unlisted of 9 and loses to the 2 listed.
        ("auc", 4, [(6 + 5 + 5 / 2) / (3 * 7), 1, 1 / 2, (7 / 2) / 9]),
        # Cut at 2, two products of customer 0 tie with 6, and customer 1's still wins all.
        ("auc", 2, [(6 + 2 * 6 / 2) / (3 * 7), 1, 1 / 2, (7 / 2) / 9]),
    ],
)
def test_what_is_measured_per_customer_is_as_by_hand(metric, k, expected):
    assert measured(metric, k) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("metric", metrics.PER_CUSTOMER)
def test_all_that_is_to_be_found_in_front_scores_one(metric):
    hits = np.array([[True, True, True, False]])
    found = measured(metric, 3, hits, ~hits, np.array([3]))
    assert found == [1]


def test_more_to_find_than_the_list_is_long_leaves_ndcg_and_map_reachable_and_recall_not():
    hits, none = np.ones((1, 4), dtype=bool), np.zeros((1, 4), dtype=bool)
    wanted = np.array([8])
    assert measured("ndcg", 4, hits, none, wanted) == [1]
    assert measured("map", 4, hits, none, wanted) == [1]
    assert measured("recall", 4, hits, none, wanted) == [1 / 2]
    # 4 products win both pairs each, 4 tie with both.
    assert measured("auc", 4, hits, none, wanted) == [(4 * 2 + 4 * 2 / 2) / 16]


def test_auc_is_a_coins_toss_where_every_candidate_is_to_be_found():
    hits, none = np.ones((1, 4), dtype=bool), np.zeros((1, 4), dtype=bool)
    assert measured("auc", 4, hits, none, np.array([4]), candidates=4) == [1 / 2]


# Products 0 to 4 had 4, 3, 2, 1 and no buyers among 4 customers; 5 is of no pair known.
BUYERS = np.array([4, 3, 2, 1, 0])
SHOWN = np.array([[0, 1], [1, 3], [5, -1], [0, 1]])


def together(shown=SHOWN, buyers=BUYERS, buyer_count=4, k=2):
    by_popularity = np.flatnonzero(buyers)
    return metrics.of_all_lists(shown, buyers, by_popularity, buyer_count, k)


def test_coverage_is_the_share_of_the_products_of_the_history_that_are_shown():
    assert together()["coverage"] == 3 / 4


def test_novelty_is_the_mean_of_the_bits_and_no_buyer_counts_as_one():
    bits = [0, log2(4 / 3), log2(4 / 3), log2(4), log2(4), 0, log2(4 / 3)]
    assert together()["novelty"] == pytest.approx(sum(bits) / 7)
    assert together(np.array([[4]]))["novelty"] == log2(4)


def test_popularity_share_counts_rows_among_the_k_most_bought():
    assert together()["popularity_share"] == 5 / 7
    assert together(SHOWN[:, :1], k=1)["popularity_share"] == 2 / 4


def test_products_without_buyers_are_never_popular():
    assert together(np.array([[4, 5]]), k=9)["popularity_share"] == 0


def test_overlap_is_the_expected_share_of_common_products_of_two_customers():
    shown = np.array([[0, 1, 2], [1, 2, 3], [4, 1, 0]])
    # The three pairs share 2, 2 and 1 of 3 products.
    assert together(shown)["overlap"] == pytest.approx((2 + 2 + 1) / 3 / 3)
    assert together(np.array([[0, 1], [1, 0]]))["overlap"] == 1
    assert together(np.array([[0, 1], [2, 3]]))["overlap"] == 0


@pytest.mark.parametrize("seed", range(3))
def test_overlap_equals_the_count_over_all_pairs_of_customers(seed):
    random = np.random.default_rng(seed)
    shown = np.array([random.permutation(12)[:5] for _ in range(20)])
    pairs = [
        len(np.intersect1d(shown[one], shown[two])) / 5 for one in range(20) for two in range(one)
    ]
    assert together(shown)["overlap"] == pytest.approx(np.mean(pairs))


def test_overlap_of_lists_of_unequal_length_is_a_chance_per_product_shown():
    # Of 7 rows, product 0 meets 1 of 3 others twice, product 1 meets 2 of 3 three times.
    assert together()["overlap"] == pytest.approx((2 * 1 / 3 + 3 * 2 / 3) / 7)


def test_one_list_has_no_overlap_and_customers_without_a_list_share_nothing():
    assert np.isnan(together(np.array([[0, 1]]))["overlap"])
    with_empty = np.vstack([SHOWN, [[-1, -1]]])
    assert together(with_empty) == together()


def test_where_nothing_is_shown_all_is_zero_but_overlap_which_is_none():
    found = together(np.full((3, 2), -1))
    assert np.isnan(found.pop("overlap"))
    assert found == {"coverage": 0, "novelty": 0, "popularity_share": 0}


def test_without_any_history_what_is_shown_is_neither_covered_nor_popular_nor_new():
    found = together(buyers=np.zeros(5, dtype=int), buyer_count=0)
    assert (found["coverage"], found["popularity_share"], found["novelty"]) == (0, 0, 0)
