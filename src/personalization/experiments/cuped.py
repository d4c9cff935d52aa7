"""CUPED: what the time before exposure explains of an outcome is taken out of it."""

import numpy as np

from personalization.experiments.means import Sample, sample


def adjust(
    n, total, squares, covariate_total, covariate_squares, product_total
) -> tuple[Sample, np.ndarray]:
    """Adjust the arms of one comparison, given along the first axis.

    n, total, squares : of the outcome. covariate_total, covariate_squares : of the same unit's
    covariate, which the treatment can't have touched. product_total : of outcome times covariate.

    Returns the adjusted arms and the share of the outcome's variance that the covariate explains.
    One theta, cov / var pooled within all arms, serves every arm, so that a difference between arms
    is no part of it; a covariate without spread changes nothing.

    Source: Deng, Xu, Kohavi & Walker (2013), "Improving the Sensitivity of Online Controlled
    Experiments by Utilizing Pre-Experiment Data", WSDM, equations 4 and 5.
    """
    outcome = sample(n, total, squares)
    covariate = sample(n, covariate_total, covariate_squares)
    n = outcome.n
    counted = np.maximum(n - 1, 0)
    joint = np.asarray(product_total, dtype=float) - n * outcome.mean * covariate.mean
    spread = np.nansum(counted * covariate.variance, axis=0)
    own = np.nansum(counted * outcome.variance, axis=0)
    shared = np.nansum(joint, axis=0)
    theta = np.divide(shared, spread, out=np.zeros(np.shape(spread)), where=spread > 0)
    everybody = np.nansum(n * covariate.mean, axis=0) / np.maximum(n.sum(axis=0), 1)
    covariance = np.divide(joint, n - 1, out=np.full(n.shape, np.nan), where=n > 1)
    variance = outcome.variance + theta**2 * covariate.variance - 2 * theta * covariance
    variance = np.where(variance < 1e-12 * outcome.variance, 0, variance)
    explained = np.divide(
        shared**2, spread * own, out=np.zeros(np.shape(spread)), where=spread * own > 0
    )
    adjusted = Sample(n, outcome.mean - theta * (covariate.mean - everybody), variance)
    return adjusted, explained
