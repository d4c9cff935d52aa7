"""Intervals of means over customers by resampling the customers.

The percentile bootstrap (Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13):
customers are drawn with replacement, as many as there are, and the interval holds the middle 95 %
of the means of many such draws.
"""

import numpy as np

from personalization import blas

ENDS = (0.025, 0.975)

# More customers than this are drawn in as many groups. The width of an interval then errs by
# 1 / sqrt(2 * UNITS), 0.7 %, a sixth of what a thousand resamples leave to chance.
UNITS = 10_000

# Resamples multiplied at a time: 8 MB of float64 at UNITS customers.
BLOCK = 100


class Resamples:
    """The draws from n customers, made once and used for every metric of every model.

    n : customers, in the order of the values. count : resamples. seed : of the draws, which depend
    on nothing else. Keeps count x min(n, UNITS) bytes.
    """

    def __init__(self, n: int, *, count: int, seed: int) -> None:
        random = np.random.default_rng(seed)
        units = min(n, UNITS)
        self.unit_of = random.permutation(n) % units if n > units else np.arange(n)
        self.sizes = np.bincount(self.unit_of, minlength=units).astype(float)
        # How often a draw takes a unit is about Poisson of mean 1: far below 256.
        self.drawn = np.empty((count, units), dtype=np.uint8)
        for resample in self.drawn:
            resample[:] = np.bincount(random.integers(0, units, units), minlength=units)

    def intervals(self, values: np.ndarray) -> np.ndarray:
        """Bound the mean of each row.

        values : (m, n) float array.

        Returns (m, 2): the ends of the 95 % interval, nan below two customers, whose mean can't be
        seen to vary. Equal bit for bit with any number of threads: BLAS runs on one.
        """
        if values.shape[1] < 2:
            return np.full((len(values), 2), np.nan)
        units = len(self.sizes)
        sums = (
            np.stack([np.bincount(self.unit_of, row, minlength=units) for row in values])
            if values.shape[1] > units
            else values
        )
        means = np.empty((len(values), len(self.drawn)))
        blas.on_one_thread()
        for start in range(0, len(self.drawn), BLOCK):
            drawn = self.drawn[start : start + BLOCK].astype(float).T
            means[:, start : start + BLOCK] = sums @ drawn / (self.sizes @ drawn)
        return np.quantile(means, ENDS, axis=1).T
