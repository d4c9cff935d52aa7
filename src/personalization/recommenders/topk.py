"""The top products of each customer, exactly, whatever the chunks, threads or BLAS.

The inner products of a chunk of customers with all products come from float32 matrix products. A
product can be among the top n only if its block of products is among the n blocks with the highest
maxima, so only those blocks are looked into.

A matrix product rounds differently from place to place and from library to library. So it only
chooses candidates, a few more than asked for, and their scores are added up anew, each in the same
order. Where rounding may have kept a product from being a candidate, whatever comes near the top is
scored anew. Of equal scores the product with the lower index ranks first.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from scipy import sparse

from personalization import blas

# Customers at a time; products per matrix product, so that its result stays in the cache; products
# per block; products whose scores are held at a time, a multiple of both.
_CHUNK, _TILE, _BLOCK, _SLAB = 256, 512, 32, 65_536
# Candidates beyond those asked for.
_SPARE = 12
_LOW_BITS = np.int64(2**32 - 1)


class Ranked(NamedTuple):
    """Top products of each customer, best first: two arrays (customers, length).

    products : int32, -1 where a customer has fewer. scores : float32, -inf there.
    """

    products: np.ndarray
    scores: np.ndarray


def top_products(
    customers: np.ndarray,
    products: np.ndarray,
    length: int,
    excluded: sparse.csr_matrix | None = None,
    threads: int | None = None,
) -> Ranked:
    """Rank products by their inner product with each customer.

    customers, products : (n, factors) and (m, factors) float32, finite.
    excluded : (n, m) csr, its entries the pairs to leave out.
    threads : of 67 MB each at most; without it, one per processor.

    Returns the top `length` products of each customer.
    """
    _, others = _rank(customers, products, length, excluded, threads, with_excluded=False)
    return others


def split_top_products(
    customers: np.ndarray,
    products: np.ndarray,
    length: int,
    bought: sparse.csr_matrix,
    threads: int | None = None,
) -> tuple[Ranked, Ranked]:
    """Rank the products each customer bought, and all others; as `top_products`."""
    return _rank(customers, products, length, bought, threads, with_excluded=True)


def merged(first: Ranked, second: Ranked) -> Ranked:
    """Merge two rankings that share no product of a customer into one of the first's length."""
    length = first.products.shape[1]
    ranked = _empty(len(first.products), length)
    for start in range(0, len(first.products), _SLAB):
        part = slice(start, start + _SLAB)
        keys = [_keys(top.scores[part], top.products[part]) for top in (first, second)]
        _write(ranked, part, np.concatenate(keys, axis=1))
    return ranked


def top_of_rows(scores: np.ndarray, length: int) -> Ranked:
    """Rank the columns of each row by their scores.

    scores : (n, m) float32, -inf where a column is to be left out.
    """
    ranked = _empty(len(scores), length)
    width = _padded(scores.shape[1], length)
    padded = np.full((min(_CHUNK, len(scores)), width), -np.inf, dtype=np.float32)
    for start in range(0, len(scores), _CHUNK):
        part = slice(start, start + _CHUNK)
        chunk = padded[: len(scores[part])]
        chunk[:, : scores.shape[1]] = scores[part]
        blocks = chunk.reshape(len(chunk), -1, _BLOCK)
        _write(ranked, part, _best(blocks, blocks.max(axis=2), length))
    return ranked


def _rank(customers, products, length, excluded, threads, *, with_excluded):
    customers, products = (np.ascontiguousarray(f, dtype=np.float32) for f in (customers, products))
    tops = tuple(_empty(len(customers), length) for _ in range(2))
    if not length:
        return tops
    if excluded is not None and not excluded.has_canonical_format:
        excluded = excluded.copy()
        excluded.sum_duplicates()
    starts = range(0, len(customers), _CHUNK)
    threads = max(1, min(threads or len(os.sched_getaffinity(0)), len(starts)))

    def work(worker: int) -> None:
        scorer = _Scorer(products, length)
        for start in starts[worker::threads]:
            part = slice(start, start + _CHUNK)
            pairs = None if excluded is None else excluded[part]
            _write(tops[1], part, scorer.top(customers[part], pairs))
            if with_excluded:
                _write(tops[0], part, scorer.top_pairs(customers[part], pairs))

    blas.on_one_thread()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    return tops


