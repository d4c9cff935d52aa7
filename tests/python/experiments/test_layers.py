"""Layers in SQL and in Python: the same units in the same arms, in cases by hand and at random."""

import csv
import io
import random
import re
from collections import defaultdict
from datetime import datetime, timedelta

import duckdb
import yaml
from builds import ROOT

from personalization.experiments.assignment import Experiment, bucket_ends, variants_of

FOLDER = ROOT / "models/intermediate/experiments"
TEST = "of_a_layer_the_first_to_start_takes_its_units_to_its_end_and_the_next_asks_those_left"
UNITS = [f"c{number}" for number in range(60)]


def arms_in_sql(experiments: list[Experiment], units: list[str]) -> set[tuple[str, str, str]]:
    """Return (unit, experiment, variant) as the model's own SQL finds them."""
    macros = (ROOT / "macros/experiments.sql").read_text()
    bucket = macros.split("duckdb__experiment_bucket(salt, unit) -%}")[1].split("{%- endmacro")[0]
    sql = re.sub(
        r"\{\{ experiment_bucket\('(.+?)', '(.+?)'\) \}\}",
        lambda found: bucket.replace("{{ salt }}", found[1]).replace("{{ unit }}", found[2]),
        (FOLDER / "int_experiment_units.sql").read_text(),
    )
    sql = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", sql)
    with duckdb.connect() as connection:
        connection.execute("create table int_customers (customer_id varchar)")
        connection.execute("insert into int_customers select unnest($1)", [units])
        connection.execute(
            "create table int_experiments (experiment_key varchar, salt varchar, layer varchar, "
            "started_at timestamp, ended_at timestamp, is_running boolean)"
        )
        connection.execute(
            "create table int_experiment_variants "
            "(experiment_key varchar, variant_key varchar, bucket_from int, bucket_until int)"
        )
        for each in experiments:
            connection.execute(
                "insert into int_experiments values (?, ?, ?, ?, ?, ?)",
                [each.key, each.salt, each.layer, each.started_at, each.ended_at, is_running(each)],
            )
            place = 0
            for variant, until in bucket_ends(each.variants):
                connection.execute(
                    "insert into int_experiment_variants values (?, ?, ?, ?)",
                    [each.key, variant, place, until],
                )
                place = until
        return set(connection.execute(sql).fetchall())


def is_running(experiment: Experiment) -> bool:
    return experiment.ended_at is None


def arms_in_python(experiments: list[Experiment], units: list[str]) -> set[tuple[str, str, str]]:
    running = {each.key for each in experiments if is_running(each)}
    return {
        (unit, key, variant)
        for unit in units
        for key, variant in variants_of(unit, experiments).items()
        if key in running
    }


def table(given: dict) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(given["rows"])))


def test_python_gives_the_arms_that_the_unit_test_of_the_sql_expects():
    tests = yaml.safe_load((FOLDER / "_experiments__unit_tests.yml").read_text())["unit_tests"]
    [test] = [test for test in tests if test["name"] == TEST]
    customers, experiments, variants = test["given"]
    weights = defaultdict(list)
    for row in table(variants):
        share = (int(row["bucket_until"]) - int(row["bucket_from"])) / 10_000
        weights[row["experiment_key"]].append((row["variant_key"], share))
    found = arms_in_python(
        [
            Experiment(
                row["experiment_key"],
                row["salt"],
                tuple(weights[row["experiment_key"]]),
                datetime.fromisoformat(row["started_at"]),
                datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
                row["layer"] or None,
            )
            for row in table(experiments)
        ],
        [row["customer_id"] for row in customers["rows"]],
    )
    assert found == {tuple(row.values()) for row in table(test["expect"])}


def test_sql_and_python_agree_on_experiments_at_random():
    chance, shared = random.Random(5), 0
    for _ in range(40):
        experiments = []
        for number in range(chance.randint(1, 9)):
            started_at = datetime(2026, 3, chance.randint(1, 6))
            ended_at = started_at + timedelta(days=chance.randint(0, 3))
            weights = [chance.choice([0.05, 0.2, 0.5, 1, 0]) for _ in range(chance.randint(1, 3))]
            experiments.append(
                Experiment(
                    key=f"e{number}",
                    salt=f"s{chance.randint(0, 5)}",
                    variants=tuple((f"v{place}", weight) for place, weight in enumerate(weights)),
                    started_at=started_at,
                    ended_at=chance.choice([None, ended_at]),
                    layer=chance.choice([None, "x", "y"]),
                )
            )
        found = arms_in_sql(experiments, UNITS)
        assert found == arms_in_python(experiments, UNITS)
        shared += len(found)
    assert shared > 1_000
