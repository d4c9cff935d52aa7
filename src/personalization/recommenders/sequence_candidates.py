"""What customers are likely to buy next by the order of their events, at every moment.

The network needs torch, which no build has to have: without it nothing is put forward.
"""

import importlib
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders import candidate_trials, candidates
from personalization.recommenders.candidates import SCHEMA, Moment, Plan

MISSING = (
    "The var sequence_model is on, but torch is not installed, so that the sequence model puts "
    "nothing forward: `make deep` installs it"
)


def is_ready(is_on: bool) -> bool:
    """Whether the model is wanted and can be fitted; says what to do where torch is missing."""
    if not is_on:
        return False
    try:
        importlib.import_module("torch")
    except ImportError:
        print(MISSING, flush=True)
        return False
    return True


def put_forward(
    plan: Plan,
    days: pa.Table,
    moments: pa.Table,
    tastes: pa.Table,
    asked: pa.Table,
    shown: pa.Table,
    labels: pa.Table,
) -> pa.Table:
    """Fit and score at every moment, with the settings that discover best on the validation.

    plan : its model has the keys of sequence.Settings.
    days : columns customer_key, product_key, interaction_date, is_bought: what customers had to do
        with, over all time. Read are the days before each moment alone.
    moments : columns purpose, as_of_date; distinct.
    tastes, asked, shown : as of ``candidates.put_forward``.
    labels : columns purpose, customer_key, product_key: what was bought after a past moment.

    Returns SCHEMA: where no product has min_buyers, no row.
    """
    named, dated = (moments[name].to_pylist() for name in ("purpose", "as_of_date"))
    dates = dict(zip(named, dated, strict=True))
    laid = {}
    for purpose in sorted(compute.unique(tastes["purpose"]).to_pylist()):
        liked, pairs, listed = (candidates.of_purpose(t, purpose) for t in (tastes, asked, shown))
        products = candidates.most_liked(liked, plan)
        if len(products):
            moment = candidates.moment_of(liked, pairs, listed, products)
            laid[purpose] = moment, _fit_to(moment, days, dates[purpose])
    ways = plan.ways()
    if len(ways) > 1 and "validation" in laid:
        moment, fit = laid["validation"]
        bought = candidates.of_purpose(labels, "validation")
        wanted = candidate_trials.discoveries(moment, bought)
        ways.sort(key=lambda way: -candidate_trials.discovers(moment, fit, way, wanted))
    best = ways[0]
    parts = [
        candidates.table_of(
            purpose, moment, candidates.score_moment(moment, fit, best), best.version("sequence")
        )
        for purpose, (moment, fit) in laid.items()
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


def _fit_to(moment: Moment, days: pa.Table, as_of) -> Callable:
    """Return what fits the network to a moment's events, as ``candidates`` calls it."""

    def fit(matrix, **settings):
        from personalization.recommenders import sequence

        dates = days["interaction_date"].cast(pa.int32()).to_numpy()
        ages = np.datetime64(as_of, "D").astype(int) - dates
        rows = candidates.places_of(moment.customers, days["customer_key"].to_numpy())
        columns = candidates.places_of(moment.products, days["product_key"].to_numpy())
        kept = (ages > 0) & (rows >= 0) & (columns >= 0)
        is_bought = days["is_bought"].to_numpy(zero_copy_only=False)
        events = sequence.Events(*(part[kept] for part in (rows, columns, ages, is_bought)))
        return sequence.fit(matrix, events, sequence.Settings(**settings))

    return fit
