"""Maximal marginal relevance: products like those before them in a list step back."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from personalization.recommenders import ranker

SCHEMA = pa.schema(
    [
        ("purpose", pa.string()),
        ("customer_key", pa.int32()),
        ("list_name", pa.string()),
        ("product_key", pa.int32()),
        ("place", pa.int32()),
    ]
)
TRAITS = ("category_key", "kind_key", "brand_key")


@dataclass(frozen=True)
class Settings:
    """Settings of diversity; an unknown key is a TypeError.

    diversity : from 0 (score alone) to 1 (after the first product, difference alone).
    list_length : places that are chosen one by one; what is left keeps its order behind them.

    Raises ValueError for a diversity outside [0, 1].
    """

    diversity: float
    list_length: int

    def __post_init__(self):
        """Refuse what is out of range."""
        if not 0 <= self.diversity <= 1:
            raise ValueError(f"diversity is {self.diversity}; give a number from 0 to 1")


def similarity(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Share of the traits in which products are equal; a trait that is missing equals none.

    one, other : (..., traits) int arrays that broadcast, -1 where a trait is missing.

    Returns float32 in [0, 1] without the last axis.
    """
    return ((one == other) & (one >= 0)).mean(axis=-1, dtype=np.float32)


def places(scores: np.ndarray, traits: np.ndarray, settings: Settings) -> np.ndarray:
    """Choose, for many lists at once, one product after the other.

    scores : (lists, depth) float array, the best first; nan behind the end of a list.
    traits : (lists, depth, traits) int array, -1 where a trait is missing.

    The next is the product with the highest (1 - diversity) * relevance - diversity * similarity,
    where relevance is the score scaled to the list's [0, 1] and similarity that to the likest
    product chosen so far. Of equals the one with the better score comes first.

    Returns (lists, depth) int array of places from 1; 0 behind the end of a list.

    Source: Carbonell & Goldstein (1998), The Use of MMR, Diversity-Based Reranking for Reordering
    Documents and Producing Summaries, SIGIR, 335-336, with lambda = 1 - diversity.
    """
    lists, depth = scores.shape
    is_there = ~np.isnan(scores)
    low = np.min(scores, axis=1, keepdims=True, where=is_there, initial=np.inf)
    high = np.max(scores, axis=1, keepdims=True, where=is_there, initial=-np.inf)
    spread = np.where(high > low, high - low, 1)
    relevance = (1 - settings.diversity) * np.where(is_there, (scores - low) / spread, 0)

    found = np.zeros((lists, depth), dtype=np.int32)
    likest = np.zeros((lists, depth), dtype=np.float32)
    every = np.arange(lists)
    for place in range(1, min(settings.list_length, depth) + 1):
        is_open = is_there & (found == 0)
        value = np.where(is_open, relevance - settings.diversity * likest, -np.inf)
        best = value.argmax(axis=1)
        has_one = is_open[every, best]
        found[every[has_one], best[has_one]] = place
        chosen = traits[every, best][:, None, :]
        likest = np.maximum(likest, similarity(traits, chosen))
    is_left = is_there & (found == 0)
    behind = found.max(axis=1, keepdims=True, initial=0) + np.cumsum(is_left, axis=1)
    return np.where(is_left, behind, found).astype(np.int32)


def diversify(reader: Iterable[pa.RecordBatch], products: pa.Table, settings: Settings) -> pa.Table:
    """Give every product of every list its place.

    reader : batches with purpose, customer_key, list_name, product_key, score; sorted by
    customer_key, then by list with its best first.
    products : product_key, and a number for each of TRAITS, null where it is missing.

    Returns SCHEMA, one row per row read.
    """
    keys = products["product_key"].to_numpy()
    traits = np.full((keys.max(initial=0) + 1, len(TRAITS)), -1, dtype=np.int32)
    for column, name in enumerate(TRAITS):
        traits[keys, column] = products[name].fill_null(-1).to_numpy()
    parts = [_part(table, traits, settings) for table in ranker.in_customers(reader)]
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


def _part(table: pa.Table, traits: np.ndarray, settings: Settings) -> pa.Table:
    _, purposes = np.unique(table["purpose"].to_numpy(), return_inverse=True)
    _, names = np.unique(table["list_name"].to_numpy(), return_inverse=True)
    lists = np.stack([table["customer_key"].to_numpy(), purposes, names], axis=1)
    begins = np.ones(len(lists), dtype=bool)
    begins[1:] = (lists[1:] != lists[:-1]).any(axis=1)
    row = np.cumsum(begins) - 1
    column = np.arange(len(lists)) - np.flatnonzero(begins)[row]
    shape = (row[-1] + 1, column.max() + 1)
    scores = np.full(shape, np.nan)
    scores[row, column] = table["score"].to_numpy()
    laid = np.full((*shape, traits.shape[1]), -1, dtype=np.int32)
    laid[row, column] = traits[table["product_key"].to_numpy()]
    found = places(scores, laid, settings)[row, column]
    return table.select(SCHEMA.names[:-1]).append_column("place", pa.array(found)).cast(SCHEMA)
