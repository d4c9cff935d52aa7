"""What is like a customer's taste by its own words and attributes, at every moment.

Beside the best of what others bought, new products that nobody had are put forward: content alone
knows of them.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders import candidates, content
from personalization.recommenders.candidates import SCHEMA, Moment, Pairs, Plan


@dataclass(frozen=True)
class Choice:
    """What is put forward; an unknown key is a TypeError.

    popularity : a product's cosine counts times (1 + its recent customers) to this power.
    max_new : beside products that are liked, so many new ones are looked at that nobody has a taste
        for, the newest first.
    new_count : of these, per customer, beside Plan.count of the others.
    """

    popularity: float
    max_new: int
    new_count: int


class _Popular(NamedTuple):
    model: content.ContentModel
    weights: np.ndarray

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        return self.model.score_rows(rows) * self.weights


class _Some(NamedTuple):
    model: content.ContentModel
    columns: np.ndarray

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        return self.model.score_rows(rows, self.columns)


def put_forward(
    plan: Plan, tastes: pa.Table, history: pa.Table, shown: pa.Table, texts: pa.Table
) -> pa.Table:
    """Describe products as they were at every moment, and score them by each customer's taste.

    plan : its model has the keys of Choice beside those of content.Settings.
    tastes : as of ``candidates.put_forward``.
    history : columns purpose, customer_key, product_key: pairs with a taste, to score in any case.
    shown : columns purpose, product_key, popularity_rank, customer_count, and price and created_at,
        null where they were not known at that moment.
    texts : columns product_key, title, description, tags, category, brand; distinct products.

    Returns candidates.SCHEMA; products and customers of whom nothing is said have no row.
    """
    named = dict(plan.model)
    choice = Choice(**{name: named.pop(name) for name in Choice.__dataclass_fields__})
    settings, version = content.Settings(**named), plan.version("content")
    texts = texts.sort_by("product_key").combine_chunks()
    parts = []
    for purpose in sorted(compute.unique(tastes["purpose"]).to_pylist()):
        liked, pairs, listed = (candidates.of_purpose(t, purpose) for t in (tastes, history, shown))
        listed = listed.sort_by("popularity_rank")
        new = new_products(liked, listed, choice)
        products = np.union1d(candidates.most_liked(liked, plan), new)
        moment = candidates.moment_of(liked, pairs, listed, products)
        features = content.product_features(_described(products, listed, texts), settings)
        scored = _scored(moment, np.isin(products, new), features, listed, plan, choice)
        parts.append(candidates.table_of(purpose, moment, scored, version))
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


def new_products(tastes: pa.Table, shown: pa.Table, choice: Choice) -> np.ndarray:
    """Return the keys of dated products that nobody has a taste for.

    shown : sorted by popularity_rank.
    """
    liked = tastes["product_key"].to_numpy()[tastes["taste"].to_numpy() > 0]
    dated = shown.filter(compute.is_valid(shown["created_at"]))["product_key"].to_numpy()
    return dated[~np.isin(dated, liked)][: choice.max_new]


def _described(products: np.ndarray, shown: pa.Table, texts: pa.Table) -> pa.Table:
    places = candidates.places_of(texts["product_key"].to_numpy(), products)
    rows = pa.array(places, mask=places < 0)
    names = ("title", "description", "tags", "category", "brand")
    prices = pa.array(_beside(products, shown, "price"), pa.float64(), from_pandas=True)
    return pa.table({name: texts[name].take(rows) for name in names} | {"price": prices})


def _scored(moment: Moment, is_new, features, shown: pa.Table, plan: Plan, choice: Choice) -> Pairs:
    """Score what is known and, apart, what is new: beside best-sellers it would not be seen."""
    model = content.ContentModel(plan.weights(moment.tastes), features)
    buyers = np.nan_to_num(_beside(moment.products, shown, "customer_count"))
    weights = ((1 + buyers) ** choice.popularity).astype(np.float32)
    known = moment._replace(shown=moment.shown & ~is_new)
    found = candidates.score_with(_Popular(model, weights), known, plan.count)
    new = np.flatnonzero(is_new)
    if not len(new):
        return found
    parts = (matrix[:, new] for matrix in (moment.tastes, moment.ordered, moment.asked))
    only_new = Moment(moment.customers, moment.products[new], *parts, moment.shown[new])
    others = candidates.score_with(_Some(model, new), only_new, choice.new_count)
    others = others._replace(columns=new[others.columns])
    return Pairs(*map(np.concatenate, zip(found, others, strict=True)))


def _beside(keys: np.ndarray, shown: pa.Table, name: str) -> np.ndarray:
    """Return a column of shown beside ascending keys, nan where it has none."""
    values = np.full(len(keys), np.nan)
    places = candidates.places_of(keys, shown["product_key"].to_numpy())
    values[places[places >= 0]] = shown[name].to_numpy()[places >= 0]
    return values
