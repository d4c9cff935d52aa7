"""Trials rest on what they are made of alone, so those that were kept hold while it is the same.

What they are made of is told by a digest: the candidates of past moments, what was bought after
them, the settings and the code. It knows customers and products by their order only, so that one
who is new today leaves the digest of past moments as it was, and names nobody.
"""

import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders import hybrid, metrics_of_lists, ranker
from personalization.recommenders.ranker import LISTS, Rows, Settings

SCHEMA = pa.schema([("inputs_sha256", pa.string()), *hybrid.TRIALS])

_CODE = (hybrid, ranker, metrics_of_lists)
_LIBRARIES = ("lightgbm", "numpy")


def try_or_recall(
    moments: Mapping[str, Rows], labels: pa.Table, kept: pa.Table, settings: Settings
) -> pa.Table:
    """Return what ``hybrid.try_models`` does: kept trials if they rest on the same, else new ones.

    kept : SCHEMA, what earlier builds tried.

    Returns SCHEMA, sorted by list and version: the same rows, recalled or not.
    """
    inputs = digest(moments, labels, settings)
    return recall_or(lambda: hybrid.try_models(moments, labels, settings), kept, inputs)


def recall_or(try_all: Callable[[], pa.Table], kept: pa.Table, inputs: str) -> pa.Table:
    """Return the kept trials that rest on these inputs, or what trying gives.

    try_all : returns hybrid.TRIALS. Returns SCHEMA, sorted: the same rows, recalled or not.
    """
    trials = kept.filter(compute.equal(kept["inputs_sha256"], inputs)).select(SCHEMA.names)
    if len(trials):
        # Retrainings that rest on the same inputs have kept the same rows.
        trials = trials.group_by(SCHEMA.names).aggregate([])
    else:
        trials = try_all()
        trials = trials.append_column("inputs_sha256", pa.repeat(inputs, len(trials)))
    return (
        trials.select(SCHEMA.names)
        .cast(SCHEMA)
        .sort_by([("list_name", "ascending"), ("model_version", "ascending")])
    )


def digest(moments: Mapping[str, Rows], labels: pa.Table, settings: Settings) -> str:
    """Return the SHA-256 of all that ``hybrid.try_models`` of the same arguments depends on."""
    code = [inspect.getsource(module) for module in _CODE]
    libraries = [version(name) for name in _LIBRARIES]
    told = [_line([asdict(settings), code, libraries])]
    for purpose, rows in moments.items():
        if purpose == "validation" or purpose.startswith("train"):
            told.append(_line([purpose, rows.names, len(rows.customers)]))
            # Where the next customer begins; who it is does not matter.
            told.append(np.diff(rows.customers) != 0)
            told += [rows.features, rows.is_bought, rows.is_new, rows.is_learned_from]
    if "validation" in moments:
        judged = np.unique(moments["validation"].customers).tolist()
        for list_name in LISTS:
            wanted = hybrid.wanted(labels, list_name)
            told.append(_line([wanted.get(key, 0) for key in judged]))
    return sha256(told)


def sha256(parts: Iterable[bytes | np.ndarray]) -> str:
    """Return the SHA-256 of lines and arrays, one after the other."""
    told = hashlib.sha256()
    for part in parts:
        told.update(part if isinstance(part, bytes) else np.ascontiguousarray(part))
    return told.hexdigest()


def _line(values: list) -> bytes:
    return json.dumps(values, sort_keys=True).encode()
