"""`personalization bench-components`: what the macro connected_components takes, by shape."""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from scipy import sparse
from scipy.sparse import csgraph

from personalization.bench.bench import run_process
from personalization.bench.figures import COMPONENTS, Usage
from personalization.bench.process import command, read_figures
from personalization.warehouse.places import BuildError

FOLDER = Path("var/bench-components")
_COLUMNS = {"source_key": pa.int64(), "target_key": pa.int64()}


@dataclass(frozen=True)
class Labelled:
    """One graph whose labels are those of scipy, and what they took."""

    shape: str
    edges: int
    nodes: int
    components: int
    usage: Usage


def _chain(edges: int, random: np.random.Generator) -> np.ndarray:
    return np.stack([np.arange(edges), np.arange(1, edges + 1)], axis=1)


def _star(edges: int, random: np.random.Generator) -> np.ndarray:
    return np.stack([np.zeros(edges, int), np.arange(1, edges + 1)], axis=1)


def _sparse(edges: int, random: np.random.Generator) -> np.ndarray:
    # Two nodes for each edge: at a mean degree of 1 the giant component is about to appear.
    return random.integers(0, 2 * edges, (edges, 2))


def _people(edges: int, random: np.random.Generator) -> np.ndarray:
    # 2 identifiers or more for a person, 4 on average; each is linked to one that came before.
    sizes = 1 + random.geometric(1 / 3, edges)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    node = np.arange(len(first))
    later = node[node > first][: edges - edges // 5]
    earlier = first[later] + random.integers(0, later - first[later])
    once = np.stack([later, earlier], axis=1)
    # One link in five was seen before.
    again = once[random.integers(0, len(once), edges // 5)]
    return random.permutation(np.concatenate([once, again]))


SHAPES = {
    "people": _people,
    "chain": _chain,
    "star": _star,
    "sparse random": _sparse,
    "chain, keys in order": _chain,
}


def graph(shape: str, edges: int) -> np.ndarray:
    """Return a graph as an (edges, 2) int64 array of keys, random ones of 60 bits if not in order.

    Identifiers have such keys: the first 60 bits of a hash.
    """
    random = np.random.default_rng(7)
    nodes = SHAPES[shape](edges, random)
    if shape == "chain, keys in order":
        return nodes
    return random.integers(0, 2**60, nodes.max() + 1)[nodes]


def scipy_labels(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all nodes with an edge to another, sorted, and the smallest of each one's component.

    edges : (n, 2) int array of keys.
    """
    edges = edges[edges[:, 0] != edges[:, 1]]
    nodes, places = np.unique(edges, return_inverse=True)
    low, high = places.reshape(edges.shape).T
    matrix = sparse.coo_matrix((np.ones(len(low), np.int8), (low, high)), (len(nodes),) * 2)
    _, component = csgraph.connected_components(matrix, directed=False)
    # Nodes are sorted: the first of a component is its smallest.
    _, first = np.unique(component, return_index=True)
    return nodes, nodes[first[component]]


def bench_components(
    sizes: Sequence[int], folder: Path = FOLDER, say: Callable[[str], None] = print
) -> list[Labelled]:
    """Label every shape at every size, each in a dbt process of its own.

    sizes : edges, 2 or more.
    folder : emptied first, gone afterwards.

    Raises BuildError if a label is not that of scipy; what was labelled then stays for a look.
    """
    measured = []
    for shape in SHAPES:
        for size in sorted(set(sizes)):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            measured.append(_measure(shape, graph(shape, size), folder))
            say(f"{shape}, {size:,} edges: {measured[-1].usage.cpu:.1f} CPU s")
    shutil.rmtree(folder)
    return measured


def _measure(shape: str, edges: np.ndarray, folder: Path) -> Labelled:
    warehouse, figures = folder / "warehouse.duckdb", folder / "figures.json"
    tables = {"edges": edges, "no_edges": edges[:0]}
    with duckdb.connect(warehouse, config={"storage_compatibility_version": "v1.4.0"}) as session:
        for table, rows in tables.items():
            arrow = pa.table(list(rows.T), schema=pa.schema(_COLUMNS))
            session.register("arrow", arrow)
            session.execute(f"create table {table} as select * from arrow")
            session.unregister("arrow")
    run_process(
        command(figures, "components", *tables, str(folder)),
        os.environ | {"WAREHOUSE_PATH": str(warehouse)},
    )
    with duckdb.connect(warehouse, read_only=True) as session:
        found = session.execute("select * from edges_labels").fetchnumpy()
    components = check(shape, edges, found["node_key"], found["component_key"])
    usage = read_figures(figures)[0][COMPONENTS]
    return Labelled(shape, len(edges), len(found["node_key"]), components, usage)


def check(shape: str, edges: np.ndarray, node_keys: np.ndarray, component_keys: np.ndarray) -> int:
    """Return how many components there are.

    Raises BuildError if the labels found are not those of scipy.
    """
    nodes, expected = scipy_labels(edges)
    order = np.argsort(node_keys)
    if not (
        np.array_equal(node_keys[order], nodes) and np.array_equal(component_keys[order], expected)
    ):
        raise BuildError(f"{shape}, {len(edges):,} edges: the labels are not those of scipy.")
    return len(np.unique(expected))


def table(measured: Sequence[Labelled]) -> str:
    """Return the figures as a table in Markdown; GB are 10^9 bytes."""
    lines = [
        "| shape | edges | nodes | components | CPU s | peak GB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for one in measured:
        peak = "" if one.usage.peak is None else f"{one.usage.peak / 1e9:.2f}"
        lines.append(
            f"| {one.shape} | {one.edges:,} | {one.nodes:,} | {one.components:,} "
            f"| {one.usage.cpu:.1f} | {peak} |"
        )
    return "\n".join(lines) + "\n"
