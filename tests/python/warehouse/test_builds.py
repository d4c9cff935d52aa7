"""What the same data, an earlier moment or a lost file do to a build."""

from datetime import datetime

import duckdb
import pytest
from builds import only, run_build, write_tables

from personalization.warehouse import copies


def different(ours, theirs) -> set[str]:
    """Names of the marts that differ, rows and their order included."""
    assert len(ours.tables()) >= 14
    assert ours.tables().keys() == theirs.tables().keys()
    return {name for name, rows in ours.tables().items() if rows != theirs.tables()[name]}


def test_a_second_build_and_one_from_nothing_with_one_thread_give_equal_marts(
    shop, copy, tmp_path_factory
):
    second = run_build(copy)
    assert second.status == 0, second.output
    assert different(second, shop) == set()
    assert "under its old name" not in second.output
    single = run_build(tmp_path_factory.mktemp("single"), DBT_THREADS="1", DUCKDB_THREADS="1")
    assert single.status == 0, single.output
    assert different(single, shop) == set()


def test_a_full_refresh_keeps_the_state_and_gives_equal_marts(shop, copy):
    build = run_build(copy, DBT_ARGS="--full-refresh")
    assert build.status == 0, build.output
    assert different(build, shop) == set()


def test_settings_that_were_tried_are_recalled_even_from_an_exported_state(copy):
    # A mark that no search would leave.
    with duckdb.connect(str(copy / "warehouse.duckdb")) as connection:
        connection.execute("update state.ml_kept_trials set ndcg = 0.123")
        [(count,)] = connection.execute("select count(*) from state.ml_kept_trials").fetchall()
    marked = [(0.123,)] * count
    assert count > 1
    for is_lost in (False, True):
        if is_lost:
            (copy / "warehouse.duckdb").unlink()
        build = run_build(copy, DBT_ARGS=only("ml_kept_trials"))
        assert build.status == 0, build.output
        assert is_lost == ("Restoring the state" in build.output)
        with duckdb.connect(str(build.warehouse), read_only=True) as connection:
            tried = ("ml.ml_recommendation_trials", "ml.ml_candidate_trials")
            for tables in (tried, ("state.ml_kept_trials",)):
                query = " union all ".join(f"select ndcg from {table}" for table in tables)
                assert connection.execute(query).fetchall() == marked


def test_a_replay_knows_what_was_tried_for_retrainings_up_to_its_moment(tmp_path):
    source, target = tmp_path / "warehouse.duckdb", tmp_path / "replay.duckdb"
    with duckdb.connect(str(source)) as connection:
        connection.execute("create schema state")
        connection.execute(
            """create table state.ml_kept_trials as from (values
                (timestamp '2026-02-26', 'before'), (timestamp '2026-03-05', 'at'),
                (timestamp '2026-03-05 00:00:00.000001', 'after')) as trials (retrained_at, note)"""
        )
    copies.copy_state(source, target, datetime(2026, 3, 5))
    with duckdb.connect(str(target)) as connection:
        notes = connection.execute("select note from state.ml_kept_trials order by all").fetchall()
    assert notes == [("at",), ("before",)]


def test_a_change_in_one_raw_row_would_be_seen(shop, copy):
    with duckdb.connect(str(copy / "marts.duckdb")) as connection:
        connection.execute(
            "update marts.marts.fct_orders set net_revenue = 0.01 where order_id = 'last'"
        )
    touched = type(shop)(0, "", copy / "warehouse.duckdb", copy / "marts.duckdb")
    assert different(touched, shop) == {"fct_orders"}


def test_a_replay_leaves_the_warehouse_alone_and_equals_a_first_build_of_that_moment(
    copy, tmp_path_factory
):
    before = {file.name: file.read_bytes() for file in copy.glob("*.duckdb")}
    unpublished = run_build(copy, AS_OF="2025-09-01", MARTS_PATH="", DBT_ARGS=only("fct_loads"))
    assert unpublished.status == 0, unpublished.output
    assert "Nothing was published" in unpublished.output
    assert {file.name: file.read_bytes() for file in copy.glob("*.duckdb")} == before

    replay_marts = tmp_path_factory.mktemp("replay") / "marts.duckdb"
    replay = run_build(copy, AS_OF="2025-09-01", MARTS_PATH=str(replay_marts))
    assert replay.status == 0, replay.output
    assert {file.name: file.read_bytes() for file in copy.glob("*.duckdb")} == before
    replay = type(replay)(0, "", replay.warehouse, replay_marts)
    first = run_build(tmp_path_factory.mktemp("first"), AS_OF="2025-09-01")
    assert first.status == 0, first.output
    assert different(replay, first) == set()


