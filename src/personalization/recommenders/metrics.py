"""Measures of ranked lists, per customer and of all lists together.

T is the set of products a customer bought after the cut-off and was to be found, rel(r) is 1 where
rank r of the list holds one of them, h(r) counts those up to r, k is the depth.

- precision = h(k) / k, recall = h(k) / |T|, hit_rate = 1 if h(k) > 0 (Manning, Raghavan & Schutze
  2008, Introduction to Information Retrieval, chapter 8). A list shorter than k still divides by k.
- mrr = 1 / rank of the first hit, 0 without one (Voorhees 1999, The TREC-8 Question Answering Track
  Report).
- map = sum over hits of h(r) / r, divided by min(k, |T|), the hits that can be reached (Manning et
  al., as above, cut at k; TREC and ranx divide by |T|).
- ndcg = sum of rel(r) / log2(r + 1), divided by the same sum for min(k, |T|) hits in front
  (Jarvelin & Kekalainen 2002, ACM TOIS 20(4), 422-446, with gains of 0 and 1).
- auc = share of the pairs of a product of T and another candidate that the list has in the right
  order; a tie counts half (Rendle, Freudenthaler, Gantner & Schmidt-Thieme 2009, BPR: Bayesian
  Personalized Ranking from Implicit Feedback, section 3.2). Candidates are the products that anyone
  bought before or after; where only new products count, without those the customer had bought.
  All that the first k ranks do not show is tied below them: without a list it is 1/2, and so it is
  where every candidate is in T.

Of all lists together, with N customers in the history and L lists:

- coverage = distinct products of the history shown / products of the history.
- novelty = mean over shown rows of -log2(buyers of the product / N), no buyer counted as one
  (Zhou et al. 2010, PNAS 107(10), 4511-4515: mean self-information).
- popularity_share = share of shown rows among the k products with the most buyers.
- overlap = chance that a product shown to one customer is shown to another, drawn at random:
  with c(i) lists showing i, sum c(i) (c(i) - 1) / ((L - 1) sum c(i)). For lists of one length it is
  the expected share of common products, 1 minus the mean inter-list distance of Zhou et al.;
  nan below two lists.
"""

import numpy as np

PER_CUSTOMER = ("ndcg", "map", "precision", "recall", "hit_rate", "mrr", "auc")


def per_customer(
    hits: np.ndarray, misses: np.ndarray, wanted: np.ndarray, others: np.ndarray, ks: list[int]
) -> np.ndarray:
    """Measure each customer's list at several depths.

    hits : (n, depth) bool, the rank holds a product to find. misses : (n, depth) bool, it holds
    another candidate. wanted : (n,) int, products to find, at least 1. others : (n,) int, the other
    candidates. ks : depths, none above the width of hits.

    Returns (len(PER_CUSTOMER), len(ks), n) float64 in [0, 1].
    """
    at = np.array(ks) - 1
    places = np.arange(1, hits.shape[1] + 1)
    discount = 1.0 / np.log2(places + 1)
    found, missed = np.cumsum(hits, axis=1), np.cumsum(misses, axis=1)
    first = np.where(found[:, -1:] > 0, hits.argmax(axis=1)[:, None] + 1, np.inf)
    k, total = np.array(ks), wanted[:, None]
    reachable = np.minimum(total, k)
    # Pairs in order: each hit stands above all others but the misses before it.
    won = np.cumsum(hits * (others[:, None] - missed), axis=1)[:, at]
    won = won + (total - found[:, at]) * (others[:, None] - missed[:, at]) / 2
    pairs = (wanted * others)[:, None]
    measured = (
        np.cumsum(hits * discount, axis=1)[:, at] / np.cumsum(discount)[reachable - 1],
        np.cumsum(hits * found / places, axis=1)[:, at] / reachable,
        found[:, at] / k,
        found[:, at] / total,
        found[:, at] > 0,
        np.where(first <= k, 1.0 / first, 0.0),
        np.where(pairs > 0, won / np.maximum(1, pairs), 0.5),
    )
    return np.stack([values.T.astype(float) for values in measured])


def of_all_lists(
    shown: np.ndarray, buyers: np.ndarray, by_popularity: np.ndarray, buyer_count: int, k: int
) -> dict[str, float]:
    """Measure what the first k ranks of a group of customers show together.

    shown : (lists, k) int, product codes, -1 where a list ends; codes from len(buyers) on are of
    products without history. buyers : (p,) int, customers who had bought each product.
    by_popularity : product codes, most bought first. buyer_count : customers with history.

    Returns coverage, novelty, popularity_share and overlap; 0, 0, 0 and nan where nothing is shown.
    """
    listed = shown[shown >= 0]
    counts = np.bincount(listed, minlength=len(buyers))
    known, rows = counts[: len(buyers)], max(1, len(listed))
    bits = -np.log2(np.maximum(1, buyers) / max(1, buyer_count))
    # Products without history are told apart by nothing: their order would decide the last bit.
    unknown_bits = (len(listed) - known.sum()) * np.log2(max(1, buyer_count))
    lists = np.count_nonzero((shown >= 0).any(axis=1))
    return {
        "coverage": np.count_nonzero(known[buyers > 0]) / max(1, np.count_nonzero(buyers)),
        "novelty": float((known * bits).sum() + unknown_bits) / rows,
        "popularity_share": int(known[by_popularity[:k]].sum()) / rows,
        "overlap": int((counts * (counts - 1)).sum()) / ((lists - 1) * rows)
        if lists > 1
        else np.nan,
    }
