"""`personalization bench-recommenders`: what it takes to learn from purchases and to rank."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from personalization.bench.bench import run_process
from personalization.bench.figures import Usage, together
from personalization.bench.meter import Meter
from personalization.bench.process import command, read_figures
from personalization.recommenders import als, ease, neighbours, topk
from personalization.warehouse.places import BuildError

FOLDER = Path("var/bench-recommenders")
PURCHASES, CHECK = "make up purchases", "check"
LEARN = "ALS: learn, 64 factors, 15 sweeps"
FOLD_IN = "ALS: fold in the other customers"
RANK = "ALS: top 20 of all customers, both lists"
EASE = "EASE of at most 6,000 products: fit, top 20"
BY_PRODUCTS = "100 neighbours of each product: fit, top 20"
BY_CUSTOMERS = "100 neighbours of each customer in 5,000: top 20"

# Customers who are ranked but not learned from, for each who is; purchases of one of theirs.
_OTHERS, _OTHERS_PURCHASES = 4, 5
_LENGTH, _CHUNK = 20, 1024
_SETTINGS = als.Settings(
    factors=64, regularization=0.12, alpha=1.0, iterations=15, list_length=_LENGTH, seed=1
)
# Tastes: half of what a customer buys is of their own.
_TASTES = 64
_CHECKED = 100


@dataclass(frozen=True)
class Size:
    """How much there is.

    customers : who are learned from. products, purchases : of theirs; a pair counts once.
    """

    customers: int
    products: int
    purchases: int


def purchases(size: Size, seed: int) -> sparse.csr_matrix:
    """Make up weights of purchases, (customers, products) csr float32, as many as asked for.

    Customers buy log-normally much, products sell by a power of their rank. Where a customer buys
    one thing too often, there are fewer.
    """
    random = np.random.default_rng(seed)
    activity = random.lognormal(0, 1, size.customers)
    counts = np.ceil(1.3 * size.purchases * activity / activity.sum()).astype(np.int64)
    customers = np.repeat(np.arange(size.customers), counts)
    popularity = np.cumsum((np.arange(size.products) + 50.0) ** -0.9)
    ranks = np.searchsorted(popularity, popularity[-1] * random.random(len(customers)))
    own = np.minimum(ranks // _TASTES * _TASTES + customers % _TASTES, size.products - 1)
    ranks = np.where(random.random(len(customers)) < 0.5, own, ranks)
    keys = customers * size.products + random.permutation(size.products)[ranks]
    del customers, ranks, own
    keys.sort()
    keys = keys[np.diff(keys, prepend=-1) > 0]
    if len(keys) > size.purchases:
        keys = np.delete(keys, random.choice(len(keys), len(keys) - size.purchases, replace=False))
    weights = random.lognormal(0, 0.7, len(keys)).astype(np.float32)
    places = (keys // size.products, keys % size.products)
    return sparse.csr_matrix((weights, places), shape=(size.customers, size.products))


def work(size: Size, meter: Meter) -> dict[str, int]:
    """Learn and rank by every model; return the customers, products and purchases there were.

    Raises BuildError if a list is not that of sorting all scores.
    """
    meter.begin(PURCHASES)
    learned_from = purchases(size, seed=1)
    others = _OTHERS * size.customers
    others = Size(others, size.products, _OTHERS_PURCHASES * others)
    bought = sparse.vstack([learned_from, purchases(others, seed=2)], format="csr")
    meter.begin(LEARN)
    factors = als.factorise(learned_from, _SETTINGS)
    meter.begin(FOLD_IN)
    penalty = als.penalty(learned_from, _SETTINGS)
    folded = als.fold_in(bought[size.customers :], factors.products, penalty, _SETTINGS)
    customers = np.concatenate([factors.customers, folded])
    meter.begin(RANK)
    again, discover = topk.split_top_products(customers, factors.products, _LENGTH, bought)
    for_you = topk.merged(again, discover)
    meter.begin(CHECK)
    check(customers, factors.products, bought, for_you, discover)
    meter.begin(EASE)
    settings = ease.Settings(penalty=100, max_products=6000, min_buyers=5)
    _rank(ease.fit(learned_from, settings), size.customers)
    meter.begin(BY_PRODUCTS)
    settings = neighbours.ProductSettings(100, shrinkage=3, min_buyers=5, with_itself=True)
    _rank(neighbours.fit_products(learned_from, settings), size.customers)
    meter.begin(BY_CUSTOMERS)
    settings = neighbours.CustomerSettings(100, shrinkage=3, pool=5000)
    _rank(neighbours.fit_customers(learned_from, settings), size.customers)
    return {
        "customers": bought.shape[0],
        "products": size.products,
        "learned from": learned_from.nnz,
        "purchases": bought.nnz,
    }


def _rank(model, customers: int) -> None:
    for start in range(0, customers, _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, customers))
        topk.top_of_rows(model.score_kept(rows), _LENGTH)


def check(customers, products, bought, for_you: topk.Ranked, discover: topk.Ranked) -> None:
    """Compare the lists of some customers, evenly spaced, with those of sorting all scores.

    Raises BuildError at the first difference.
    """
    for row in range(0, len(customers), max(1, len(customers) // _CHECKED)):
        scores = (products * customers[row]).sum(axis=1)
        allowed = scores.copy()
        allowed[bought[row].indices] = -np.inf
        for found, of_all in ((for_you, scores), (discover, allowed)):
            order = np.argsort(-of_all, kind="stable")[: found.products.shape[1]]
            order = np.where(of_all[order] > -np.inf, order, -1)
            if not np.array_equal(found.products[row][: len(order)], order):
                raise BuildError(f"The list of customer {row} is not that of sorting all scores.")


def bench_recommenders(
    size: Size, folder: Path = FOLDER
) -> tuple[dict[str, Usage], dict[str, int]]:
    """Measure in a process of its own; return what the parts took, and how much there was.

    folder : emptied first, gone afterwards.

    Raises BuildError if the process fails; see above for its reason.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    figures = folder / "figures.json"
    given = (str(n) for n in (size.customers, size.products, size.purchases))
    run_process(command(figures, "recommenders", *given), dict(os.environ))
    measured = read_figures(figures)
    shutil.rmtree(folder)
    return measured


def table(parts: dict[str, Usage], rows: dict[str, int]) -> str:
    """Return the figures as a table in Markdown, and of what; GB are 10^9 bytes."""
    asked_for = "**ALS together**"
    parts = parts | {asked_for: together(parts[part] for part in (LEARN, FOLD_IN, RANK))}
    shown = (PURCHASES, LEARN, FOLD_IN, RANK, asked_for, EASE, BY_PRODUCTS, BY_CUSTOMERS)
    lines = [
        f"{rows['customers']:,} customers, {rows['products']:,} products, "
        f"{rows['purchases']:,} pairs bought, {rows['learned from']:,} of them learned from.",
        "",
        "| part | CPU s | peak GB |",
        "|---|---:|---:|",
    ]
    for part in shown:
        peak = "" if parts[part].peak is None else f"{parts[part].peak / 1e9:.2f}"
        lines.append(f"| {part} | {parts[part].cpu:,.1f} | {peak} |")
    return "\n".join(lines) + "\n"
