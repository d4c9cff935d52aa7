"""Two real runs, tiny ones."""

import pytest
from builds import ROOT

from personalization.bench.bench import bench, machine
from personalization.bench.figures import (
    AROUND,
    BETWEEN,
    ERASURES,
    PUBLISH,
    SIMULATE,
    START,
    Measured,
)
from personalization.bench.page import TOO_FAST, page


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def measured(folder) -> list[Measured]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        # What a shop has set is not what a made-up one is built with.
        patch.setenv("DBT_ARGS", "--select dim_products")
        patch.setenv("AS_OF", "2025-06-01")
        return bench([100, 50], folder)


def test_every_node_of_the_manifest_is_measured_at_every_size(measured, manifest):
    for kind in ("model", "seed", "test"):
        nodes = {name for name, node in manifest["nodes"].items() if node["resource_type"] == kind}
        for world in measured:
            assert set(world.nodes(kind)) == nodes
            assert all(usage.cpu > 0 for usage in world.nodes(kind).values())


def test_the_sizes_come_in_order_with_all_their_stages_and_rows(measured):
    assert [world.customers for world in measured] == [50, 100]
    for world in measured:
        assert all(world.parts[s].cpu > 0 for s in (SIMULATE, START, BETWEEN, AROUND, PUBLISH))
        assert ERASURES in world.parts
    assert measured[0].rows["web_events"] < measured[1].rows["web_events"]


def test_the_page_of_a_real_run_names_or_counts_every_model(measured):
    text = page(measured, machine())
    models = measured[-1].nodes("model")
    slow = [model.split(".")[-1] for model, usage in models.items() if usage.cpu >= TOO_FAST]
    assert slow
    assert [model for model in slow if f"| `{model}` |" not in text] == []
    assert f"| {len(models) - len(slow)} others, each below" in text


def test_what_was_measured_is_gone_afterwards(measured, folder):
    assert list(folder.iterdir()) == []
