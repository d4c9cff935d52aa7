"""NDCG of scored pairs, for choosing settings; what is reported is judged by ``evaluation``."""

import numpy as np


def ndcg(
    groups: np.ndarray, scores: np.ndarray, hits: np.ndarray, wanted: np.ndarray, k: int = 10
) -> float:
    """Mean NDCG at k over the groups with something to find; ties go to what comes first.

    groups, scores, hits : (n,) beside each other; groups are integers from 0, hits are booleans.
    wanted : (groups,) int, how much there is to find in each, listed or not.

    Returns 0 where nothing is to be found. Source: Jarvelin & Kekalainen (2002), binary gains.
    """
    judged = wanted > 0
    if not judged.any():
        return 0.0
    order = np.lexsort((-scores, groups))
    sorted_groups = groups[order]
    starts = np.r_[True, sorted_groups[1:] != sorted_groups[:-1]][: len(order)]
    firsts = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    places = np.arange(len(order)) - firsts
    counts = hits[order] & (places < k)
    discount = 1 / np.log2(np.arange(2, k + 2))
    found = np.bincount(sorted_groups[counts], discount[places[counts]], minlength=len(wanted))
    ideal = np.cumsum(discount)[np.minimum(wanted[judged], k) - 1]
    return float((found[judged] / ideal).mean())
