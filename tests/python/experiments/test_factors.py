"""Main effects of two factors against the regression that they are."""

import json

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm

from personalization.experiments.factors import SCHEMA, main_effects

TONES, OFFERS = ("plain", "warm"), ("none", "gift")
# Arms of very different sizes: 400, 100, 50 and 600 units.
SIZES = {
    ("plain", "none"): 400,
    ("plain", "gift"): 100,
    ("warm", "none"): 50,
    ("warm", "gift"): 600,
}


@pytest.fixture(scope="module")
def units() -> dict[tuple, np.ndarray]:
    chance = np.random.default_rng(4)
    return {
        (tone, offer): chance.normal(10 + (tone == "warm") + 3 * (offer == "gift"), 2, n)
        for (tone, offer), n in SIZES.items()
    }


def tables(units: dict[tuple, np.ndarray], factors=("tone", "offer")) -> tuple[pa.Table, pa.Table]:
    variants = [
        {
            "experiment_key": "e",
            "variant_key": "-".join(arm),
            "place": place,
            "is_control": arm == ("plain", "none"),
            "factors": json.dumps(dict(zip(("tone", "offer"), arm, strict=True)))
            if len(factors) == 2
            else json.dumps({"tone": "-".join(arm)}),
        }
        for place, arm in enumerate(units)
    ]
    sums = [
        {
            "experiment_key": "e",
            "variant_key": "-".join(arm),
            "metric": "revenue",
            "unit_count": len(y),
            "value_sum": y.sum(),
            "value_squares": (y**2).sum(),
        }
        for arm, y in units.items()
    ]
    return pa.Table.from_pylist(sums), pa.Table.from_pylist(variants)


def effects(*given) -> dict[tuple, dict]:
    found = main_effects(*given)
    assert found.schema == SCHEMA
    return {(row["factor"], row["level"]): row for row in found.to_pylist()}


def test_a_main_effect_is_twice_the_coefficient_of_effect_coding(units):
    y = np.concatenate(list(units.values()))
    arms = [arm for arm, values in units.items() for _ in values]
    tone = np.array([1.0 if arm[0] == "warm" else -1.0 for arm in arms])
    offer = np.array([1.0 if arm[1] == "gift" else -1.0 for arm in arms])
    design = sm.add_constant(np.column_stack([tone, offer, tone * offer]))
    fitted = sm.OLS(y, design).fit(cov_type="HC2")
    found = effects(*tables(units))
    assert found["tone", "warm"]["lift"] == pytest.approx(2 * fitted.params[1])
    assert found["offer", "gift"]["lift"] == pytest.approx(2 * fitted.params[2])
    # HC2 is the variance of Welch: each arm with its own.
    width = found["tone", "warm"]["lift_ci_high"] - found["tone", "warm"]["lift_ci_low"]
    assert width == pytest.approx(2 * 1.96 * 2 * fitted.bse[1], rel=0.03)


def test_the_level_of_the_control_is_what_others_are_compared_with(units):
    found = effects(*tables(units))
    assert set(found) == {(f, v) for f, vs in (("tone", TONES), ("offer", OFFERS)) for v in vs}
    assert found["tone", "plain"]["lift"] is None
    assert found["tone", "plain"]["n"] == 500


def test_p_values_are_adjusted_over_levels_and_metrics(units):
    found = effects(*tables(units))
    smaller, larger = sorted(
        (found["tone", "warm"], found["offer", "gift"]), key=lambda r: r["p_value"]
    )
    assert smaller["p_value_adjusted"] == pytest.approx(2 * smaller["p_value"])
    assert larger["p_value_adjusted"] == pytest.approx(larger["p_value"])


def test_one_factor_says_nothing_that_the_variants_do_not_say(units):
    assert effects(*tables(units, factors=("tone",))) == {}


@pytest.mark.parametrize("factors", [None, "[1]", "7", "warm", "{}"])
def test_variants_without_factors_have_no_main_effects(units, factors):
    sums, variants = tables(units)
    plain = [row | {"factors": factors} for row in variants.to_pylist()]
    assert effects(sums, pa.Table.from_pylist(plain, variants.schema)) == {}
