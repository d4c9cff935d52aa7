"""Intervals that may be looked at as often as one likes."""

import numpy as np


def half_width(standard_error, n, *, alpha: float, tightest_at: float) -> np.ndarray:
    """Half the width of an always-valid interval for a difference of means.

    standard_error : of the difference, as Welch has it. n : units of both arms together.
    alpha : chance that the truth is ever outside, over all looks. tightest_at : n at which the
    interval is narrowest for its alpha; any value keeps it valid.

    An asymptotic confidence sequence: it holds for any distribution with a variance, once n is
    large enough for the first look.

    Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), "Time-uniform central limit theory
    and asymptotic confidence sequences", arXiv 2103.06476, theorem 2.2 and, for the tuning,
    appendix B.2.
    """
    standard_error, n = np.asarray(standard_error, float), np.maximum(n, 1)
    rho_squared = (-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / tightest_at
    grown = n * rho_squared + 1
    return standard_error * np.sqrt(2 * grown / (n * rho_squared) * np.log(np.sqrt(grown) / alpha))
