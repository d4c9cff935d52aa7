"""The bundled demo: what it is, and that the build finds in it what is true."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from builds import ROOT

from personalization.simulation.simulate import simulate
from personalization.simulation.world import World
from personalization.warehouse import comparing
from personalization.warehouse.places import BuildError

DEMO = ROOT / "seeds/demo"


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    """The world that `make demo` writes, its truth with it."""
    out = tmp_path_factory.mktemp("world")
    simulate(World(customers=3000, seed=1), out)
    return out


def ask(demo, world: Path, query: str) -> list[tuple]:
    """Query the published marts, truth_<name> for what is true, and requests for who asked what."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo.marts}' as published (read_only)")
        connection.execute("use published.marts")
        for file in world.glob("truth/*.parquet"):
            connection.execute(f"create temp view truth_{file.stem} as from '{file}'")
        requests = world / "privacy_requests/typed.parquet"
        connection.execute(f"create temp view requests as from '{requests}'")
        return connection.execute(query).fetchall()


def left(what: str, truth: str) -> str:
    """Query the broken rows of those who did not ask to be erased.

    The broken rows of the others are refused as erased: in the demo all are older than the request.
    """
    return f"""select table_name, {what}, cast(sum("count") as bigint) from {truth}
        where person_id is null or person_id not in (
            select person_id from truth_identifiers
            inner join requests
                on identifier_type = subject_type and identifier_value = subject_value
            where request_type = 'erasure'
        )
        group by all"""


def files(folder: Path) -> list[str]:
    return sorted(
        str(f.relative_to(folder)) for f in folder.glob("*/*.parquet") if f.parent.name != "truth"
    )


def test_the_bundled_files_hold_the_world_that_make_demo_writes(world):
    assert files(DEMO) == files(world)
    with duckdb.connect() as connection:
        changed = [
            name
            for name in files(DEMO)
            for ours, theirs in ((DEMO / name, world / name), (world / name, DEMO / name))
            if connection.sql(f"from '{ours}' except all from '{theirs}'").fetchall()
        ]
    assert changed == []


def test_the_bundled_files_are_under_5_megabytes():
    assert 1e6 < sum((DEMO / name).stat().st_size for name in files(DEMO)) < 5e6


def test_exactly_the_broken_rows_are_refused_each_for_its_reason(demo, world):
    refused = """select table_name, reason, cast(sum(copy_count) as bigint) from quarantined_rows
        where reason != 'erased' group by all"""
    ours = ask(demo, world, refused)
    assert len(ours) > 130
    assert Counter(ours) == Counter(ask(demo, world, left("reason", "truth_refused_rows")))
    erased = "select sum(copy_count) from quarantined_rows where reason = 'erased'"
    assert 0 < ask(demo, world, erased)[0][0] < 400


def test_every_kind_of_unreadable_value_is_counted_where_it_is(demo, world):
    counted = """select table_name, column_name, "count" from rpt_data_quality
        where "check" = 'unreadable_value'"""
    ours = ask(demo, world, counted)
    assert len(ours) > 30
    assert Counter(ours) == Counter(
        ask(demo, world, left("column_name", "truth_unreadable_values"))
    )


def test_no_two_people_are_made_one_customer(demo, world):
    merged = """select customer_id from dim_customer_identifiers
        inner join truth_identifiers using (identifier_type, identifier_value)
        where identifier_type != 'anonymous_id'
        group by all having count(distinct person_id) > 1"""
    people = "select count(distinct person_id) from truth_identifiers"
    assert ask(demo, world, people) > [(2_900,)]
    assert ask(demo, world, merged) == []