class _Scorer:
    """Scores chunks of customers, in memory of its own."""

    def __init__(self, products: np.ndarray, length: int):
        self.products = products
        self.length = length
        width = _padded(min(len(products), _SLAB), length + _SPARE)
        self.scores = np.empty(width * _CHUNK, dtype=np.float32)
        self.maxima = np.empty(width // _BLOCK * _CHUNK, dtype=np.float32)
        # In whatever order, a sum of n products is wrong by n u / (1 - n u) |a| |b| at most, with
        # u = 2^-24 (Higham 2002, section 3.1), so two such sums differ by twice that at most.
        longest = np.sqrt(np.square(products).sum(axis=1).max(initial=0))
        self.error = np.float32(2.1 * products.shape[1] * 2.0**-24) * longest

    def top(self, customers: np.ndarray, excluded: sparse.csr_matrix | None) -> np.ndarray:
        """Return keys of the top products not excluded, (customers, length or more)."""
        pairs = excluded.tocsc() if excluded is not None and excluded.nnz else None
        keys = [np.full((len(customers), self.length), _NOTHING)]
        for start in range(0, len(self.products), _SLAB):
            products = self.products[start : start + _SLAB]
            slab = None if pairs is None else pairs[:, start : start + _SLAB]
            keys.append(self._top_of_slab(customers, products, slab) - start)
        return np.concatenate(keys, axis=1)

    def top_pairs(self, customers: np.ndarray, pairs: sparse.csr_matrix) -> np.ndarray:
        """Return keys of the top products among the pairs, (customers, length)."""
        rows = np.repeat(np.arange(len(customers)), np.diff(pairs.indptr))
        keys = np.empty(len(rows), dtype=np.int64)
        for start in range(0, len(rows), _SLAB // 4):
            part = slice(start, start + _SLAB // 4)
            columns = pairs.indices[part]
            keys[part] = _keys(_dots(self.products[columns], customers[rows[part]]), columns)
        order = np.lexsort((keys, rows))
        # The rows keep their ends, and the best of each now stands last.
        places = pairs.indptr[1:][rows] - 1 - np.arange(len(rows))
        found = places < self.length
        top = np.full((len(customers), self.length), _NOTHING)
        top[rows[found], places[found]] = keys[order][found]
        return top

    def _top_of_slab(self, customers, products, excluded) -> np.ndarray:
        scores, maxima = self._multiply(customers, products, excluded)
        blocks = scores.reshape(len(maxima), _BLOCK, -1).transpose(2, 0, 1)
        maxima = np.ascontiguousarray(maxima.T)
        rough, candidates = _decoded(_best(blocks, maxima, self.length + _SPARE))
        is_there = rough > -np.inf
        found = np.where(is_there, candidates, 0)
        exact = _dots(products[found], customers[:, None])
        exact[~is_there] = -np.inf
        keys = _keys(exact, candidates)
        errors = self.error * np.sqrt(np.square(customers).sum(axis=1))
        last = np.partition(exact, -self.length, axis=1)[:, -self.length]
        worst = rough.min(axis=1)
        # No product but the candidates has a rough score above the worst of theirs.
        is_open = (worst > -np.inf) & (errors > 0) & (last <= worst + errors)
        for row in np.flatnonzero(is_open):
            near = np.flatnonzero(scores[:, row] >= last[row] - errors[row])
            anew = _top(_keys(_dots(products[near], customers[row]), near)[None], self.length)
            keys[row] = _NOTHING
            keys[row, : anew.shape[1]] = anew
        return keys

    def _multiply(self, customers, products, excluded) -> tuple[np.ndarray, np.ndarray]:
        """Return rough scores, (padded products, customers), and the maxima of their blocks."""
        count, width = len(customers), _padded(len(products), self.length + _SPARE)
        scores = self.scores[: width * count].reshape(width, count)
        maxima = self.maxima[: width // _BLOCK * count].reshape(-1, count)
        if excluded is not None:
            columns = np.repeat(np.arange(len(products)), np.diff(excluded.indptr))
        for start in range(0, width, _TILE):
            end = min(start + _TILE, width)
            there = min(end, len(products))
            np.matmul(products[start:there], customers.T, out=scores[start:there])
            scores[max(start, there) : end] = -np.inf
            if excluded is not None:
                pairs = slice(*excluded.indptr[[min(start, there), there]])
                scores[columns[pairs], excluded.indices[pairs]] = -np.inf
            blocks = scores[start:end].reshape(-1, _BLOCK, count)
            np.maximum.reduce(blocks, axis=1, out=maxima[start // _BLOCK : end // _BLOCK])
        return scores, maxima


def _dots(products: np.ndarray, customers: np.ndarray) -> np.ndarray:
    """Return inner products over the last axis, each added up in the same order."""
    return (products * customers).sum(axis=-1)


def _padded(count: int, least: int) -> int:
    return -(-max(count, least) // _BLOCK) * _BLOCK


def _best(blocks: np.ndarray, maxima: np.ndarray, count: int) -> np.ndarray:
    """Return keys of the top `count` columns, in any order.

    blocks : (n, blocks, columns of each) scores. maxima : (n, blocks) of them.
    """
    _, chosen = _decoded(_top(_keys(maxima, np.arange(maxima.shape[1])), count))
    scores = blocks[np.arange(len(blocks))[:, None], chosen]
    columns = chosen[:, :, None] * _BLOCK + np.arange(_BLOCK)
    return _top(_keys(scores, columns).reshape(len(blocks), -1), count)


def _keys(scores: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return int64 keys that order by score, then by column, the lower one higher."""
    # Read as integers, negative floats fall in the wrong direction. Adding 0 makes -0 a 0.
    bits = (scores + np.float32(0)).view(np.int32)
    bits ^= (bits >> 31) & 0x7FFFFFFF
    return (bits.astype(np.int64) << 32) | (_LOW_BITS - columns)


def _decoded(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores and columns of keys."""
    bits = (keys >> 32).astype(np.int32)
    bits ^= (bits >> 31) & 0x7FFFFFFF
    return bits.view(np.float32), _LOW_BITS - (keys & _LOW_BITS)


def _top(keys: np.ndarray, count: int) -> np.ndarray:
    """Return the highest keys of each row, in any order; keys may be put in another order."""
    if keys.shape[1] > count:
        keys.partition(keys.shape[1] - count, axis=1)
    return keys[:, -count:]


def _empty(customers: int, length: int) -> Ranked:
    return Ranked(
        np.full((customers, length), -1, dtype=np.int32),
        np.full((customers, length), -np.inf, dtype=np.float32),
    )


def _write(ranked: Ranked, part: slice, keys: np.ndarray) -> None:
    """Write the highest keys of each row, in order."""
    length = ranked.products.shape[1]
    keys = np.sort(_top(keys, length), axis=1)[:, ::-1]
    ranked.scores[part], columns = _decoded(keys)
    ranked.products[part] = np.where(ranked.scores[part] > -np.inf, columns, -1)


_NOTHING = _keys(np.array([-np.inf], dtype=np.float32), np.array([_LOW_BITS]))[0]
