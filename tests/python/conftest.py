"""What several tests share: the small shop and the demo, built once, and dbt's manifest."""

import json
import os
import shutil
from pathlib import Path

import pytest
from builds import ROOT, Build, run_build


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest begin first: two workers then end together."""
    items.sort(key=lambda item: "faults" not in item.name and "provers" not in item.path.parts)


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Build:
    """The small shop, built once from nothing, its data tests included."""
    build = run_build(tmp_path_factory.mktemp("shop"), DBT_ARGS="")
    assert build.status == 0, build.output
    return build


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Build:
    """The bundled demo; `make test` has built it, and says in DEMO_BUILD where."""
    if built := os.environ.get("DEMO_BUILD"):
        return Build(0, "", Path(built) / "warehouse.duckdb", Path(built) / "marts.duckdb")
    build = run_build(tmp_path_factory.mktemp("demo"), ROOT / "seeds/demo", DBT_ARGS="")
    assert build.status == 0, build.output
    return build


@pytest.fixture
def copy(shop, tmp_path):
    """A copy of the small shop's warehouse, publication and state, to build upon."""
    for file in shop.warehouse.parent.glob("*.duckdb"):
        shutil.copy(file, tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def manifest(shop) -> dict:
    """dbt's manifest of the project, with compiled code."""
    return json.loads((shop.dbt_folder / "target/manifest.json").read_text())