def test_lists_learned_from_purchases_meet_the_true_tastes_and_popular_ones_less(demo, world):
    # The share of a person's taste that the first ten products' departments hold.
    meets = """with tastes as (
            unpivot truth_people on columns('taste_.*') into name department value share
        ), shown as (
            select lists.source, lists.customer_id, owners.person_id,
                'taste_' || replace(replace(lower(category_level_1), ' & ', '_'), ' ', '_')
                    as department
            from fct_recommendations as lists
            inner join dim_products using (product_id)
            inner join dim_customer_identifiers as ids using (customer_id)
            inner join truth_identifiers as owners using (identifier_type, identifier_value)
            where list_name = 'discover' and rank <= 10 and identifier_type = 'shop_customer_id'
        )
        select source, avg(share) from shown inner join tastes using (person_id, department)
        group by all"""
    share = dict(ask(demo, world, meets))
    assert share["popular"] == pytest.approx(0.1, abs=0.05)
    assert share["hybrid"] > 1.5 * share["popular"]


def test_opens_and_clicks_of_machines_are_told_from_those_of_people_in_both_directions(demo, world):
    labelled = f"""attach '{demo.warehouse}' as built (read_only);
        select event_type, is_true, is_machine, count(*) from (
            select *, event_id in (select event_id from truth_machine_events) as is_true
            from built.intermediate.int_mail_events where event_type in ('open', 'click')
        ) group by all"""
    counts = {(kind, truth, label): n for kind, truth, label, n in ask(demo, world, labelled)}
    # Clicks of scanners give themselves away; an open behind a proxy that did not load before is
    # taken for the proxy's.
    for kind, as_machine, as_human in (("click", 0, 0), ("open", 0.04, 0.002)):
        people = counts[kind, False, False]
        machines = counts[kind, True, True]
        assert machines > 3_000 and people > 1_500
        assert counts.get((kind, False, True), 0) <= as_machine * people
        assert counts.get((kind, True, False), 0) <= as_human * machines


def test_compare_sets_every_recommender_beside_the_others_the_best_first(demo, capsys):
    comparing.compare(demo.marts)
    rows = [line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines()[2:]]
    assert {"hybrid", "hybrid_ruled", "repeat", "ease", "collaborative", "popular"} <= {
        row[0] for row in rows
    }
    values = [float(row[1].split()[0]) for row in rows]
    assert values == sorted(values, reverse=True)
    # The demo's ranker earns its place.
    assert rows[0][0] == "hybrid"


def test_compare_learns_what_other_packages_would_list_and_names_those_that_are_missing(
    demo, capsys, monkeypatch
):
    als = next(peer for peer in comparing.PEERS if peer.name == "implicit ALS")
    absent = replace(als, name="Absent", package="no_such_package")
    monkeypatch.setattr(comparing, "PEERS", (als, absent))
    comparing.compare(demo.marts, warehouse=demo.warehouse)
    lines = capsys.readouterr().out.splitlines()
    rows = {row[0]: row[1:] for row in (line.strip("| ").split(" | ") for line in lines)}
    # Judged on the same customers, and of the same kind as the build's own factorisation.
    counts = [rows[name][0].split()[-1] for name in ("implicit ALS", "collaborative")]
    assert counts[0] == counts[1]
    assert float(rows["implicit ALS"][0].split()[0]) > 0
    assert float(rows["implicit ALS"][2]) > 0
    assert rows["Absent"][0] == "not installed: make peers"
    assert f"- implicit ALS: {als.settings}" in lines


def test_compare_takes_no_warehouse_of_another_moment(demo, tmp_path):
    other = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute(f"attach '{demo.warehouse}' as built (read_only)")
        connection.execute("create schema ml")
        connection.execute("create schema marts")
        connection.execute("create table ml.ml_moments as select 1 as customer_key")
        connection.execute(
            "create table marts.fct_recommendation_evaluations as "
            "select split, as_of - interval '1 day' as as_of "
            "from built.marts.fct_recommendation_evaluations"
        )
    with pytest.raises(BuildError, match="another moment"):
        comparing.compare(demo.marts, warehouse=other)


def test_compare_says_so_where_a_depth_was_not_judged(demo):
    with pytest.raises(BuildError, match="NDCG@7"):
        comparing.compare(demo.marts, k=7)
