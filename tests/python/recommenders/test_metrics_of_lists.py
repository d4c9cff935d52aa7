from math import log2

import numpy as np
import pytest

from personalization.recommenders import evaluation
from personalization.recommenders.lists import Pairs
from personalization.recommenders.metrics_of_lists import ndcg


def of(*rows, wanted, k=10):
    """Judge rows of group, score, hit."""
    groups, scores, hits = (np.array(column) for column in zip(*rows, strict=True))
    return ndcg(groups, scores, hits.astype(bool), np.array(wanted), k)


def test_hits_count_less_the_further_down_they_stand():
    # By score: hit, miss, hit; one more is nowhere in the list.
    rows = [(0, 0.1, True), (0, 0.9, True), (0, 0.5, False)]
    ideal = 1 + 1 / log2(3) + 1 / log2(4)
    assert of(*rows, wanted=[3]) == pytest.approx((1 + 1 / log2(4)) / ideal)
    assert of(*rows, wanted=[3], k=2) == pytest.approx(1 / (1 + 1 / log2(3)))


def test_a_perfect_list_is_1_and_a_list_without_hits_is_0():
    assert of((0, 2, True), (0, 1, True), (0, 0, False), wanted=[2]) == 1
    assert of((0, 2, False), wanted=[2]) == 0


def test_who_has_nothing_to_find_is_not_judged_and_who_has_no_list_is():
    rows = [(0, 1.0, True), (1, 1.0, False)]
    assert of(*rows, wanted=[1, 0, 0]) == 1
    assert of(*rows, wanted=[1, 0, 1]) == 1 / 2


def test_ties_go_to_what_comes_first_and_minus_infinity_stands_last():
    assert of((0, 1, True), (0, 1, False), wanted=[1]) == 1
    assert of((0, 1, False), (0, 1, True), wanted=[1]) == pytest.approx(1 / log2(3))
    assert of((0, -np.inf, True), (0, -9, False), wanted=[1]) == pytest.approx(1 / log2(3))


def test_nothing_listed_or_nothing_to_find_is_0():
    empty = np.empty(0, int), np.empty(0), np.empty(0, bool)
    assert ndcg(*empty, np.empty(0, int)) == 0
    assert ndcg(*empty, np.array([0, 0])) == 0
    assert ndcg(*empty, np.array([0, 2])) == 0
    assert of((0, 1, False), wanted=[0]) == 0


@pytest.mark.parametrize("k", [1, 5, 10])
@pytest.mark.parametrize("seed", range(4))
def test_it_equals_the_evaluation_of_the_same_lists(seed, k):
    random = np.random.default_rng(seed)
    customers, products = np.nonzero(random.random((40, 60)) < random.random((40, 1)) * 0.6)
    scores = random.permutation(len(customers)).astype(np.float32)
    found = np.argwhere(random.random((40, 60)) < 0.1)
    codes = customers * 60 + products
    order = np.lexsort((-scores, customers))
    starts = np.searchsorted(customers[order], np.arange(40))
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = 1 + np.arange(len(order)) - starts[customers[order]]
    estimate = evaluation.score_lists(
        Pairs(customers, products),
        ranks,
        Pairs(*found.T),
        # All have a history, of a product that nobody is shown.
        Pairs(np.arange(40), np.full(40, 60)),
        k=k,
        new_only=False,
    )["ndcg"]
    wanted = np.bincount(found[:, 0], minlength=40)
    hits = np.isin(codes, found @ [60, 1])
    mine = ndcg(customers, scores, hits, wanted, k)
    assert mine == pytest.approx(estimate.value, rel=1e-12)
    assert 0 < mine < 1
    assert estimate.n == (wanted > 0).sum()
    # Beside each other in another order, the same bits.
    mixed = random.permutation(len(codes))
    assert ndcg(customers[mixed], scores[mixed], hits[mixed], wanted, k) == mine
