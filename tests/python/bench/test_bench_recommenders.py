"""A real run of `personalization bench-recommenders`, a tiny one."""

import numpy as np
import pytest
from builds import ROOT

from personalization.bench.recommenders import Size, bench_recommenders, check, purchases, table
from personalization.recommenders.topk import merged, split_top_products
from personalization.warehouse.places import BuildError

TINY = Size(customers=60, products=40, purchases=500)


def test_every_part_is_measured_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    parts, rows = bench_recommenders(TINY, tmp_path / "bench")
    assert rows["customers"] == 300
    assert 0 < rows["learned from"] < rows["purchases"]
    assert all(usage.cpu >= 0 for usage in parts.values())
    lines = table(parts, rows).splitlines()
    assert lines[0].startswith("300 customers, 40 products, ")
    together = next(line for line in lines if "together" in line)
    of_als = [float(line.split("|")[2]) for line in lines if line.startswith("| ALS")]
    assert len(of_als) == 3
    assert float(together.split("|")[2]) == pytest.approx(sum(of_als), abs=0.2)
    assert not (tmp_path / "bench").exists()


def test_purchases_are_the_same_each_time_and_as_many_as_asked_for():
    size = Size(customers=500, products=3000, purchases=6000)
    first, again, other = (purchases(size, seed) for seed in (1, 1, 2))
    assert first.shape == (500, 3000)
    assert first.nnz == 6000
    assert (first != again).nnz == 0
    assert (first != other).nnz > 0
    assert first.data.min() > 0


def test_a_few_customers_and_products_have_most_purchases():
    bought = purchases(Size(customers=2000, products=1000, purchases=60_000), seed=1)
    for counts in (np.diff(bought.indptr), np.bincount(bought.indices, minlength=1000)):
        top_fifth = np.sort(counts)[-len(counts) // 5 :].sum() / counts.sum()
        assert 0.4 < top_fifth < 0.9


@pytest.mark.parametrize("list_name", ["for_you", "discover"])
def test_a_list_that_is_not_that_of_sorting_is_found(list_name):
    random = np.random.default_rng(0)
    customers, products = (random.random((n, 4)).astype(np.float32) for n in (60, 40))
    bought = purchases(TINY, seed=1)
    again, discover = split_top_products(customers, products, 5, bought)
    lists = {"for_you": merged(again, discover), "discover": discover}
    check(customers, products, bought, **lists)
    lists[list_name].products[7, [0, 1]] = lists[list_name].products[7, [1, 0]]
    with pytest.raises(BuildError, match="customer 7"):
        check(customers, products, bought, **lists)
