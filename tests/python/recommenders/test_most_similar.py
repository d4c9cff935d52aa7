import numpy as np
import pytest
from scipy import sparse

from personalization.recommenders import most_similar as blocks


def best_of(left, right, shown, length):
    left, right = sparse.csr_matrix(left), sparse.csr_matrix(right[:, shown])

    def judged(start, end):
        found = left[start:end] @ right
        return blocks.Pairs(found.indptr, found.indices, found.data, found.indices)

    return blocks.most_similar(left, right, shown, length, judged)


@pytest.mark.parametrize("block", [1, 3000, 10**7])
def test_the_best_of_long_rows_are_those_a_full_sort_finds(block, monkeypatch):
    monkeypatch.setattr(blocks, "_BLOCK", block)
    random = np.random.default_rng(5)
    right = random.random((6, 900))
    right[:, 100:200] = right[:, :1]
    left = right.T[:40] / 6
    shown = random.permutation(900)[:800]
    found = best_of(left, right, shown, 7)
    scores = np.round((left @ right)[:, shown], 6)
    for row in range(40):
        order = np.lexsort((np.arange(800), -scores[row]))
        order = order[shown[order] != row][:7]
        mine = found.products == row
        assert found.similar[mine].tolist() == shown[order].tolist()
        assert found.ranks[mine].tolist() == [1, 2, 3, 4, 5, 6, 7]
        assert found.scores[mine] == pytest.approx(scores[row, order], abs=1.1e-6)
        assert found.support[mine].tolist() == order.tolist()


def test_a_product_is_no_neighbour_of_itself_and_what_scores_nothing_is_left_out():
    found = best_of(np.eye(3) * 0.5, np.eye(3), np.arange(3), 2)
    assert len(found.ranks) == 0
    near = np.array([[1, 4e-7], [0.3, 1]])
    found = best_of(near, np.eye(2), np.arange(2), 2)
    assert found.products.tolist() == [1]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_without_rows_or_columns_there_is_nothing(shape):
    found = best_of(np.ones((shape[0], 2)), np.ones((2, shape[1])), np.arange(shape[1]), 5)
    assert [len(column) for column in found] == [0] * 5
