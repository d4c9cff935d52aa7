"""Ids as integers, without widening every id to the longest of them."""

import numpy as np
import pyarrow as pa
from pyarrow import compute


def encode(*columns: pa.ChunkedArray | pa.Array) -> tuple[pa.Array, list[np.ndarray]]:
    """Number the distinct ids of all columns in their binary order.

    columns : text, without nulls.

    Returns the sorted distinct ids and, for each column, its (n,) int64 codes into them.
    """
    chunks = [chunk for c in columns for chunk in (c.chunks if hasattr(c, "chunks") else [c])]
    encoded = pa.chunked_array(chunks, type=pa.string()).combine_chunks().dictionary_encode()
    order = compute.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    codes = rank[encoded.indices.to_numpy()] if len(encoded) else np.empty(0, dtype=np.int64)
    return (
        encoded.dictionary.take(order),
        np.split(codes, np.cumsum([len(column) for column in columns])[:-1]),
    )
