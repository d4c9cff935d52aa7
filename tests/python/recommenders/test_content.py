import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from personalization.recommenders import content

SETTINGS = content.Settings(
    text_weight=1.0, category_weight=1.0, brand_weight=0.5, price_weight=0.5, price_bands=2
)
COLUMNS = ["title", "description", "tags", "category", "brand", "price"]
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS[:-1]] + [("price", pa.float64())])
SHOP = [
    ("Green tea", "Fresh leaves from Japan", "organic, loose", "Drinks > Tea", "Leaf", 5.0),
    ("Black tea", "Strong leaves from Assam", "loose", "Drinks > Tea", "Leaf", 6.0),
    ("Iron rake", "Rakes leaves and soil", "garden", "Garden > Tools", "Oak", 30.0),
    ("Garden twine", None, None, "Garden > Tools", "Oak", 4.0),
    ("Gift card", None, None, None, None, None),
]


def table(rows):
    columns = zip(*rows, strict=True) if rows else [[]] * len(COLUMNS)
    return pa.table(dict(zip(COLUMNS, map(list, columns), strict=True)), schema=SCHEMA)


def features(rows, settings=SETTINGS):
    return content.product_features(table(rows), settings)


def cosines(rows, settings=SETTINGS):
    found = features(rows, settings)
    return (found @ found.T).toarray()


def taste(bought, products=5):
    return sparse.csr_matrix(np.array(bought, dtype=np.float32).reshape(-1, products))


def test_products_of_one_kind_are_alike_and_others_are_not():
    alike = cosines(SHOP)
    assert alike[0].argsort()[::-1][:2].tolist() == [0, 1]
    assert alike[2].argsort()[::-1][:2].tolist() == [2, 3]
    assert alike[0, 1] > 0.3 > alike[0, 2] > 0
    assert alike[4, :4].tolist() == [0, 0, 0, 0]


def test_rows_have_length_one_unless_nothing_is_known_of_the_product():
    nothing = (None, " ", ",", " > ", "", None)
    lengths = np.sqrt(features([*SHOP, nothing]).power(2).sum(axis=1))
    assert np.ravel(lengths) == pytest.approx([1, 1, 1, 1, 1, 0])


@pytest.mark.parametrize(
    ("part", "one", "other"),
    [
        ("title", ("tea", None, None, None, None, None), ("TEA!", None, None, None, None, None)),
        ("description", (None, "a cup", None, None, None, None), (None, "cup", *[None] * 4)),
        ("tags", (None, None, "eco, raw", None, None, None), (None, None, "Raw", *[None] * 3)),
        ("level", (*[None] * 3, "a > b", None, None), (*[None] * 3, "a > c", None, None)),
        ("brand", (*[None] * 4, "Oak", None), (*[None] * 4, " oak", None)),
        ("price", (*[None] * 5, 1.0), (*[None] * 5, 1.1)),
    ],
)
def test_every_part_of_a_product_counts(part, one, other):
    others = [(f"filler {number}", None, None, None, None, 90.0) for number in range(4)]
    assert cosines([one, other, *others])[0, 1] > 0, part


def test_the_same_name_at_another_place_is_another_category():
    alike = cosines([(*[None] * 3, "Tea > Pots", None, None), (*[None] * 3, "Pots", None, None)])
    assert alike[0, 1] == 0
    assert content.category_levels(" a >b > c") == ["a", "a > b", "a > b > c"]


def test_a_rare_word_says_more_than_one_that_all_have():
    rows = [(f"{word} shirt", *[None] * 5) for word in ("red", "red", "blue", "green", "white")]
    alike = cosines(rows)
    assert alike[0, 1] > 2 * alike[0, 2] > 0


def test_a_long_description_does_not_drown_category_and_brand():
    long = " ".join(f"word{number}" for number in range(300))
    alike = cosines([("x", long, None, "a", "b", None), ("y", None, None, "a", "b", None), *SHOP])
    assert alike[0, 1] > 0.4


def test_a_weight_of_nothing_takes_its_part_out():
    without = content.Settings(
        text_weight=1.0, category_weight=1.0, brand_weight=0.0, price_weight=0.5, price_bands=2
    )
    rows = [(None, None, None, None, "oak", None), (None, None, None, None, "oak", None)]
    assert cosines(rows)[0, 1] == pytest.approx(1)
    assert cosines(rows, without)[0, 1] == 0


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Зелёный чай, 100", ["зелёный", "чай", "100"]),
        ("हिन्दी चाय", ["हिन्दी", "चाय"]),
        ("שָׁלוֹם", ["שָׁלוֹם"]),
        ("緑茶セット x2", ["緑茶", "茶セ", "セッ", "ット", "x2"]),
        ("茶", ["茶"]),
        ("ชาเขียว", ["ชา", "าเ", "เข", "ขี", "ีย", "ยว"]),
        ("\uff34\uff25\uff21 Straße", ["tea", "strasse"]),
        ("!? _", []),
    ],
)
def test_words_of_any_script_are_found(text, tokens):
    assert list(content.tokens_of(text)) == tokens


