"""Content: what products are like, by their own words and attributes, and each customer's taste.

TF-IDF (Sparck Jones 1972, as smoothed by scikit-learn) of words and tags beside TF-IDF of category
levels, brand and price band; taste profiles after Pazzani & Billsus (2007), Content-Based
Recommendation Systems: the weighted mean of what a customer had.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from scipy import sparse

# Scripts without spaces between words: Thai to Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"

# Rows of a chunk of dense scores.
_CHUNK = 256


@dataclass(frozen=True)
class Settings:
    """What makes products alike; an unknown key is a TypeError.

    text_weight : length of the words' part of a row; that of the attributes is 1.
    category_weight, brand_weight, price_weight : of these among the attributes.
    price_bands : into how many parts of equal size prices are cut.
    """

    text_weight: float
    category_weight: float
    brand_weight: float
    price_weight: float
    price_bands: int


@cache
def _words() -> re.Pattern:
    """Letters, digits and the marks on them: without its marks, a Hindi word falls apart."""
    marks = "".join(
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)).startswith("M")
    )
    return re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{marks}])*")


_unspaced = re.compile(f"[{_UNSPACED}]")


def tokens_of(text: str) -> Iterator[str]:
    """Yield the words of a text, case folded; pairs of signs where a script has no spaces."""
    for word in _words().findall(unicodedata.normalize("NFKC", text).casefold()):
        if _unspaced.match(word) and len(word) > 1:
            yield from (word[place : place + 2] for place in range(len(word) - 1))
        else:
            yield word


def _text_tokens(product: tuple) -> list[str]:
    title, description, tags = product
    tokens = [f"word:{word}" for text in (title, description) if text for word in tokens_of(text)]
    names = (" ".join(tokens_of(tag)) for tag in tags.split(",")) if tags else ()
    return tokens + [f"tag:{name}" for name in names if name]


def category_levels(category: str | None) -> list[str]:
    """Return the category and those above it: 'a > b' is in 'a' and in 'a > b'."""
    names = [name.strip() for name in (category or "").split(">")]
    return [" > ".join(names[: depth + 1]) for depth in range(len(names)) if names[depth]]


def price_bands(prices: np.ndarray, count: int) -> np.ndarray:
    """Cut prices into bands of equal size.

    prices : (n,) float array, nan where unknown.

    Returns (n,) int array of bands from 0, at most count - 1; -1 where the price is unknown.
    """
    known = np.isfinite(prices)
    if not known.any():
        return np.full(len(prices), -1)
    edges = np.quantile(prices[known], np.arange(1, count) / count)
    return np.where(known, np.searchsorted(edges, prices, side="right"), -1)


def product_features(products: pa.Table, settings: Settings) -> sparse.csr_matrix:
    """Describe every product by what it says of itself.

    products : columns title, description, tags (comma-separated), category (' > ' between levels)
        and brand, text; price, any number; each may be null.

    Returns a (products, features) float32 matrix in the order of the rows, each row of length 1, or
    empty where nothing is known of the product. The order of the rows changes no bit of a row.
    """
    text = [products[name].to_pylist() for name in ("title", "description", "tags")]
    prices = products["price"].cast(pa.float64()).to_numpy().astype(float)
    bands = price_bands(prices, settings.price_bands)
    weights = {
        "category": settings.category_weight,
        "brand": settings.brand_weight,
        "price": settings.price_weight,
    }
    attributes = [
        [f"category:{level}" for level in category_levels(category)]
        + ([f"brand:{brand.strip().casefold()}"] if brand and brand.strip() else [])
        + ([f"price:{band}"] if band >= 0 else [])
        for category, brand, band in zip(
            products["category"].to_pylist(), products["brand"].to_pylist(), bands, strict=True
        )
    ]
    words, _ = _tf_idf([_text_tokens(product) for product in zip(*text, strict=True)])
    known, names = _tf_idf(attributes)
    scale = np.array([weights[name.partition(":")[0]] for name in names])
    known = unit_rows(known @ sparse.diags(scale, shape=(len(names), len(names)), format="csr"))
    both = sparse.hstack([unit_rows(words) * settings.text_weight, known], format="csr")
    return unit_rows(both).astype(np.float32)


def _tf_idf(documents: list[list[str]]) -> tuple[sparse.csr_matrix, list[str]]:
    """Weigh tokens, rows unscaled, columns by name; scikit-learn refuses to count nothing."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not any(documents):
        return sparse.csr_matrix((len(documents), 0)), []
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, norm=None)
    matrix = vectorizer.fit_transform(documents)
    # They come in the order in which tokens were first met, and sums follow it.
    matrix.sort_indices()
    return matrix, list(vectorizer.get_feature_names_out())


def unit_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale each row to length 1; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    scaled = matrix.tocsr(copy=True)
    scaled.data = scaled.data * np.repeat(scale, np.diff(scaled.indptr)).astype(scaled.dtype)
    return scaled


def taste_profiles(history: sparse.csr_matrix, features: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return each customer's taste: the weighted mean of the products had, scaled to length 1.

    history : (customers, products), >= 0, what each product says of the customer's taste.
    features : (products, features) of ``product_features``.

    Returns (customers, features) float32; empty for who has no history.
    """
    return unit_rows(history @ features).astype(np.float32)


@dataclass(frozen=True)
class ContentModel:
    """Scores products by how much they are like what a customer had.

    history : (customers, products) csr; features : (products, features) csr.
    """

    history: sparse.csr_matrix
    features: sparse.csr_matrix

    def score_rows(self, rows: np.ndarray, shown: np.ndarray | None = None) -> np.ndarray:
        """Return the cosines of the customers' tastes and the products.

        rows : index array of customers. shown : index array of products; all by default.

        Returns (len(rows), products) float32 in [0, 1], 0 for who has no history.
        """
        offered = self.features if shown is None else self.features[shown]
        scores = np.empty((len(rows), offered.shape[0]), dtype=np.float32)
        for start in range(0, len(rows), _CHUNK):
            some = slice(start, start + _CHUNK)
            profiles = taste_profiles(self.history[rows[some]], self.features)
            scores[some] = (offered @ profiles.T.toarray()).T
        return np.clip(scores, 0, 1, out=scores)
