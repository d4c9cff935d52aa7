"""Columns of the raw tables, made from numpy arrays without a loop over rows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from personalization.simulation.world import World


def chosen(values, index: np.ndarray) -> pa.DictionaryArray:
    """Return values[index] as text, null where index is negative."""
    index = np.asarray(index, dtype=np.int32)
    codes = pa.array(index, mask=index < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(values))


def numbered(prefix: str, numbers: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
    """Return prefix + number as text, null where the mask is false."""
    mask = None if where is None else ~where
    digits = pc.cast(pa.array(np.asarray(numbers, dtype=np.int64), mask=mask), pa.string())
    return pc.binary_join_element_wise(prefix, digits, "") if prefix else digits


def moments(world: World, seconds: np.ndarray) -> pa.Array:
    """Return whole UTC seconds since start as timestamps, null where NaN."""
    missing = np.isnan(seconds)
    start = np.datetime64(world.start, "ms").astype(np.int64)
    stamps = start + np.where(missing, 0, seconds).astype(np.int64) * 1000
    return pa.array(stamps, mask=missing).cast(pa.timestamp("ms"))


def money(cents: np.ndarray) -> pa.Array:
    """Return whole cents as DECIMAL(18, 2)."""
    low = np.asarray(cents, dtype="<i8")
    words = np.stack([low, low >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(low), [None, pa.py_buffer(words)])


def flags(values: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
    """Return booleans, null where the mask is false."""
    return pa.array(np.asarray(values, dtype=bool), mask=None if where is None else ~where)


def nothing(rows: int, kind: pa.DataType | None = None) -> pa.Array:
    """Return a column of nulls."""
    return pa.nulls(rows, kind or pa.string())


def only(column: pa.Array, where: np.ndarray) -> pa.Array:
    """Return the column with nulls where the mask is false."""
    if isinstance(column, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(
            pc.if_else(pa.array(where), column.indices, pa.scalar(None, column.indices.type)),
            column.dictionary,
        )
    return pc.if_else(pa.array(where), column, pa.scalar(None, column.type))


def joined(*parts) -> pa.Array:
    """Return the parts of each row as one text; a null part makes null."""
    texts = [p.cast(pa.string()) if isinstance(p, pa.Array) else p for p in parts]
    return pc.binary_join_element_wise(*texts, "")
