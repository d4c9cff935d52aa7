"""The provers hold on the demo or a smaller world, and each fails where a fault was planted."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from builds import ROOT

from personalization.provers import as_of, delivery, erasure, faults, kills
from personalization.provers.runs import marts_of
from personalization.provers.shop import Shop
from personalization.simulation.simulate import simulate
from personalization.simulation.world import World

DEMO = ROOT / "seeds/demo"
PROJECT = (
    "dbt_project.yml", "macros", "models", "profiles", "python_models", "seeds/reference",
    "tests/generic", "tests/singular", "src",
)  # fmt: skip
LEAK = """
-- Grain: one row per customer and moment, with what the shop sold before and after it.
select
    spine.customer_id,
    spine.as_of,
    spine.purpose,
    sold.order_count
from {{ ref('feat_spine') }} as spine
cross join (select count(*) as order_count from {{ ref('stg_shop__orders') }}) as sold
"""
LEAK_YAML = """
models:
  - name: feat_customer_leaky
    description: "Grain: one row per customer, moment and purpose."
    columns:
      - {name: customer_id, data_type: varchar}
      - {name: as_of, data_type: timestamp}
      - {name: purpose, data_type: varchar}
      - {name: order_count, data_type: bigint}
    data_tests:
      - key: {arguments: {columns: [customer_id, as_of, purpose]}}
"""


# Not of the module: one worker would then run all its tests.
@pytest.fixture(scope="session")
def world(tmp_path_factory) -> Path:
    """A small world, for faults: they show in any."""
    out = tmp_path_factory.mktemp("world")
    simulate(World(customers=250, seed=2), out)
    return out


@pytest.fixture(scope="session")
def asked(tmp_path_factory) -> Path:
    """A world a tenth of the demo, the first of whose requests for erasure is an early one."""
    out = tmp_path_factory.mktemp("asked")
    simulate(World(customers=300, seed=41), out)
    return out


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A scratch copy of the project to plant a fault in, which commands then run in."""
    copy = tmp_path / "project"
    copy.mkdir()
    for name in PROJECT:
        if (ROOT / name).is_dir():
            # Unit tests judge code; here data have to find the fault.
            unit_tests = shutil.ignore_patterns("*__unit_tests.yml")
            shutil.copytree(ROOT / name, copy / name, ignore=unit_tests)
        else:
            shutil.copy(ROOT / name, copy / name)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("PYTHONPATH", str(copy / "src"))
    return copy


def plant(file: Path, text: str, instead: str) -> None:
    """Replace a text that stands once in a file."""
    content = file.read_text()
    assert content.count(text) == 1
    file.write_text(content.replace(text, instead))


def prove(*arguments: str | Path) -> subprocess.CompletedProcess:
    """Run `personalization prove` in the working directory."""
    command = [Path(sys.executable).with_name("personalization"), "prove", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ.copy()
    )


@pytest.mark.parametrize("which", [0, 1])
def test_a_world_as_of_a_moment_equals_its_history_cut_off_there(tmp_path, asked, which):
    moment = as_of.two_moments(asked)[which]
    assert as_of.prove(asked, moment, tmp_path) == {}
    rows = marts_of(tmp_path / "cut/marts.duckdb")
    # Ids move between builds alone, and each of these is a first one; no experiment has factors.
    empty = {mart for mart, count in rows.items() if not count}
    assert empty == {"fct_customer_merges", "fct_offers", "rpt_experiment_factors"}


def test_a_feature_that_sees_what_comes_later_and_a_boundary_moved_by_an_instant_are_caught(
    project, world
):
    features = project / "models/features"
    (features / "feat_customer_leaky.sql").write_text(LEAK)
    (features / "_leaky__models.yml").write_text(LEAK_YAML)
    plant(
        project / "models/intermediate/commerce/int_orders.sql",
        "where ordered_at < {{ as_of() }}",
        "where ordered_at <= {{ as_of() }}",
    )
    moment = as_of.two_moments(world)[1]
    proof = prove("as-of", "--raw-data", world, "--moment", moment.isoformat())
    assert proof.returncode == 1, proof.stdout + proof.stderr
    assert "feat_customer_leaky" in proof.stderr
    assert "fct_orders" in proof.stderr