def test_products_named_in_another_script_are_alike():
    rows = [("緑茶セット", *[None] * 5), ("有機緑茶", *[None] * 5), ("庭のはさみ", *[None] * 5)]
    alike = cosines(rows)
    assert alike[0, 1] > 0
    assert alike[0, 2] == 0


def test_prices_are_cut_into_bands_of_equal_size():
    prices = np.array([1.0, 2.0, 3.0, 4.0, np.nan])
    assert content.price_bands(prices, 2).tolist() == [0, 0, 1, 1, -1]
    assert content.price_bands(np.array([np.nan, np.nan]), 4).tolist() == [-1, -1]
    assert set(content.price_bands(np.full(9, 5.0), 4)) == {3}


@pytest.mark.parametrize(
    "rows",
    [
        [(None, None, None, "a > b", "oak", 3.0), (None, None, None, "a", None, 4.0)],
        [("tea", None, None, None, None, None), ("tea pot", None, None, None, None, None)],
        [("tea", None, None, None, None, None)],
        [(None, None, None, None, None, None)] * 3,
        [],
    ],
    ids=["all text null", "all prices null", "one product", "nothing known", "no product"],
)
def test_gaps_in_the_catalogue_leave_a_model_that_scores(rows):
    found = features(rows)
    assert found.dtype == np.float32
    history = sparse.csr_matrix(np.ones((2, len(rows)), dtype=np.float32))
    scores = content.ContentModel(history, found).score_rows(np.arange(2))
    assert scores.shape == (2, len(rows))
    assert np.isfinite(scores).all()


def test_columns_that_are_null_throughout_may_come_without_a_type():
    empty = pa.table({name: pa.nulls(2) for name in COLUMNS})
    assert content.product_features(empty, SETTINGS).nnz == 0


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_rows_changes_no_bit_of_a_row(seed):
    random = np.random.default_rng(seed)
    words = [f"w{number}" for number in range(40)]
    rows = [
        (
            " ".join(random.choice(words, 9)),
            " ".join(random.choice(words, 30)),
            random.choice(words),
            f"a > {random.choice(words)}",
            str(random.choice(words)),
            float(random.random()),
        )
        for _ in range(60)
    ]
    order = random.permutation(len(rows))
    shuffled = features([rows[place] for place in order]).toarray()
    assert np.array_equal(shuffled, features(rows).toarray()[order])


def test_customers_are_shown_what_is_like_what_they_had():
    model = content.ContentModel(taste([[3, 0, 0, 0, 0], [0, 0, 0, 2, 0]]), features(SHOP))
    scores = model.score_rows(np.array([1, 0]))
    assert scores.dtype == np.float32
    assert scores[1].argsort()[::-1][:2].tolist() == [0, 1]
    assert scores[0].argsort()[::-1][:2].tolist() == [3, 2]


def test_a_taste_weighs_what_was_had_more_and_ignores_the_scale():
    leaning = taste([[9, 0, 1, 0, 0], [90, 0, 10, 0, 0], [1, 0, 9, 0, 0]])
    scores = content.ContentModel(leaning, features(SHOP)).score_rows(np.arange(3))
    assert scores[0, 1] > scores[2, 1]
    assert scores[0] == pytest.approx(scores[1])


def test_who_has_no_history_scores_nothing():
    scores = content.ContentModel(taste([[0, 0, 0, 0, 0]]), features(SHOP)).score_rows(np.arange(1))
    assert scores.tolist() == [[0, 0, 0, 0, 0]]


def test_scores_are_the_same_whether_alone_in_chunks_or_for_some_products():
    random = np.random.default_rng(3)
    history = sparse.csr_matrix((random.random((600, 5)) < 0.4).astype(np.float32))
    model = content.ContentModel(history, features(SHOP))
    scores = model.score_rows(np.arange(600))
    assert np.array_equal(model.score_rows(np.array([599, 3])), scores[[599, 3]])
    assert np.array_equal(model.score_rows(np.arange(9), np.array([4, 2])), scores[:9, [4, 2]])
    assert model.score_rows(np.array([], dtype=int)).shape == (0, 5)
