"""Models of other packages, to set the project's own beside: the same purchases, judged alike.

Each learns at the settings that its makers publish, on one thread and from a fixed seed. None is
part of a build; a package that is missing is no error.
"""

import importlib.util
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from personalization import blas
from personalization.recommenders.candidates import Moment, moment_of
from personalization.recommenders.ranker import LISTS
from personalization.recommenders.topk import top_of_rows

SCHEMA = pa.schema(
    [
        ("model_name", pa.string()),
        ("customer_key", pa.int32()),
        ("list_name", pa.string()),
        ("rank", pa.int32()),
        ("product_key", pa.int32()),
    ]
)

_SEED = 7
# Customers scored at a time.
_ROWS = 256

# Takes rows of the matrix learned from; returns (rows, products) float32 scores.
ScoreRows = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Peer:
    """A model of another package.

    package : what is imported. settings : in words, for the reader of a table.
    fit : takes a (customers, products) csr float32 of days bought.
    """

    name: str
    package: str
    settings: str
    fit: Callable[..., ScoreRows]

    @property
    def is_installed(self) -> bool:
        """Whether its package can be imported."""
        return importlib.util.find_spec(self.package) is not None


def fit_surprise_svd(matrix) -> ScoreRows:
    """Fit ratings by biases and factors (Funk's SVD): what is shown first is rated best.

    Nobody rated anything, so the days on which a product was bought stand for its stars, 5 at most.
    """
    import pandas as pd
    from surprise import SVD, Dataset, Reader

    pairs = matrix.tocoo()
    stars = np.minimum(pairs.data, 5)
    ratings = pd.DataFrame({"customer": pairs.row, "product": pairs.col, "stars": stars})
    train = Dataset.load_from_df(ratings, Reader(rating_scale=(1, 5))).build_full_trainset()
    model = SVD(random_state=_SEED).fit(train)

    # Surprise numbers both anew; who was never seen has no taste, and no product is unseen.
    vectors = [np.zeros((n, 1 + model.n_factors), np.float32) for n in matrix.shape]
    for place, ids, biases, factors in (
        (0, train.all_users(), model.bu, model.pu),
        (1, train.all_items(), model.bi, model.qi),
    ):
        raw = (train.to_raw_uid, train.to_raw_iid)[place]
        vectors[place][[raw(number) for number in ids]] = np.c_[biases, factors]
    customers, products = vectors
    mean = np.float32(train.global_mean)
    return lambda rows: (
        mean + customers[rows, :1] + products[:, 0] + customers[rows, 1:] @ products[:, 1:].T
    )


def fit_lightfm(matrix) -> ScoreRows:
    """Fit LightFM without features, by the loss that it recommends for ranking."""
    from lightfm import LightFM

    model = LightFM(loss="warp", random_state=_SEED)
    model.fit((matrix > 0).astype(np.float32).tocoo(), epochs=30, num_threads=1)
    _, customers = model.get_user_representations()
    biases, products = model.get_item_representations()
    return lambda rows: biases + customers[rows] @ products.T


def fit_implicit_als(matrix) -> ScoreRows:
    """Fit alternating least squares for implicit feedback, days bought as confidence."""
    from implicit.cpu.als import AlternatingLeastSquares

    return _factors(AlternatingLeastSquares(random_state=_SEED), matrix)


def fit_implicit_bpr(matrix) -> ScoreRows:
    """Fit Bayesian personalised ranking."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    # On several threads its updates race, and no two runs are equal.
    return _factors(BayesianPersonalizedRanking(random_state=_SEED, num_threads=1), matrix)


def _factors(model, matrix) -> ScoreRows:
    model.fit(matrix, show_progress=False)
    return lambda rows: model.user_factors[rows] @ model.item_factors.T


PEERS = (
    Peer(
        "Surprise SVD",
        "surprise",
        "SVD() on 1 to 5 stars, the days on which a product was bought, by predicted rating",
        fit_surprise_svd,
    ),
    Peer("LightFM", "lightfm", 'LightFM(loss="warp"), 30 epochs, no features', fit_lightfm),
    Peer(
        "implicit ALS",
        "implicit",
        "AlternatingLeastSquares() on the days bought",
        fit_implicit_als,
    ),
    Peer("implicit BPR", "implicit", "BayesianPersonalizedRanking()", fit_implicit_bpr),
)


def lists_of(
    peer: Peer, pairs: pa.Table, shown: pa.Table, customers: np.ndarray, length: int
) -> tuple[pa.Table, float]:
    """Let a peer learn, and list the best products for customers, in both lists.

    pairs : columns customer_key, product_key, taste, was_ordered, distinct. The taste is the number
        of days bought: above 0 it is learned from. What was ordered is no discovery.
    shown : column product_key: what may be listed.
    customers : keys of those to list for; who bought nothing has no list.

    Returns columns model_name, customer_key, list_name, rank, product_key, and the CPU seconds of
    all threads that learning and listing took.
    """
    started = time.process_time()
    blas.on_one_thread()
    nobody = pairs.slice(0, 0)
    liked = pairs["product_key"].to_numpy()[pairs["taste"].to_numpy() > 0]
    moment = moment_of(pairs, nobody, shown, np.unique(liked))
    parts = list(_listed(peer, moment, customers, length)) if moment.tastes.nnz else []
    return pa.concat_tables([SCHEMA.empty_table(), *parts]), time.process_time() - started


def _listed(peer: Peer, moment: Moment, customers: np.ndarray, length: int) -> Iterator[pa.Table]:
    score_rows = peer.fit(moment.tastes)
    wanted = np.flatnonzero(np.isin(moment.customers, customers))
    for start in range(0, len(wanted), _ROWS):
        rows = wanted[start : start + _ROWS]
        scores = np.array(score_rows(rows), dtype=np.float32)
        scores[:, ~moment.shown] = -np.inf
        for list_name in LISTS:
            if list_name == "discover":
                scores[moment.ordered[rows].nonzero()] = -np.inf
            places = top_of_rows(scores, length).products
            row, rank = (places >= 0).nonzero()
            yield pa.table(
                {
                    "model_name": pa.repeat(peer.name, len(row)),
                    "customer_key": moment.customers[rows[row]],
                    "list_name": pa.repeat(list_name, len(row)),
                    "rank": 1 + rank,
                    "product_key": moment.products[places[row, rank]],
                }
            ).cast(SCHEMA)
