"""Products that go with a product: bought together with it, or alike by content."""

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
from pyarrow import compute
from scipy import sparse

from personalization.recommenders import content
from personalization.recommenders.encoding import encode
from personalization.recommenders.most_similar import Pairs, Similar, most_similar

SCHEMA = pa.schema(
    [
        ("product_id", pa.string()),
        ("similar_product_id", pa.string()),
        ("method", pa.string()),
        ("rank", pa.int32()),
        ("score", pa.float64()),
        ("support", pa.int64()),
        ("model_version", pa.string()),
    ]
)


@dataclass(frozen=True)
class Settings:
    """What counts as similar; an unknown key is a TypeError.

    length : similar products per product and method.
    min_support : customers who must have bought both in one basket.
    min_deviations : standard deviations that they must meet more often than by chance, >= 0.
    damping : such customers at which half of the cosine counts.
    max_basket : products; a larger basket holds everything beside everything, at a cost that grows
        with its square, and is left out.
    max_sharing : products; what more of them share tells none from another, and is left out of
        the comparison of content.
    content : settings of ``content.product_features``, by name.
    """

    length: int
    min_support: int
    min_deviations: float
    damping: float
    max_basket: int
    max_sharing: int
    content: dict[str, float]

    @property
    def version(self) -> str:
        """Name of these methods with these settings."""
        settings = json.dumps(asdict(self), sort_keys=True).encode()
        return f"similarities-{hashlib.sha256(settings).hexdigest()[:8]}"


def bought_together(
    baskets: sparse.csr_matrix, customers: np.ndarray, shown: np.ndarray, settings: Settings
) -> Similar:
    """Find what is in the same baskets more often than chance explains.

    baskets : (baskets, products), > 0 where a basket holds a product.
    customers : (baskets,) integers, whose basket it is.
    shown : index array of the products that may be named as similar, the first of equals in front.

    The score is (both - expected) / sqrt(n_i n_j) * support / (support + damping), in [0, 1): the
    cosine of the baskets that hold either (Linden, Smith & York 2003, "Amazon.com Recommendations:
    Item-to-Item Collaborative Filtering", IEEE Internet Computing 7(1)), less what chance explains,
    damped by evidence (Koren 2008, "Factorization Meets the Neighborhood", KDD, equation 2).
    Expected is n_i n_j sum s (s - 1) / (sum s)^2, as if products fell by their popularity into
    baskets of the sizes s (the null model of modularity, Newman 2006): a best-seller lies beside
    everything in large baskets. Support is customers with both in one basket: the habit of one
    household is no similarity.
    """
    small = np.flatnonzero(np.diff(baskets.indptr) <= settings.max_basket)
    small = small[np.argsort(customers[small], kind="stable")]
    held = baskets[small].astype(np.int32)
    held.data[:] = 1
    counts = np.asarray(held.sum(axis=0)).ravel().astype(float)
    sizes = np.diff(held.indptr).astype(float)
    by_chance = (sizes * (sizes - 1)).sum() / max(1.0, sizes.sum()) ** 2
    by_product = held.T.tocsr()
    right = held[:, shown].tocsr()
    # Baskets lie by customer, so the entries of a product that are one customer's lie together:
    # a run. A product of runs and baskets tells both how often and by how many two were bought.
    owners = customers[small][by_product.indices]
    begins = np.append(True, owners[1:] != owners[:-1])[: len(owners)]
    begins[by_product.indptr[:-1][np.diff(by_product.indptr) > 0]] = True
    run_starts = np.append(np.flatnonzero(begins), len(owners))
    first_runs = np.searchsorted(run_starts, by_product.indptr)

    def judged(start: int, end: int) -> Pairs:
        runs = slice(first_runs[start], first_runs[end] + 1)
        first, last = by_product.indptr[start], by_product.indptr[end]
        baskets_of_run = _ones(run_starts[runs] - first, by_product.indices[first:last], held)
        runs_of_product = first_runs[start : end + 1] - first_runs[start]
        count = runs_of_product[-1]
        groups = _ones(runs_of_product, np.arange(count), baskets_of_run)
        together = baskets_of_run @ right
        both = (groups @ together).data
        together.data[:] = 1
        by_customers = groups @ together
        support = by_customers.data
        either = np.repeat(counts[start:end], np.diff(by_customers.indptr))
        either = either * counts[shown[by_customers.indices]]
        expected = either * by_chance
        scores = (both - expected) / np.sqrt(either) * support / (support + settings.damping)
        # As many as chance gives has the root of what it gives as its deviation (Poisson).
        is_chance = both - expected < settings.min_deviations * np.sqrt(expected)
        scores[is_chance | (support < settings.min_support)] = 0
        return Pairs(by_customers.indptr, by_customers.indices, scores, support)

    return most_similar(by_product, right, shown, settings.length, judged)


