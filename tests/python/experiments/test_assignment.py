"""Who is in which arm: Python and SQL agree, arms get their weights, layers share no unit."""

from collections import Counter
from datetime import datetime

import duckdb
import pytest
from builds import ROOT
from scipy import stats

from personalization.experiments.assignment import (
    Experiment,
    bucket,
    bucket_ends,
    variant,
    variants_of,
)

UNITS = [f"c{number:05d}" for number in range(20_000)] + ["", "ü", "日本", "a:b", " c1 "]
HALVES = (("a", 0.5), ("b", 0.5))
MONDAY, FRIDAY = datetime(2026, 3, 2), datetime(2026, 3, 6)


def trial(key: str, **given) -> Experiment:
    return Experiment(**{"key": key, "salt": key, "variants": HALVES, "started_at": MONDAY} | given)


def test_a_bucket_is_what_it_was_in_every_version():
    # md5sum of salt:customer-42 is 57b857525b0d7f2a...: its first 15 digits modulo 10,000.
    assert bucket("salt", "customer-42") == 4818


def test_the_macro_gives_every_unit_the_bucket_that_python_gives():
    text = (ROOT / "macros/experiments.sql").read_text()
    macro = text.split("duckdb__experiment_bucket(salt, unit) -%}")[1].split("{%- endmacro")[0]
    sql = macro.replace("{{ salt }}", "salt").replace("{{ unit }}", "unit")
    pairs = [(salt, unit) for salt in ("holdout", "s:1") for unit in UNITS]
    with duckdb.connect() as connection:
        connection.execute("create table units (salt varchar, unit varchar)")
        connection.execute(
            "insert into units select unnest($1), unnest($2)",
            [[salt for salt, _ in pairs], [unit for _, unit in pairs]],
        )
        found = connection.execute(f"select salt, unit, {sql} from units").fetchall()
    assert len(found) == len(pairs)
    assert [row for row in found if row[2] != bucket(row[0], row[1])] == []


@pytest.mark.parametrize(
    ("weights", "ends"),
    [
        ((0.34, 0.33, 0.33), [3400, 6700, 10_000]),
        ((1, 1, 1), [3333, 6667, 10_000]),
        ((0.3333333, 0.3333333, 0.3333333), [3333, 6667, 10_000]),
        ((50, 50), [5000, 10_000]),
        ((0.05, 0.05), [500, 1000]),
        ((0, 1), [0, 10_000]),
    ],
)
def test_arms_take_their_weights_of_the_buckets_and_less_than_one_leaves_a_rest(weights, ends):
    variants = tuple((str(place), weight) for place, weight in enumerate(weights))
    assert [end for _, end in bucket_ends(variants)] == ends


def test_units_spread_over_the_arms_as_the_weights_say():
    uneven = trial("e", variants=(("a", 0.1), ("b", 0.6), ("c", 0.3)))
    counts = Counter(variant(uneven, unit) for unit in UNITS)
    observed = [counts[key] for key in "abc"]
    expected = [share * len(UNITS) for share in (0.1, 0.6, 0.3)]
    assert stats.chisquare(observed, expected).pvalue > 0.001


def test_two_salts_part_units_independently():
    pairs = Counter((variant(trial("e1"), u), variant(trial("e2"), u)) for u in UNITS)
    table = [[pairs[x, y] for y in "ab"] for x in "ab"]
    assert stats.chi2_contingency(table).pvalue > 0.001


def test_a_unit_is_in_one_experiment_of_a_layer_and_the_first_to_start_takes_it():
    first = trial("first", layer="subject", variants=(("a", 0.2), ("b", 0.2)))
    second = trial("second", layer="subject", started_at=FRIDAY)
    alone = {unit: variants_of(unit, [first]) for unit in UNITS}
    both = {unit: variants_of(unit, [second, first]) for unit in UNITS}
    assert all(len(found) == 1 for found in both.values())
    # The one that runs keeps all it had.
    assert {u for u, found in both.items() if "first" in found} == {u for u in UNITS if alone[u]}


@pytest.mark.parametrize(
    ("ended_at", "layer", "shared"),
    [(None, "subject", False), (FRIDAY, "subject", True), (None, None, True)],
)
def test_layers_exclude_only_experiments_that_run_at_one_time(ended_at, layer, shared):
    earlier = trial("earlier", layer=layer, ended_at=ended_at)
    later = trial("later", layer=layer, started_at=FRIDAY)
    assert (len(variants_of("c1", [earlier, later])) == 2) is shared
