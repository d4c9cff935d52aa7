"""Models of other packages learn from the same purchases and list by the same rules."""

import numpy as np
import pyarrow as pa
import pytest
from recommender_tables import Fixed, table
from scipy import sparse

from personalization.recommenders import peers

PAIRS = table(
    (1, 10, 2.0, True),
    (1, 11, 1.0, True),
    (2, 11, 3.0, True),
    (2, 12, 0.0, True),
    (3, 12, 1.0, True),
    (3, 13, 1.0, True),
    (4, 12, 0.0, False),
    customer_key=pa.int32(),
    product_key=pa.int32(),
    taste=pa.float32(),
    was_ordered=pa.bool_(),
)
SHOWN = table((10,), (11,), (12,), product_key=pa.int32())
RANDOM = np.random.default_rng(3)
DAYS = sparse.csr_matrix(
    RANDOM.integers(1, 5, (30, 12)) * RANDOM.binomial(1, 0.4, (30, 12)), dtype=np.float32
)


def listed(scores, customers, learned=None):
    def fit(matrix):
        if learned is not None:
            learned.append(matrix.toarray())
        return Fixed(scores).score_rows

    lists, seconds = peers.lists_of(
        peers.Peer("known", "numpy", "", fit), PAIRS, SHOWN, np.array(customers), 2
    )
    assert seconds >= 0
    found = {}
    for row in lists.to_pylist():
        assert row["model_name"] == "known"
        ranks = found.setdefault((row["customer_key"], row["list_name"]), [])
        ranks.append(row["product_key"])
        assert row["rank"] == len(ranks)
    return found


def test_a_peer_learns_the_days_bought_and_nothing_of_what_was_not_kept():
    learned = []
    listed(np.zeros((3, 4)), [], learned)
    assert learned[0].tolist() == [[2, 1, 0, 0], [0, 3, 0, 0], [0, 0, 1, 1]]


def test_what_may_not_be_shown_is_in_no_list_and_what_was_ordered_is_no_discovery():
    scores = [[4, 3, 2, 9], [1, 2, 3, 9], [0, 1, 2, 9]]
    assert listed(scores, [1, 2, 4]) == {
        (1, "for_you"): [10, 11],
        (1, "discover"): [12],
        (2, "for_you"): [12, 11],
        # 12 was ordered, though nothing of it was kept.
        (2, "discover"): [10],
    }


def test_of_equal_scores_the_lower_product_stands_first():
    assert listed(np.zeros((3, 4)), [3])[3, "for_you"] == [10, 11]


def test_where_nobody_bought_anything_there_are_no_lists():
    lists, _ = peers.lists_of(peers.PEERS[0], PAIRS.slice(0, 0), SHOWN, np.array([1]), 2)
    assert lists.schema == peers.SCHEMA and len(lists) == 0


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_a_peer_scores_every_product_for_every_customer_and_twice_the_same(peer):
    pytest.importorskip(peer.package)
    rows = np.array([4, 0, 29])
    scores = peer.fit(DAYS)(rows)
    assert scores.shape == (3, 12) and np.isfinite(scores).all()
    assert np.unique(scores).size > 12
    assert (scores == peer.fit(DAYS)(rows)).all()


def test_the_ratings_are_what_surprise_itself_predicts():
    pytest.importorskip("surprise")
    import pandas as pd
    from surprise import SVD, Dataset, Reader

    pairs = DAYS.tocoo()
    ratings = pd.DataFrame({"user": pairs.row, "item": pairs.col, "rating": pairs.data})
    train = Dataset.load_from_df(ratings, Reader(rating_scale=(1, 5))).build_full_trainset()
    model = SVD(random_state=7).fit(train)
    predicted = [[model.predict(u, i, clip=False).est for i in range(12)] for u in (5, 2)]
    scores = peers.fit_surprise_svd(DAYS)(np.array([5, 2]))
    np.testing.assert_allclose(scores, predicted, rtol=1e-5)


def test_the_scores_are_what_lightfm_itself_predicts():
    lightfm = pytest.importorskip("lightfm")
    model = lightfm.LightFM(loss="warp", random_state=7)
    model.fit((DAYS > 0).astype(np.float32).tocoo(), epochs=30, num_threads=1)
    predicted = model.predict(np.repeat([5, 2], 12), np.tile(np.arange(12), 2))
    customer_biases, _ = model.get_user_representations()
    scores = peers.fit_lightfm(DAYS)(np.array([5, 2])) + customer_biases[[5, 2], None]
    np.testing.assert_allclose(scores, predicted.reshape(2, 12), rtol=1e-4, atol=1e-5)
