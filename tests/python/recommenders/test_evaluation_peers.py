"""The measures against public libraries, on random lists."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from personalization.recommenders.evaluation import Settings, Window
from personalization.recommenders.lists import Pairs

CUSTOMERS, PRODUCTS = 60, 80
KS = (1, 5, 10, 20)


@pytest.fixture(scope="module")
def ranx():
    """Import ranx uncompiled: to compile its metrics takes ten times as long as these tests."""
    import numba

    numba.config.DISABLE_JIT = True
    import ranx

    yield ranx
    numba.config.DISABLE_JIT = False


def drawn(seed):
    """Lists of 0 to 20 products, products to find and products had, as sets by customer."""
    random = np.random.default_rng(seed)

    def products(low, high):
        return [
            random.permutation(PRODUCTS)[: random.integers(low, high)] for _ in range(CUSTOMERS)
        ]

    return products(0, 21), products(1, 30), products(1, 10)


def pairs(by_customer):
    lengths = [len(products) for products in by_customer]
    return Pairs(np.repeat(np.arange(len(lengths)), lengths), np.concatenate(by_customer))


def scores(lists, heldout, had, *, new_only=False, depths=KS):
    ranks = np.concatenate([np.arange(len(products)) + 1 for products in lists])
    window = Window(
        pairs(heldout), pairs(had), Settings(depths=depths, resamples=2), new_only=new_only
    )
    return window.score(pairs(lists), ranks)


def in_ranx(ranx, lists, heldout, metric, k):
    """Ask ranx for the metric of each customer."""
    names = [f"{customer:03d}" for customer in range(CUSTOMERS)]
    wanted = ranx.Qrels({c: {f"p{p}": 1 for p in t} for c, t in zip(names, heldout, strict=True)})
    shown = ranx.Run(
        {
            c: {f"p{product}": 1 / (1 + place) for place, product in enumerate(products)}
            for c, products in zip(names, lists, strict=True)
        }
    )
    return ranx.evaluate(wanted, shown, f"{metric}@{k}", return_mean=False, make_comparable=True)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("metric", ["ndcg", "precision", "recall", "hit_rate", "mrr"])
def test_ranx_measures_the_same(ranx, metric, seed):
    lists, heldout, had = drawn(seed)
    ours = scores(lists, heldout, had)
    for k in KS:
        theirs = in_ranx(ranx, lists, heldout, metric, k)
        assert ours["all", k][metric].value == pytest.approx(theirs.mean(), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_map_of_ranx_divides_by_all_there_is_to_find_and_ours_by_what_fits_in_the_list(ranx, seed):
    lists, heldout, had = drawn(seed)
    ours = scores(lists, heldout, had)
    wanted = np.array([len(products) for products in heldout])
    for k in KS:
        theirs = in_ranx(ranx, lists, heldout, "map", k)
        converted = theirs * wanted / np.minimum(wanted, k)
        assert ours["all", k]["map"].value == pytest.approx(converted.mean(), abs=1e-12)
        assert (theirs.mean() == pytest.approx(converted.mean())) == (wanted.max() <= k)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("new_only", [False, True])
def test_auc_is_that_of_scikit_learn_with_what_is_not_listed_tied_last(new_only, seed):
    lists, heldout, had = drawn(seed)
    ours = scores(lists, heldout, had, new_only=new_only)
    candidates = np.unique(np.concatenate(heldout + had))
    for k in KS:
        theirs = []
        for listed, wanted, before in zip(lists, heldout, had, strict=True):
            mine = np.setdiff1d(candidates, before) if new_only else candidates
            score = np.zeros(PRODUCTS)
            score[listed[:k]] = 1 / np.arange(1, 1 + len(listed[:k]))
            if np.isin(mine, wanted).any():
                theirs.append(roc_auc_score(np.isin(mine, wanted), score[mine]))
        assert ours["all", k]["auc"].n == len(theirs)
        assert ours["all", k]["auc"].value == pytest.approx(np.mean(theirs), abs=1e-12)