def test_the_demo_in_three_deliveries_gives_the_marts_of_one(tmp_path):
    broken = [v for v in delivery.prove(DEMO, tmp_path / "delivery") if not v.holds]
    assert broken == []


def test_rows_are_late_by_one_delivery_and_by_two(tmp_path, world):
    delivery.split(world, tmp_path)
    with duckdb.connect() as connection:
        files = f"'{tmp_path}/*/web_events/*.parquet'"
        delivered = connection.sql(
            f"""select split_part(filename, '/', -3) as delivery, min(seen_at), max(seen_at) from (
                select filename, try_cast(occurred_at as timestamp) as seen_at
                from read_parquet({files}, filename = true, union_by_name = true)
            ) where seen_at < '2030-01-01' group by all order by 1"""
        ).fetchall()
    (_, _, end_of_first), (_, start_of_second, end_of_second), (_, start_of_third, _) = delivered
    assert start_of_second < end_of_first < end_of_second
    assert start_of_third < end_of_first


def test_late_rows_that_are_lost_and_changes_that_nobody_mentions_are_caught(project, world):
    model = project / "models/intermediate/commerce/int_refunds.sql"
    model.write_text(
        "{{ config(materialized='incremental', incremental_strategy='append') }}\n"
        f"select * from (\n{model.read_text()}\n) as refunds\n"
        "{% if is_incremental() %}\n"
        "where refunded_at > (select max(refunded_at) from {{ this }})\n"
        "{% endif %}\n"
    )
    plant(
        project / "macros/landing.sql", "{%- do check_vanished_tables(files) -%}", "{#- silence -#}"
    )
    plant(
        project / "models/intermediate/time/int_loads.sql",
        "case when newest.file_sha256 != files.file_sha256 then newest.file_sha256 end",
        "cast(null as varchar)",
    )
    proof = prove("delivery", "--raw-data", world)
    assert proof.returncode == 1, proof.stdout + proof.stderr
    assert "three deliveries give the marts of one" in proof.stderr
    assert "a table that vanishes is refused" in proof.stderr
    assert "a corrected file is named" in proof.stderr
    assert "a file with a flipped bit is named" in proof.stderr


def test_nothing_that_happens_to_a_build_of_the_demo_loses_anything(tmp_path):
    broken = [v for v in faults.prove(DEMO, tmp_path / "faults", kills=20) if not v.holds]
    assert broken == []


def test_a_build_that_takes_the_publication_away_before_its_end_is_caught(project, world, tmp_path):
    cleared = "    shutil.rmtree(spill_folder(places.warehouse), ignore_errors=True)\n"
    plant(
        project / "src/personalization/warehouse/build.py",
        cleared,
        f"{cleared}    places.marts.unlink(missing_ok=True)\n",
    )
    shop = Shop(world, tmp_path / "faults")
    killed, _ = kills.killed(shop, 3, random.Random(1), print)
    assert not killed.holds
    assert "there is no publication" in killed.seen


def test_one_in_a_hundred_of_the_demo_asks_for_erasure_and_was_never_there(tmp_path, demo):
    proven = erasure.prove(DEMO, tmp_path / "erasure", built=demo)
    assert [v.claim for v in proven if not v.holds] == []


def test_devices_and_shared_addresses_that_erasure_forgets_and_a_file_not_written_anew_are_caught(
    project, world
):
    plant(
        project / "models/intermediate/erasure/int_erased_hubs.sql",
        "'shared'",
        "'shared of nobody'",
    )
    plant(project / "macros/erasure.sql", "'phone', 'anonymous_id',", "'phone',")
    plant(
        project / "src/personalization/warehouse/build.py",
        "        erasure.rewrite_if_needed(places.warehouse)\n",
        "",
    )
    proof = prove("erasure", "--raw-data", world, "--share", "0.2")
    assert proof.returncode == 1, proof.stdout + proof.stderr
    assert "the marts equal those of a shop that never held them" in proof.stderr
    assert "exactly their rows and requests are refused as erased" in proof.stderr
    assert "links the others no more than before" in proof.stderr
    assert "no byte of any file does" in proof.stderr
