"""What a ranker's score is made of: its trees told as terms that a person understands.

A tree's value at a row is the mean of all rows it learned from, and what each split on the row's
way to its leaf changes of it: that change goes to the term of the feature that was split on.

Source: Saabas (2014), Interpreting Random Forests, as in the package treeinterpreter.
"""

from collections.abc import Sequence

import numpy as np

# Every feature of the ranker by its term. What is the same in every row of a customer is a term as
# well: trees split on it before they split on others.
TERMS = {
    "own_purchases": (
        "purchase_days",
        "last_days_ago",
        "first_days_ago",
        "gap_days",
        "due_ratio",
        "due_score",
        "order_share",
        "order_share_since",
    ),
    "own_interest": (
        "seen_days_ago",
        "taste_15",
        "taste_60",
        "taste_120",
        "taste_share",
        "relative_taste_60",
        "relative_taste_120",
    ),
    "others_taste": (
        "als_score",
        "ease_score",
        "item_knn_score",
        "user_knn_score",
        "tifu_knn_score",
        "sequence_score",
        "relative_als_score",
        "relative_ease_score",
        "relative_item_knn_score",
        "relative_user_knn_score",
        "relative_tifu_knn_score",
        "relative_sequence_score",
    ),
    "kind_taste": (
        "kind_score",
        "content_score",
        "kind_taste_share",
        "category_taste_share",
        "brand_taste_share",
        "kind_last_days_ago",
        "kind_due_ratio",
        "kind_product_count",
        "kind_new_product_count",
    ),
    "price": ("price_paid", "relative_price"),
    "popularity": (
        "trending_score",
        "popular_score",
        "buyers_share",
        "buyers_7_share",
        "buyers_14_share",
        "buyers_30_share",
        "buyers_90_share",
        "new_buyers_7_share",
        "new_buyers_30_share",
        "trend",
        "repeat_rate",
        "first_purchase_rate",
        "product_last_days_ago",
        "product_first_days_ago",
        "kind_share",
    ),
    "stated_preference": ("preference_score",),
    "agreement": ("model_count",),
    "customer": (
        "taste_count",
        "order_days",
        "order_days_30",
        "order_days_90",
        "last_order_days_ago",
        "first_order_days_ago",
        "product_count",
        "purchase_count",
        "new_product_count",
        "basket_size",
    ),
}
_TERM_OF = {feature: place for place, features in enumerate(TERMS.values()) for feature in features}
# Rows whose leaves are in memory at once.
_ROWS = 20_000


def terms_of(features: Sequence[str]) -> np.ndarray:
    """Return the place in TERMS of each feature, (n,) int.

    Raises ValueError for a feature that belongs to no term.
    """
    strange = [name for name in features if name not in _TERM_OF]
    if strange:
        raise ValueError(f"no term of receipts.TERMS has {', '.join(strange)}; add it to one")
    return np.array([_TERM_OF[name] for name in features], dtype=np.int64)


def of_leaves(booster, terms: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Lay out what the way to every leaf of a booster gives each term.

    booster : a lightgbm Booster of one value per row. terms : (features,) int, below count.

    Returns (leaves, count + 1) float64, tree after tree, the last column the tree's mean; and
    (trees,) int, the row of each tree's leaf 0. A row of the table sums to its leaf's value.
    """
    tables = []
    for tree in booster.dump_model()["tree_info"]:
        root, table = tree["tree_structure"], np.zeros((tree["num_leaves"], count + 1))
        _descend(root, terms, np.r_[np.zeros(count), _mean(root)], table)
        tables.append(table)
    starts = np.cumsum([0, *map(len, tables)])[:-1]
    return np.concatenate([np.zeros((0, count + 1)), *tables]), starts


def _descend(node: dict, terms: np.ndarray, given: np.ndarray, table: np.ndarray) -> None:
    """Fill the rows of all leaves below a node; `given` is what terms got on the way to it."""
    if "split_feature" not in node:
        table[node.get("leaf_index", 0)] = given
        return
    for side in ("left_child", "right_child"):
        below = given.copy()
        below[terms[node["split_feature"]]] += _mean(node[side]) - _mean(node)
        _descend(node[side], terms, below, table)


def _mean(node: dict) -> float:
    """Return the mean value of the rows that a tree learned from, of those that reached a node."""
    if "split_feature" not in node:
        return node["leaf_value"]
    children = node["left_child"], node["right_child"]
    counts = [child.get("leaf_count", child.get("internal_count")) for child in children]
    return sum(_mean(c) * n for c, n in zip(children, counts, strict=True)) / sum(counts)


def explain(booster, features: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Tell what each term gives the score of rows.

    features : (n, features) float array as the booster reads it. names : of its columns.

    Returns (n, terms) float64 in the order of TERMS; with the booster's mean, which is the same for
    all rows, they sum to what it predicts.
    """
    from scipy import sparse

    table, starts = of_leaves(booster, terms_of(names), len(TERMS))
    found = np.zeros((len(features), len(TERMS)))
    for begin in range(0, len(features), _ROWS):
        part = features[begin : begin + _ROWS]
        leaves = booster.predict(part, pred_leaf=True).reshape(len(part), -1).astype(np.int32)
        ends = np.arange(len(part) + 1) * len(starts)
        ones = np.ones(leaves.size)
        passed = sparse.csr_matrix(
            (ones, (leaves + starts).ravel(), ends), shape=(len(part), len(table))
        )
        found[begin : begin + _ROWS] = passed @ table[:, :-1]
    return found


def alone(scores: np.ndarray, name: str) -> np.ndarray:
    """Give the score of a single model to the term of its feature: (n, terms)."""
    found = np.zeros((len(scores), len(TERMS)))
    found[:, terms_of([name])[0]] = scores
    return found
