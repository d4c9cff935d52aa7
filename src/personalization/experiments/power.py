"""What a number of units can tell, before or after they were exposed."""

import numpy as np

from personalization.experiments.means import ALPHA

TARGET = 0.8


def power(effect, standard_deviation, n_treatment, n_control) -> np.ndarray:
    """Chance that a two-sided t-test at 5 % finds a true difference of this size."""
    from statsmodels.stats.power import TTestIndPower

    return _by_place(
        lambda d, treated, control: TTestIndPower().power(
            abs(d), control, ALPHA, ratio=treated / control
        ),
        np.divide(effect, standard_deviation),
        n_treatment,
        n_control,
    )


def detectable(standard_deviation, n_treatment, n_control) -> np.ndarray:
    """Smallest true difference that a two-sided t-test at 5 % finds in 80 % of all trials."""
    from statsmodels.stats.power import TTestIndPower

    def solve(deviation, treated, control):
        found = TTestIndPower().solve_power(None, control, ALPHA, TARGET, ratio=treated / control)
        return float(np.squeeze(found)) * deviation

    return _by_place(solve, standard_deviation, n_treatment, n_control)


def needed_units(effect: float, standard_deviation: float) -> int:
    """Units that each of two arms needs to find a true difference in 80 % of all trials."""
    from statsmodels.stats.power import TTestIndPower

    found = TTestIndPower().solve_power(abs(effect) / standard_deviation, None, ALPHA, TARGET)
    return int(np.ceil(np.squeeze(found)))


def _by_place(function, first, n_treatment, n_control) -> np.ndarray:
    """Apply a function place by place; NaN where an arm has less than two units or no spread."""
    values = np.broadcast_arrays(
        *(np.asarray(given, dtype=float) for given in (first, n_treatment, n_control))
    )
    found = np.full(values[0].shape, np.nan)
    for place in np.ndindex(found.shape):
        value, treated, control = (float(given[place]) for given in values)
        if np.isfinite(value) and treated > 1 and control > 1:
            found[place] = function(value, treated, control)
    return found
