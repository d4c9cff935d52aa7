"""Sample ratios and many p-values at once against published examples."""

import numpy as np
import pytest

from personalization.experiments.families import adjusted, sample_ratio_p_value


def test_the_sample_ratio_test_is_scipys_chi_square():
    # The second example in the documentation of scipy.stats.chisquare.
    p_value = sample_ratio_p_value([16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8])
    assert p_value == pytest.approx(0.62338762774958223)


def test_a_famous_mismatch_is_seen():
    # Kohavi, Tang & Xu (2020), "Trustworthy Online Controlled Experiments", chapter 21: 821,588 to
    # 815,482 users of an even split have p 1.8e-6.
    assert sample_ratio_p_value([821_588, 815_482], [1, 1]) == pytest.approx(1.8e-6, rel=0.02)


def test_an_arm_of_weight_zero_may_hold_no_unit():
    assert sample_ratio_p_value([10, 10, 1], [1, 1, 0]) == 0
    assert sample_ratio_p_value([10, 10, 0], [1, 1, 0]) == 1


@pytest.mark.parametrize(("units", "weights"), [([0, 0], [1, 1]), ([5], [1])])
def test_where_there_is_nothing_to_compare_there_is_no_p_value(units, weights):
    assert np.isnan(sample_ratio_p_value(units, weights))


def test_holm_adjusts_the_example_of_wikipedia():
    # "Holm-Bonferroni method", example: 0.01, 0.04, 0.03, 0.005 at 5 % rejects the first and last.
    found = adjusted([0.01, 0.04, 0.03, 0.005], "holm")
    assert found == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_benjamini_and_hochbergs_own_example_rejects_four_hypotheses():
    # Benjamini & Hochberg (1995), section 4.2; adjusted values as in the documentation of
    # scipy.stats.false_discovery_control.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p_values += [0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    found = adjusted(p_values, "fdr_bh")
    assert (found <= 0.05).sum() == 4
    assert found[:5] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603])


def test_what_is_unknown_is_no_part_of_the_family():
    found = adjusted([0.01, np.nan, 0.04], "holm")
    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx([0.02, 0.04])
