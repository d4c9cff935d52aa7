"""The rounds of SQL that label components, against scipy on graphs that are hard for them."""

import os
import subprocess
import sys

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from builds import ROOT
from scipy import sparse
from scipy.sparse.csgraph import connected_components

RANDOM = np.random.default_rng(7)


def chain(n):
    return np.stack([np.arange(n - 1), np.arange(1, n)], axis=1)


def shuffled(edges):
    """The same graph with its keys in random order."""
    return RANDOM.permutation(edges.max() + 1)[edges]


GRAPHS = {
    "long_chain": chain(5_000),
    "long_chain_in_random_order": shuffled(chain(5_000)),
    "huge_star": shuffled(np.stack([np.zeros(5_000, int), np.arange(1, 5_001)], axis=1)),
    "sparse_random": RANDOM.integers(0, 10_000, (6_000, 2)),
    "dense_random": RANDOM.integers(0, 300, (5_000, 2)),
    "pairs_given_twice_and_loops": np.array([[1, 2], [2, 1], [3, 3], [4, 5], [4, 5]]),
    "keys_of_every_size": np.array([[0, 2**63 - 1], [7, 2**63 - 1], [8, 2**60], [2**60, 2**62]]),
    "a_ring": shuffled(np.vstack([chain(1_000), [[999, 0]]])),
}


# All graphs in one process of its own: dbt takes seconds to start, and keeps the warehouse open.
LABELLING = """
import sys
from dbt.cli.main import dbtRunner
statements = []
def hear(event):
    if event.info.name == "SQLQuery":
        statements.append(event)
for name in sys.argv[1:]:
    arguments = f"{{edges: {name}, target_table: {name}_labels}}"
    operation = ["run-operation", "write_components", "--args", arguments]
    statements.clear()
    run = dbtRunner(callbacks=[hear]).invoke(["--quiet", *operation, "--profiles-dir", "profiles"])
    assert run.success, run.exception
    print(name, len(statements))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    warehouse = tmp_path_factory.mktemp("components") / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        for name, edges in GRAPHS.items():
            frame = pa.table({"source_key": edges[:, 0], "target_key": edges[:, 1]})
            connection.register("frame", frame)
            connection.execute(f"create table {name} as select * from frame")
    ended = subprocess.run(
        [sys.executable, "-c", LABELLING, *GRAPHS],
        cwd=ROOT,
        env=os.environ | {"WAREHOUSE_PATH": str(warehouse)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        labels = {n: connection.execute(f"select * from {n}_labels").fetchnumpy() for n in GRAPHS}
    return labels, dict(line.split() for line in ended.stdout.splitlines())


@pytest.fixture(scope="module")
def labelled(run):
    return run[0]


@pytest.mark.parametrize("name", GRAPHS)
def test_labels_are_the_smallest_key_of_each_component_as_scipy_finds_them(labelled, name):
    edges = GRAPHS[name][GRAPHS[name][:, 0] != GRAPHS[name][:, 1]]
    nodes, places = np.unique(edges, return_inverse=True)
    lows, highs = places.reshape(edges.shape).T
    size = len(nodes)
    graph = sparse.coo_matrix((np.ones(len(edges)), (lows, highs)), (size, size))
    _, components = connected_components(graph, directed=False)
    smallest = np.full(components.max() + 1, size)
    np.minimum.at(smallest, components, np.arange(size))
    expected = dict(zip(nodes.tolist(), nodes[smallest[components]].tolist(), strict=True))
    found = labelled[name]
    assert (
        dict(zip(found["node_key"].tolist(), found["component_key"].tolist(), strict=True))
        == expected
    )


def test_rounds_and_jumps_end_when_nothing_is_left_to_do(run):
    # Each costs dbt milliseconds, even of a small shop; here is one round with one jump.
    assert int(run[1]["pairs_given_twice_and_loops"]) < 20
