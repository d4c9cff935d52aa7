"""The hybrid lists: by the ranker where it earns its place, else by the best single model."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders import ranker, receipts
from personalization.recommenders.ranker import LISTS, Rows, Settings

# Single models by the column of their score. The first holds where nothing was judged.
SINGLE = {
    "for_you": {
        "taste_120": "repeat",
        "tifu_knn_score": "tifu_knn",
        "due_score": "due",
        "ease_score": "ease",
        "als_score": "collaborative",
        "item_knn_score": "item_knn",
        "user_knn_score": "user_knn",
        "sequence_score": "sequence",
        "popular_score": "popular",
    },
    "discover": {
        "ease_score": "ease",
        "als_score": "collaborative",
        "item_knn_score": "item_knn",
        "user_knn_score": "user_knn",
        "sequence_score": "sequence",
        "kind_score": "kind",
        "content_score": "content",
        "trending_score": "trending",
        "popular_score": "popular",
    },
}

# Scores that there are only while a var wants them.
_OPTIONAL = ("sequence_score",)

TRIALS = pa.schema(
    [
        ("list_name", pa.string()),
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("parameters", pa.string()),
        ("ndcg", pa.float64()),
        ("n", pa.int64()),
        ("is_chosen", pa.bool_()),
    ]
)

SCHEMA = pa.schema(
    [
        ("purpose", pa.string()),
        ("customer_key", pa.int32()),
        ("list_name", pa.string()),
        ("rank", pa.int32()),
        ("product_key", pa.int32()),
        ("score", pa.float64()),
        ("source", pa.string()),
        ("collaborative_weight", pa.float64()),
        ("model_version", pa.string()),
        # What each term gives the score; unknown at the test, whose lists nobody is shown. Half as
        # long as the score, so that many rows stay small: receipts give the base what is rounded.
        *((term, pa.float32()) for term in receipts.TERMS),
    ]
)


def moments_of(relation, pairs, settings: Settings) -> dict[str, Rows]:
    """Lay out the candidates of several moments by purpose, one after the other.

    relation : of DuckDB, with the column purpose beside those that ranker.rows_of reads.
    pairs : another, whose column purpose tells without joins which moments there may be.
    """
    purposes = sorted(purpose for (purpose,) in pairs.project("purpose").distinct().fetchall())
    moments = {}
    for purpose in purposes:
        table = relation.filter(f"purpose = '{purpose}'").to_arrow_table()
        if len(table):
            moments[purpose] = ranker.rows_of(table, settings.evidence)
    return moments


def parts_of(relation, customers: range, settings: Settings) -> Iterator[Rows]:
    """Lay out the candidates of one moment, those of some customers at a time.

    relation : of DuckDB, with what ranker.rows_of reads; of a view, only a part is ever worked out.
    customers : their keys, whose step is how many come at a time.
    """
    for first in customers:
        last = first + customers.step - 1
        part = relation.filter(f"customer_key between {first} and {last}").to_arrow_table()
        if len(part):
            yield ranker.rows_of(part, settings.evidence)


def try_models(moments: Mapping[str, Rows], labels: pa.Table, settings: Settings) -> pa.Table:
    """Judge every single model and every way to rank on the validation moment.

    moments : by purpose; the ranker learns from those named train.
    labels : columns purpose, customer_key, is_new: what was bought after a past moment.

    Returns TRIALS, one row per list and model version. The ranker is chosen where the best of its
    ways is above the best single model; the best single model is, where it is not; the first of
    them, where fewer than min_customers can be judged.
    """
    judged = moments.get("validation")
    learned = [rows for purpose, rows in moments.items() if purpose.startswith("train")]
    trials = []
    for list_name in LISTS:
        rows = judged.of(list_name) if judged is not None else None
        earlier = learned
        if rows is not None and not any(part.of(list_name).is_bought.any() for part in learned):
            # A young shop: every second customer teaches, the others judge.
            is_teacher = np.unique(rows.customers, return_inverse=True)[1] % 2 == 0
            earlier, rows = [rows.take(is_teacher)], rows.take(~is_teacher)
        counts = wanted(labels, list_name)
        if (
            rows is not None
            and len(counts.keys() & set(rows.customers.tolist())) < settings.min_customers
        ):
            # Of so few, chance alone would choose.
            rows = None
        if rows is not None:
            # Nobody else is judged, and scores cost more than trees.
            rows = rows.take(np.isin(rows.customers, list(counts)))
        found = []
        for column, model in SINGLE[list_name].items():
            if column not in _OPTIONAL if rows is None else column in rows.names:
                value = (0.0, 0)
                if rows is not None:
                    value = ranker.quality(rows, rows.column(column), counts)
                found.append((model, column, "{}", *value))
        ways = settings.ways() if rows is not None else []
        boosters = {}
        for way in ways:
            # Trees come one after the other: the first of many are all of few.
            longest = replace(way, rounds=max(other.rounds for other in ways))
            if longest not in boosters:
                boosters[longest] = ranker.train(earlier, list_name, longest)
            if (booster := boosters[longest]) is not None:
                scores = booster.predict(rows.features, num_iteration=way.rounds)
                value = ranker.quality(rows, scores, counts)
                found.append(("hybrid", way.version, json.dumps(asdict(way)), *value))
        best = max(range(len(found)), key=lambda place: found[place][3], default=None)
        trials += [(list_name, *row, place == best) for place, row in enumerate(found)]
    return pa.Table.from_pylist(
        [dict(zip(TRIALS.names, row, strict=True)) for row in trials], schema=TRIALS
    )


def wanted(labels: pa.Table, list_name: str) -> dict[int, int]:
    """Return how many products of a list each customer bought after the validation moment."""
    kept = compute.equal(labels["purpose"], "validation")
    if list_name == "discover":
        kept = compute.and_(kept, labels["is_new"])
    keys, counts = np.unique(labels.filter(kept)["customer_key"].to_numpy(), return_counts=True)
    return dict(zip(keys.tolist(), counts.tolist(), strict=True))


def recommend(
    trials: pa.Table,
    moments: Mapping[str, Rows],
    scored: Iterable[Rows],
    settings: Settings,
) -> pa.Table:
    """List the best candidates at the test moment and now, by the model that was chosen.

    trials : TRIALS. moments : of the past by purpose; the test is listed by what came before it.
    scored : candidates of now, in parts that hold customers whole.

    Returns SCHEMA, at most depth rows per purpose, customer and list.
    """
    chosen = trials.filter(trials["is_chosen"]).to_pylist()
    before_test = [rows for purpose, rows in moments.items() if purpose != "test"]
    test = [moments["test"]] if "test" in moments else []
    parts = []
    for purpose, learned, listed in (
        ("test", before_test, test),
        ("score", list(moments.values()), scored),
    ):
        models = {one["list_name"]: _model(one, learned, settings) for one in chosen}
        for rows in listed:
            parts += [
                _lists(purpose, name, rows.of(name), models[name], settings) for name in models
            ]
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


class _Model(NamedTuple):
    """How to score rows, and to tell what each term gives them; the source's name, the version."""

    score: Callable
    explain: Callable
    source: str
    version: str


