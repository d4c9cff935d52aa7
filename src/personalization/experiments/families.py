"""Tests of one experiment taken together: shares of arms, and many p-values at once."""

import numpy as np


def sample_ratio_p_value(units, weights) -> float:
    """Chance that arms of these weights part their units as unevenly as this, by chi-square.

    NaN without units or with fewer than two arms; 0 where an arm of weight 0 has units.
    """
    from scipy import stats

    units, weights = np.asarray(units, float), np.asarray(weights, float)
    if units[weights <= 0].sum() > 0:
        return 0.0
    units, weights = units[weights > 0], weights[weights > 0]
    if len(units) < 2 or units.sum() == 0:
        return float("nan")
    return float(stats.chisquare(units, weights / weights.sum() * units.sum()).pvalue)


def adjusted(p_values, method: str) -> np.ndarray:
    """Adjust p-values over their family by `holm` or `fdr_bh`; NaN is no part of it.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70; Benjamini & Hochberg (1995),
    Journal of the Royal Statistical Society B 57, 289-300.
    """
    from statsmodels.stats.multitest import multipletests

    p_values = np.asarray(p_values, dtype=float)
    known = ~np.isnan(p_values)
    result = np.full(p_values.shape, np.nan)
    if known.any():
        result[known] = multipletests(p_values[known], method=method)[1]
    return result