def test_plain_dbt_refuses_a_moment_before_the_newest_build(copy):
    build = run_build(copy, DBT_ARGS="--vars '{as_of: 2025-09-01}'")
    assert build.status == 1
    assert "is before 2026-01-01 00:00:00, the newest build of this warehouse" in build.output


def test_an_id_survives_an_older_identifier_and_the_loss_of_the_warehouse(
    tmp_path, tmp_path_factory
):
    account = {"shop_customer_id": "ada", "email": "ada@shop.example", "created_at": "2025-02-01"}
    contact = {"contact_id": "k", "email": "ada@shop.example", "created_at": "2025-01-01"}
    raw = write_tables(tmp_path / "raw", {"shop_customers": [account]})

    def customers(folder):
        build = run_build(folder, raw, DBT_ARGS=only("dim_customers"))
        assert build.status == 0, build.output
        return build.query("select customer_id from dim_customers"), build.output

    assigned, _ = customers(tmp_path)
    write_tables(raw, {"crm_contacts": [contact]})
    from_nothing, _ = customers(tmp_path_factory.mktemp("nothing"))
    assert from_nothing != assigned

    again, _ = customers(tmp_path)
    assert again == assigned
    (tmp_path / "warehouse.duckdb").unlink()
    restored, output = customers(tmp_path)
    assert "Restoring the state" in output
    assert restored == assigned


def test_the_keys_of_identifiers_depend_on_the_secret_and_the_secret_is_nowhere(tmp_path, shop):
    secret = "a-secret-that-must-not-be-written"
    build = run_build(tmp_path, PII_KEY=secret)
    assert build.status == 0, build.output
    hashes = "select identifier_value from dim_customer_identifiers where identifier_type = 'email'"
    assert set(build.query(hashes)).isdisjoint(shop.query(hashes))
    assert secret.encode() not in build.warehouse.read_bytes() + build.marts.read_bytes()
    written = [path for path in build.dbt_folder.rglob("*") if path.is_file()]
    assert {"manifest.json", "dbt.log"} <= {path.name for path in written}
    assert [p for p in written if secret.encode() in p.read_bytes()] == []


def test_a_failed_build_leaves_state_and_publication_as_they_were(copy, shop):
    published = (copy / "marts.duckdb").read_bytes()
    # A moment far ahead by mistake, and a var that stops the build late.
    options = "--vars '{reporting_currency: XXX}'"
    failed = run_build(copy, AS_OF="2090-01-01", DBT_ARGS=options)
    assert failed.status == 1
    assert "The reporting currency XXX is in no order" in failed.output
    assert (copy / "marts.duckdb").read_bytes() == published
    again = run_build(copy)
    assert again.status == 0, again.output
    assert different(again, shop) == set()


def test_two_files_in_one_place_and_names_of_schemas_are_refused(tmp_path):
    same = run_build(tmp_path, MARTS_PATH=str(tmp_path / "warehouse.duckdb"))
    assert same.status == 1
    assert "would overwrite each other" in same.output
    schema = run_build(tmp_path, WAREHOUSE_PATH=str(tmp_path / "raw.duckdb"))
    assert schema.status == 1
    assert "bears the name of a schema" in schema.output


@pytest.mark.parametrize("name", ["list_length", "retrain_days"])
def test_a_var_that_is_no_number_above_zero_is_named(tmp_path, name):
    build = run_build(tmp_path, DBT_ARGS=f"--vars '{{{name}: 0}}'")
    assert build.status == 1
    assert f"The var {name} is '0'; give a number above 0" in build.output


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("touchpoint_kinds", "[clik]", "has 'clik'; give visit"),
        ("touchpoint_kinds", "click", "is 'click'; give a list of kinds"),
        ("position_weights", "[0.5, 0.5]", "is '[0.5, 0.5]'; give three numbers"),
        ("position_weights", "[0, 1, 0]", "is '[0, 1, 0]'; give three numbers"),
        ("markov_order", "1.5", "is '1.5'; give a whole number"),
    ],
)
def test_a_var_of_attribution_that_would_be_misread_is_named(tmp_path, name, value, named):
    build = run_build(tmp_path, DBT_ARGS=f"--vars '{{{name}: {value}}}'")
    assert build.status == 1
    assert f"The var {name} {named}" in build.output


@pytest.mark.parametrize("country", ["Germany", "XX"])
def test_a_country_of_phones_that_is_none_is_named(tmp_path, country):
    arguments = f"--select +int_contact_values_normalised --vars '{{phone_region: {country}}}'"
    build = run_build(tmp_path, DBT_ARGS=arguments)
    assert build.status == 1
    assert f"The var phone_region is '{country}'; give a two-letter country" in build.output
