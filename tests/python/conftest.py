"""What several tests share: the small shop and the demo, built once, and dbt's manifest."""

import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest
from builds import ROOT, Build, run_build

# What takes minutes, the longest first: two workers then end together.
LONGEST = (
    "happens_to_a_build",
    "complete_journey",
    "deliveries",
    "provers",
    "warehouse",
    "landing",
)


# Before pytest-xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker run what shares the fixtures of a module, and let the longest begin first."""
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        if any(definition.scope == "module" for each in fixtures for definition in each):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    """Return how many kinds of tests begin before a test."""
    where = f"{item.path.relative_to(ROOT)}::{item.name}"
    return next((place for place, part in enumerate(LONGEST) if part in where), len(LONGEST))


@pytest.fixture(scope="session")
def shop(tmp_path_factory, worker_id) -> Build:
    """The small shop, built once from nothing for all workers, its data tests included."""
    mine = tmp_path_factory.getbasetemp()
    folder = (mine if worker_id == "master" else mine.parent) / "shop"
    folder.mkdir(exist_ok=True)
    built = Build(0, "", folder / "warehouse.duckdb", folder / "marts.duckdb")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # The publication is a build's last step.
        if not built.marts.exists():
            built = run_build(folder, DBT_ARGS="")
            assert built.status == 0, built.output
    return built


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