def _ones(edges: np.ndarray, columns: np.ndarray, right) -> sparse.csr_matrix:
    """Build a matrix of ones to stand left of another."""
    shape = (len(edges) - 1, right.shape[0])
    return sparse.csr_matrix((np.ones(len(columns), dtype=np.int32), columns, edges), shape=shape)


def similar_content(features: sparse.csr_matrix, shown: np.ndarray, settings: Settings) -> Similar:
    """Find what is described alike.

    features : (products, features) of ``content.product_features``. shown : as above.

    The score is the cosine over the features that at most max_sharing products have, in [0, 1];
    support is how many of them both have.
    """
    shared = np.bincount(features.indices, minlength=features.shape[1])
    telling = content.unit_rows(features[:, shared <= settings.max_sharing].tocsr())
    right = telling[shown].T.tocsr()
    has = telling.copy()
    has.data = np.ones(has.nnz, dtype=np.int32)

    def judged(start: int, end: int) -> Pairs:
        cosines = telling[start:end] @ right
        scores = np.minimum(cosines.data, 1.0)
        return Pairs(cosines.indptr, cosines.indices, scores, np.zeros(len(scores), dtype=int))

    found = most_similar(telling, right, shown, settings.length, judged)
    both = has[found.products].multiply(has[found.similar]).sum(axis=1)
    return found._replace(support=np.asarray(both).ravel().astype(np.int64))


def similar_products(baskets: pa.Table, products: pa.Table, settings: Settings) -> pa.Table:
    """List the products most similar to each, by both methods.

    baskets : columns basket_number and customer_number (integers from 0) and product_id, one row
        per basket and product, in any order.
    products : columns of ``content.product_features``, product_id and is_sellable, in any order.

    Returns SCHEMA. Only sellable products are named as similar; of equal ones the more bought, then
    the first id is in front. A product without anything similar is absent.
    """
    in_order = compute.sort_indices(products["product_id"].combine_chunks())
    products = products.take(in_order)
    ids, (codes, bought) = encode(products["product_id"], baskets["product_id"])
    features = content.product_features(products, content.Settings(**settings.content))
    numbers = baskets["basket_number"].to_numpy()
    held = sparse.csr_matrix(
        (np.ones(len(bought), dtype=np.int32), (numbers, bought)),
        shape=(int(numbers.max(initial=-1)) + 1, len(ids)),
    )
    customers = np.zeros(held.shape[0], dtype=np.int64)
    customers[numbers] = baskets["customer_number"].to_numpy()
    # Bought goods that are in no catalogue are compared with nothing.
    held = held[:, codes]
    counts = np.asarray(held.sum(axis=0)).ravel()
    sellable = np.flatnonzero(products["is_sellable"].to_numpy(zero_copy_only=False))
    shown = sellable[np.argsort(-counts[sellable], kind="stable")]
    methods = {
        "bought_together": bought_together(held, customers, shown, settings),
        "similar_content": similar_content(features, shown, settings),
    }
    names = products["product_id"].combine_chunks()
    tables = [
        pa.table(
            {
                "product_id": names.take(found.products),
                "similar_product_id": names.take(found.similar),
                "method": pa.repeat(method, len(found.ranks)),
                "rank": found.ranks,
                "score": found.scores,
                "support": found.support,
                "model_version": pa.repeat(settings.version, len(found.ranks)),
            }
        ).cast(SCHEMA)
        for method, found in methods.items()
    ]
    return pa.concat_tables(tables)
