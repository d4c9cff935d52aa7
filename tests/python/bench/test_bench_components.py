"""A real run of `personalization bench-components`, a tiny one."""

import numpy as np
import pytest
from builds import ROOT

from personalization.bench.components import SHAPES, bench_components, check, graph, table
from personalization.warehouse.places import BuildError

PAIR_AND_LOOP = np.array([[5, 3], [9, 9]])


def test_every_shape_is_labelled_and_measured_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("personalization.bench.components.SHAPES", {"star": SHAPES["star"]})
    [star] = bench_components([50], tmp_path / "bench")
    assert (star.shape, star.edges, star.nodes, star.components) == ("star", 50, 51, 1)
    # Imports and the parse alone take more.
    assert 0 < star.usage.cpu < 2
    assert "| star | 50 | 51 | 1 |" in table([star])
    assert not (tmp_path / "bench").exists()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_graph_has_as_many_edges_as_asked_for_and_is_the_same_each_time(shape):
    edges = graph(shape, 1000)
    assert edges.shape == (1000, 2)
    assert np.array_equal(edges, graph(shape, 1000))


def test_the_right_labels_pass_in_any_order_and_a_loop_is_no_node():
    assert check("pair", PAIR_AND_LOOP, np.array([5, 3]), np.array([3, 3])) == 1


@pytest.mark.parametrize(
    ("nodes", "labels"),
    [
        ([3, 5], [5, 5]),
        ([3, 5], [3, 5]),
        ([3], [3]),
        ([3, 5, 9], [3, 3, 9]),
        ([3, 5, 5], [3, 3, 3]),
    ],
)
def test_wrong_missing_and_surplus_labels_are_found(nodes, labels):
    with pytest.raises(BuildError, match="not those of scipy"):
        check("pair", PAIR_AND_LOOP, np.array(nodes), np.array(labels))
