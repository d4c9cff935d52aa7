"""A learned ranker over what all models put forward (LambdaMART: Burges 2010, by ``lightgbm``).

Trees learn, from several past moments, what was bought within the label window after each; each
list has a ranker of its own: for_you ranks every candidate, discover those never ordered.
"""

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from personalization.recommenders.metrics_of_lists import ndcg

LISTS = ("for_you", "discover")

# Scores of models that learn from other customers, and what else is set beside the customer's best.
COLLABORATIVE = (
    "als_score",
    "ease_score",
    "item_knn_score",
    "user_knn_score",
    "tifu_knn_score",
    "sequence_score",
)
_RELATIVE = (*COLLABORATIVE, "taste_60", "taste_120")
_KEYS = ("purpose", "customer_key", "product_key")
_FLAGS = ("is_bought", "was_ordered", "is_learned_from")


@dataclass(frozen=True)
class Settings:
    """Settings of the ranker; an unknown key is a TypeError.

    objective : lambdarank or rank_xendcg (Bruch et al. 2020); where it, num_leaves or rounds is a
        list, each is tried on the validation.
    num_leaves, rounds, learning_rate, min_rows : size and number of trees, step, rows of a leaf.
    penalty : on the squared values of leaves. share : of features and of rows that a tree sees.
    evidence : a customer with so many tastes gives collaborative scores half of their weight.
    min_customers : with fewer to learn from, over all moments, there is no ranker.
    list_length : products of a list, on which learning dwells. depth : products per customer and
        list that are handed on, so that rules have a choice. seed : of the shares drawn.
    """

    objective: str | list
    num_leaves: int | list
    rounds: int | list
    learning_rate: float
    min_rows: int
    penalty: float
    share: float
    evidence: float
    min_customers: int
    list_length: int
    depth: int
    seed: int

    def ways(self) -> list["Settings"]:
        """Return one Settings for every combination of what stands as a list."""
        whole = asdict(self)
        choices = [value if isinstance(value, list) else [value] for value in whole.values()]
        return [
            Settings(**dict(zip(whole, chosen, strict=True)))
            for chosen in itertools.product(*choices)
        ]

    @property
    def version(self) -> str:
        """Name of this algorithm with these settings."""
        settings = json.dumps(asdict(self), sort_keys=True).encode()
        return f"ranker-{hashlib.sha256(settings).hexdigest()[:8]}"

    def parameters(self) -> dict:
        """Return what lightgbm is given."""
        return {
            "objective": self.objective,
            "num_leaves": self.num_leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_rows,
            "lambda_l2": self.penalty,
            "feature_fraction": self.share,
            "bagging_fraction": self.share,
            "bagging_freq": 1,
            "lambdarank_truncation_level": self.list_length,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            # More would wait for each other on a busy machine, and cost more than they gain.
            "num_threads": 1,
            "verbosity": -1,
        }


class Rows(NamedTuple):
    """Candidates of one moment, sorted by customer and product.

    customers, products : (n,) int keys. names : of the columns of features, (n, names) float32.
    is_bought, is_new : (n,) bool: bought in the label window; never ordered before.
    is_learned_from : (n,) bool: all that was bought, and a share of the rest.
    """

    customers: np.ndarray
    products: np.ndarray
    names: tuple[str, ...]
    features: np.ndarray
    is_bought: np.ndarray
    is_new: np.ndarray
    is_learned_from: np.ndarray

    def of(self, list_name: str) -> "Rows":
        """Return the candidates of a list."""
        return self if list_name == "for_you" else self.take(self.is_new)

    def take(self, kept: np.ndarray) -> "Rows":
        """Return the rows that a mask or index array names."""
        return Rows(*(part if part is self.names else part[kept] for part in self))

    def column(self, name: str) -> np.ndarray:
        """Return one feature, (n,) float32; nan where it is unknown."""
        return self.features[:, self.names.index(name)]


def collaborative_weight(taste_count: np.ndarray, evidence: float) -> np.ndarray:
    """Weight of what others buy: 0 without history, 1/2 at `evidence` tastes, never falling."""
    known = np.nan_to_num(taste_count).astype(np.float64)
    return known / (known + evidence)