def _model(choice: Mapping, learned: list[Rows], settings: Settings) -> _Model:
    if choice["model_name"] != "hybrid":
        column = choice["model_version"]
        return _Model(
            lambda rows: rows.column(column),
            lambda rows: receipts.alone(rows.column(column), column),
            choice["model_name"],
            column,
        )
    way = Settings(**json.loads(choice["parameters"]))
    booster = ranker.train(learned, choice["list_name"], way)
    return _Model(
        lambda rows: booster.predict(rows.features),
        lambda rows: receipts.explain(booster, rows.features, rows.names),
        "hybrid",
        way.version,
    )


def _lists(purpose: str, list_name: str, rows: Rows, model: _Model, settings: Settings) -> pa.Table:
    scores = model.score(rows)
    places, ranks = ranker.top(rows, scores, settings.depth)
    places, ranks = (array[np.isfinite(scores[places])] for array in (places, ranks))
    weights = ranker.collaborative_weight(rows.column("taste_count"), settings.evidence)
    told = (
        model.explain(rows.take(places)).T if purpose == "score" else [None] * len(receipts.TERMS)
    )
    return pa.table(
        {
            "purpose": pa.repeat(purpose, len(places)),
            "customer_key": rows.customers[places],
            "list_name": pa.repeat(list_name, len(places)),
            "rank": ranks,
            "product_key": rows.products[places],
            "score": scores[places],
            "source": pa.repeat(model.source, len(places)),
            "collaborative_weight": weights[places],
            "model_version": pa.repeat(model.version, len(places)),
            **{
                term: pa.nulls(len(places)) if given is None else given
                for term, given in zip(receipts.TERMS, told, strict=True)
            },
        }
    ).cast(SCHEMA)
