"""The world of known effects: what its formula says is what its people do."""

import numpy as np
import pytest

from personalization.simulation.causal_world import METRICS, CausalWorld, draw, mail_effects, truth

WORLD = CausalWorld((0.0, 0.3, 0.6), (0.0, 0.0, 0.2), sigma=0.8)


@pytest.mark.parametrize("arm", [0, 1, 2])
def test_means_of_many_people_are_the_formulas(arm):
    units = draw(WORLD, arm, (1, 200_000), np.random.default_rng(2)).outcomes
    expected = truth(WORLD, arm)
    for metric in METRICS:
        error = units[metric].std() / np.sqrt(units[metric].size)
        # Eighteen means of 4 standard errors each: a chance of one in a thousand to be wrong.
        assert abs(units[metric].mean() - expected[metric]) <= 4 * error, metric


def test_a_holdout_gets_no_mail_and_arms_of_equal_mails_do_the_same():
    assert truth(WORLD, 0)["open"] == truth(WORLD, 0)["unsubscribe"] == 0
    alike = CausalWorld((0.3, 0.3), (0.1, 0.1))
    assert truth(alike, 0) == truth(alike, 1)


def test_the_effect_of_a_mail_fades_over_the_weeks_after_it():
    assert mail_effects(WORLD, 0) == {}
    effects = {week: effect["revenue"] for week, effect in mail_effects(WORLD, 2).items()}
    # The last mail has one week to work in, the one before two; half of the stock is left then.
    assert effects[7] < effects[6] < effects[5]
    forgetful = CausalWorld((0.0, 0.3, 0.6), (0.0, 0.0, 0.2), decay=0.0, sigma=0.8)
    effects = {week: effect["revenue"] for week, effect in mail_effects(forgetful, 2).items()}
    assert effects[6] == pytest.approx(effects[7], rel=0.02)


def test_people_who_miss_one_mail_differ_by_its_effect():
    world = CausalWorld((0.6, 0.6), (0.0, 0.0), left_out=(3, None), sigma=0.8)
    arms = [
        draw(world, arm, (1, 200_000), np.random.default_rng(arm)).outcomes["visit"]
        for arm in (0, 1)
    ]
    effect = mail_effects(world, 1)[3]["visit"]
    assert effect == pytest.approx(truth(world, 1)["visit"] - truth(world, 0)["visit"])
    error = np.sqrt(sum(arm.var() / arm.size for arm in arms))
    assert abs(arms[1].mean() - arms[0].mean() - effect) <= 4 * error
    assert effect > 6 * error


def test_what_people_did_before_is_no_effect_of_the_arm():
    before = [draw(WORLD, arm, (1, 100_000), np.random.default_rng(arm)).before for arm in (0, 2)]
    for metric in ("conversion", "visit"):
        assert before[0][metric].mean() == pytest.approx(before[1][metric].mean(), abs=0.01)
