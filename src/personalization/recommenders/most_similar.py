"""The best columns of each row of a product of sparse matrices too large to hold.

Built for products beside products: exact, in bounded memory, and the same whatever the blocks.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import sparse

# Scores are told in steps of this size; equal ones go by popularity.
STEP = 1e-6

# Products of two entries that one block of rows may add up: it bounds the memory.
_BLOCK = 4_000_000


class Similar(NamedTuple):
    """Arrays of one length, by product and rank: codes of both, rank from 1, score and support."""

    products: np.ndarray
    similar: np.ndarray
    ranks: np.ndarray
    scores: np.ndarray
    support: np.ndarray


class Pairs(NamedTuple):
    """Entries of a block of rows, by row: (rows + 1,) edges, and of each its column and values."""

    edges: np.ndarray
    columns: np.ndarray
    scores: np.ndarray
    support: np.ndarray


def most_similar(
    left: sparse.csr_matrix,
    right: sparse.csr_matrix,
    shown: np.ndarray,
    length: int,
    judged: Callable[[int, int], Pairs],
) -> Similar:
    """Take the best of each row of left @ right, in blocks of rows whose product is bounded.

    judged : gives the pairs of the rows from start to end, with scores in [0, 1].
    """
    entries = np.append(0, np.cumsum(np.diff(right.indptr)[left.indices], dtype=np.int64))
    work = entries[left.indptr]
    parts = []
    start = 0
    while start < left.shape[0]:
        end = int(np.searchsorted(work, work[start] + _BLOCK, side="right")) - 1
        end = max(end, start + 1)
        parts.append(_best(judged(start, end), start, shown, length))
        start = end
    nothing = Similar(*[np.empty(0, dtype=np.int64)] * 3, np.empty(0), np.empty(0, dtype=np.int64))
    return Similar(*(np.concatenate(columns) for columns in zip(nothing, *parts, strict=True)))


def _best(pairs: Pairs, start: int, shown: np.ndarray, length: int) -> Similar:
    """Rank each row's pairs and keep the best of them, a product itself left out."""
    rows = np.repeat(np.arange(len(pairs.edges) - 1), np.diff(pairs.edges))
    steps = np.round(pairs.scores / STEP).astype(np.int64)
    places = np.flatnonzero((steps > 0) & (start + rows != shown[pairs.columns]))
    # One number orders a row: by score, then by the place among those shown.
    keys = (steps[places] << 32) - pairs.columns[places]
    edges = np.searchsorted(places, pairs.edges).tolist()
    kept, ranks = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for first, last in pairwise(edges):
        row = keys[first:last]
        if last - first > length:
            best = np.argpartition(row, last - first - length)[-length:]
            best = best[np.argsort(-row[best])]
        else:
            best = np.argsort(-row)
        kept.append(places[first + best])
        ranks.append(np.arange(1, len(best) + 1))
    kept = np.concatenate(kept)
    return Similar(
        start + rows[kept],
        shown[pairs.columns[kept]],
        np.concatenate(ranks),
        np.round(steps[kept] * STEP, 6),
        pairs.support[kept].astype(np.int64),
    )
