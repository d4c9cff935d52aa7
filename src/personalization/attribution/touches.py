"""Journeys as arrays, an element per touch."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa


class Touches(NamedTuple):
    """The touches of all paths, path by path, in their order.

    names : (channels,) str array, the channels by name.
    channel : (touches,) int array, which of them was touched.
    path : (touches,) int array, the number of the path it is of, ascending.
    """

    names: np.ndarray
    channel: np.ndarray
    path: np.ndarray


def of_paths(paths: pa.ListArray) -> Touches:
    """Number the touches of paths, each a list of channels, none empty."""
    touched = paths.flatten().dictionary_encode()
    names, numbers = np.unique(
        np.array(touched.dictionary.to_pylist(), dtype=object), return_inverse=True
    )
    lengths = np.asarray(paths.value_lengths())
    return Touches(
        names=names,
        channel=numbers[np.asarray(touched.indices)],
        path=np.repeat(np.arange(len(paths)), lengths),
    )
