"""Errors of predicted stars as rows of the evaluation, beside those of the global mean."""

import numpy as np
import pyarrow as pa

from personalization.recommenders.candidates import Plan, places_of
from personalization.recommenders.evaluation import SCHEMA
from personalization.recommenders.ratings import Ratings, Settings, evaluate_mae


def evaluate(known: pa.Table, heldout: pa.Table, plan: Plan) -> pa.Table:
    """Judge stars that were predicted at the test moment by those given after it.

    known : columns customer_key, product_key, stars, of before the moment. heldout : the same of
        the window after it, with the moment as as_of. plan : of the model that predicts.

    Returns evaluation.SCHEMA with the task ratings and depth 0: mae of the models ratings and
    global_mean, and mae_gain, by how much that of the first is lower; empty if there is nothing to
    learn from or to judge by.
    """
    codes = []
    for name in ("customer_key", "product_key"):
        keys = np.unique(known[name].to_numpy())
        codes.append([places_of(keys, table[name].to_numpy()) for table in (known, heldout)])
    stars = known["stars"].to_numpy(), heldout["stars"].to_numpy()
    early, late = (Ratings(*pair, said) for *pair, said in zip(*codes, stars, strict=True))
    found = evaluate_mae(early, late, Settings(**plan.model))
    if not found.n:
        return SCHEMA.empty_table()
    version, as_of = plan.version("ratings"), heldout["as_of"][0].as_py()
    ends = (None if np.isnan(end) else end for end in (found.gain_low, found.gain_high))
    rows = [
        ("ratings", version, "mae", found.mae, None, None),
        ("ratings", version, "mae_gain", found.gain, *ends),
        ("global_mean", "global_mean", "mae", found.global_mean_mae, None, None),
    ]
    return pa.Table.from_pylist(
        [
            {"model_name": name, "model_version": version, "metric": metric, "value": value}
            | {"ci_low": low, "ci_high": high, "as_of": as_of, "split": "test", "task": "ratings"}
            | {"segment": "all", "k": 0, "n": found.n}
            for name, version, metric, value, low, high in rows
        ],
        schema=SCHEMA,
    )