def rows_of(table: pa.Table, evidence: float) -> Rows:
    """Lay out candidates as arrays, with scores beside the customer's best.

    relative_<score> is 1 for a customer's best (-1 if it is negative) and falls as the score does.

    table : columns customer_key, product_key, is_bought, was_ordered, is_learned_from, taste_count
        and any number of features, float32, of one purpose.
    evidence : of Settings; collaborative scores enter with the customer's collaborative_weight.
    """
    keys = [table[name].to_numpy() for name in ("customer_key", "product_key")]
    order = np.lexsort((keys[1], keys[0]))
    names = [name for name in table.column_names if name not in (*_KEYS, *_FLAGS)]
    relative = [name for name in _RELATIVE if name in names]
    features = np.empty((len(order), len(names) + len(relative)), dtype=np.float32)
    for place, name in enumerate(names):
        features[:, place] = table[name].to_numpy()[order]
    customers = keys[0][order]
    weight = collaborative_weight(features[:, names.index("taste_count")], evidence)
    for name in COLLABORATIVE:
        if name in names:
            features[:, names.index(name)] *= weight.astype(np.float32)
    starts = np.flatnonzero(np.r_[True, customers[1:] != customers[:-1]][: len(customers)])
    sizes = np.diff(np.r_[starts, len(customers)])
    for place, name in enumerate(relative, start=len(names)):
        scores = features[:, names.index(name)]
        best = np.fmax.reduceat(scores, starts) if len(starts) else scores
        # Beside a best of 0 nothing has a size.
        unit = np.where(best == 0, np.nan, np.abs(best))
        features[:, place] = scores / np.repeat(unit, sizes)
    is_bought, was_ordered, is_learned_from = (
        table[name].to_numpy(zero_copy_only=False)[order] for name in _FLAGS
    )
    every = (*names, *(f"relative_{name}" for name in relative))
    return Rows(
        customers, keys[1][order], every, features, is_bought, ~was_ordered, is_learned_from
    )


def train(moments: Sequence[Rows], list_name: str, settings: Settings):
    """Fit the ranker of a list to past moments.

    Returns a lightgbm Booster, or None if too few customers bought a candidate.
    """
    parts = [_learned(rows.of(list_name)) for rows in moments]
    groups = [np.unique(part.customers, return_counts=True)[1] for part in parts]
    if sum(map(len, groups)) < max(1, settings.min_customers):
        return None
    import lightgbm

    data = lightgbm.Dataset(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.is_bought for part in parts]).astype(np.int8),
        group=np.concatenate(groups),
        feature_name=list(parts[0].names),
    )
    return lightgbm.train(settings.parameters(), data, settings.rounds)


def _learned(rows: Rows) -> Rows:
    """Return the customers who bought a candidate: nobody else says what ranks above what."""
    bought = np.unique(rows.customers[rows.is_bought])
    return rows.take(rows.is_learned_from & np.isin(rows.customers, bought))


def quality(rows: Rows, scores: np.ndarray, wanted: Mapping[int, int]) -> tuple[float, int]:
    """Return NDCG at 10 of scored candidates and the number of customers judged.

    scores : nan where a candidate would not be listed; it then finds nothing.
    wanted : how many products each customer bought in the window, candidates or not.
    """
    customers, groups = np.unique(rows.customers, return_inverse=True)
    counts = np.array([wanted.get(int(key), 0) for key in customers], dtype=np.int64)
    found = rows.is_bought & np.isfinite(scores)
    return ndcg(groups, scores, found, counts), int((counts > 0).sum())


def top(rows: Rows, scores: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of each customer's best rows and their ranks from 1.

    Ties go by product; a score of nan stands last.
    """
    return top_rows(rows.customers, rows.products, scores, length)


def top_rows(
    customers: np.ndarray, products: np.ndarray, scores: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return what ``top`` does, of keys and scores."""
    order = np.lexsort((products, -scores, customers))
    customers = customers[order]
    starts = np.r_[True, customers[1:] != customers[:-1]][: len(order)]
    firsts = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    ranks = np.arange(len(order)) - firsts + 1
    return order[ranks <= length], ranks[ranks <= length]


def in_customers(reader: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Cut batches that are sorted by customer into tables that hold customers whole."""
    held, last = [], None
    for batch in reader:
        keys = batch["customer_key"].to_numpy()
        if not len(keys):
            continue
        if held and keys[0] != last:
            yield pa.Table.from_batches(held)
            held = []
        last = keys[-1]
        cut = int(np.searchsorted(keys, last))
        if cut:
            yield pa.Table.from_batches([*held, batch.slice(0, cut)])
            held = []
        held.append(batch.slice(cut))
    if held:
        yield pa.Table.from_batches(held)
