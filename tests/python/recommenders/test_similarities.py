import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from personalization.recommenders import most_similar as blocks, similarities

CONTENT = {
    "text_weight": 1.0,
    "category_weight": 1.0,
    "brand_weight": 0.5,
    "price_weight": 0.5,
    "price_bands": 4,
}
SETTINGS = similarities.Settings(
    length=3,
    min_support=1,
    min_deviations=0.0,
    damping=0.0,
    max_basket=100,
    max_sharing=1000,
    content=CONTENT,
)


def settings(**changed):
    return dataclasses.replace(SETTINGS, **changed)


def together(rows, customers=None, shown=None, **changed):
    """Who is beside whom, as {product: [(similar, score, support), ...]} in the order of ranks."""
    held = sparse.csr_matrix(np.array(rows))
    customers = np.arange(len(rows)) if customers is None else np.array(customers)
    shown = np.arange(held.shape[1]) if shown is None else np.array(shown, dtype=int)
    return listed(similarities.bought_together(held, customers, shown, settings(**changed)))


def listed(found):
    lists = {}
    for product, similar, rank, score, support in zip(*found, strict=True):
        mine = lists.setdefault(int(product), [])
        mine.append((int(similar), float(score), int(support)))
        assert rank == len(mine)
    return lists


# Tea and mug are in two baskets together, of four and two; a rake once with tea. The sizes are 2,
# 2, 2, 1 and 1: by chance a pair would meet in n_i n_j (2 + 2 + 2) / 8^2 baskets.
BASKETS = [[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1]]
CHANCE = 4 * 2 * 6 / 64
TEA_MUG, TEA_RAKE = (2 - CHANCE) / 8**0.5, (1 - CHANCE) / 8**0.5


def test_the_score_is_the_cosine_of_the_baskets_less_what_chance_explains():
    found = together(BASKETS)
    assert found[0] == [
        (1, pytest.approx(TEA_MUG, abs=1e-6), 2),
        (2, pytest.approx(TEA_RAKE, abs=1e-6), 1),
    ]
    assert found[1] == [(0, pytest.approx(TEA_MUG, abs=1e-6), 2)]


def test_in_a_world_of_chance_a_best_seller_goes_with_few():
    random = np.random.default_rng(2)
    shares = np.append([0.2, 0.1], np.full(140, 0.005))
    baskets = np.zeros((1500, 142), dtype=int)
    for basket, size in zip(baskets, random.integers(1, 25, 1500), strict=True):
        basket[random.choice(142, size, p=shares)] = 1
    found = together(baskets, length=1)
    beside = [rows[0][0] for rows in found.values()]
    assert len(found) > 130
    assert beside.count(0) + beside.count(1) < 0.1 * len(beside)


def test_pairs_that_chance_may_explain_are_left_out():
    # Tea and mug meet 1.25 baskets above chance, whose deviation is the root of .75: 1.44 of them.
    assert {0, 1} == set(together(BASKETS, min_deviations=1.4))
    assert together(BASKETS, min_deviations=1.5) == {}


def test_what_few_customers_had_together_is_damped():
    found = together(BASKETS, damping=2.0)
    assert found[1] == [(0, pytest.approx(TEA_MUG * 2 / 4, abs=1e-6), 2)]


def test_support_counts_customers_and_the_score_their_baskets():
    found = together(BASKETS, customers=[7, 7, 5, 7, 5])
    assert found[1] == [(0, pytest.approx(TEA_MUG, abs=1e-6), 1)]


def test_a_customer_supports_a_pair_only_with_both_in_one_basket():
    assert together([[1, 0], [0, 1]], customers=[1, 1]) == {}


def test_pairs_with_less_than_the_least_support_are_left_out():
    found = together(BASKETS, min_support=2)
    assert {product: [row[0] for row in rows] for product, rows in found.items()} == {
        0: [1],
        1: [0],
    }
    assert together(BASKETS, customers=[1] * 5, min_support=2) == {}


def test_a_basket_of_everything_says_nothing_of_any_pair():
    everything = [*BASKETS, [1, 1, 1]]
    assert together(everything, max_basket=2) == together(BASKETS, max_basket=2)
    assert together(everything) != together(BASKETS)


def test_only_what_is_shown_is_similar_and_the_first_of_equals_is_in_front():
    pairs = [[1, 1, 1, 1]]
    assert [row[0] for row in together(pairs, shown=[3, 1])[0]] == [3, 1]
    assert [row[0] for row in together(pairs, shown=[3, 1])[3]] == [1]
    assert [row[0] for row in together(pairs, shown=[0, 1, 2, 3], length=2)[1]] == [0, 2]


def brute_force(held, customers, shown, chosen):
    """Pairs one by one, from the definition."""
    held = (
        held[held.sum(axis=1) <= chosen.max_basket],
        customers[held.sum(axis=1) <= chosen.max_basket],
    )
    baskets, owners = held
    lists = {}
    for product in range(baskets.shape[1]):
        rows = []
        for place, similar in enumerate(shown):
            both = (baskets[:, product] > 0) & (baskets[:, similar] > 0)
            support = len(set(owners[both]))
            if similar == product or support < chosen.min_support:
                continue
            either = baskets[:, product].sum() * baskets[:, similar].sum()
            sizes = baskets.sum(axis=1)
            expected = either * (sizes * (sizes - 1)).sum() / sizes.sum() ** 2
            score = (both.sum() - expected) / either**0.5 * support / (support + chosen.damping)
            is_chance = both.sum() - expected < chosen.min_deviations * expected**0.5
            if round(score, 6) > 0 and not is_chance:
                rows.append((-round(score, 6), place, int(similar), support))
        if rows:
            lists[product] = [(s, -m, n) for m, _, s, n in sorted(rows)[: chosen.length]]
    return lists


@pytest.mark.parametrize("block", [1, 50, 10**6])
@pytest.mark.parametrize("seed", range(3))
def test_blocks_of_any_size_agree_with_the_definition(seed, block, monkeypatch):
    monkeypatch.setattr(blocks, "_BLOCK", block)
    random = np.random.default_rng(seed)
    held = (random.random((80, 25)) < random.random(25) * 0.5).astype(int)
    customers = random.integers(0, 20, 80)
    shown = random.permutation(25)[:18]
    chosen = settings(length=4, min_support=2, min_deviations=0.5, damping=1.5, max_basket=8)
    found = similarities.bought_together(sparse.csr_matrix(held), customers, shown, chosen)
    expected = brute_force(held, customers, shown, chosen)
    assert listed(found) == {
        product: [(s, pytest.approx(score, abs=1e-9), n) for s, score, n in rows]
        for product, rows in expected.items()
    }


@pytest.mark.parametrize("block", [1, 10**6])
def test_content_is_compared_by_cosine_over_what_few_share(block, monkeypatch):
    monkeypatch.setattr(blocks, "_BLOCK", block)
    features = sparse.csr_matrix(
        np.array([[3, 4, 0, 1], [3, 0, 0, 1], [0, 4, 3, 1], [0, 0, 0, 1.0]], dtype=np.float32)
    )
    shown = np.array([2, 1, 0])
    found = listed(similarities.similar_content(features, shown, settings(max_sharing=3)))
    assert found == {
        0: [(2, pytest.approx(16 / 25), 1), (1, pytest.approx(3 / 5), 1)],
        1: [(0, pytest.approx(3 / 5), 1)],
        2: [(0, pytest.approx(16 / 25), 1)],
    }
    everything = listed(similarities.similar_content(features, shown, settings(max_sharing=4)))
    assert everything[0][0][2] == 2
    assert set(everything) == {0, 1, 2, 3}


IDS = ["tea", "pot", "mug", "rake", "card"]
SHOP = {
    "product_id": IDS,
    "title": ["green tea", "tea pot", "tea mug", "rake", None],
    "description": [None] * 5,
    "tags": [None] * 5,
    "category": ["Drinks", "Drinks", "Drinks", "Garden", None],
    "brand": [None] * 5,
    "price": [1.0, 2.0, 3.0, 4.0, None],
    "is_sellable": [True, True, False, True, True],
}
SCHEMA = pa.schema(
    [(name, pa.string()) for name in list(SHOP)[:6]]
    + [("price", pa.float64()), ("is_sellable", pa.bool_())]
)
BOUGHT = [
    (0, 4, "tea"),
    (0, 4, "pot"),
    (1, 5, "tea"),
    (1, 5, "pot"),
    (2, 5, "tea"),
    (2, 5, "mug"),
    (2, 5, "gone"),
    (3, 6, "gone"),
    (3, 6, "tea"),
]


def products(rows=slice(None)):
    return pa.table({name: column[rows] for name, column in SHOP.items()}, schema=SCHEMA)


def baskets(rows):
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    names = ["basket_number", "customer_number", "product_id"]
    kinds = pa.schema(zip(names, [pa.int64(), pa.int64(), pa.string()], strict=True))
    return pa.table(dict(zip(names, map(list, columns), strict=True)), schema=kinds)


def similar(bought, catalogue, **changed):
    table = similarities.similar_products(baskets(bought), catalogue, settings(**changed))
    assert table.schema == similarities.SCHEMA
    lists = {}
    for row in table.to_pylist():
        lists.setdefault((row["method"], row["product_id"]), []).append(row["similar_product_id"])
    return lists


def test_products_are_listed_by_both_methods_and_only_sellable_ones_beside_them():
    found = similar(BOUGHT, products())
    assert found["bought_together", "tea"] == ["pot"]
    assert found["bought_together", "mug"] == ["tea"]
    assert set(found["similar_content", "mug"]) == {"tea", "pot"}
    assert "mug" not in {name for names in found.values() for name in names}


def test_what_is_in_no_catalogue_is_listed_nowhere():
    found = similar(BOUGHT, products())
    assert "gone" not in {product for _, product in found}
    assert "gone" not in {name for names in found.values() for name in names}


def test_of_products_alike_the_more_bought_then_the_first_id_is_in_front():
    names = ["d", "c", "b", "a"]
    catalogue = pa.table(
        {name: pa.array([column[0]] * 4, SCHEMA.field(name).type) for name, column in SHOP.items()}
        | {"product_id": names}
    )
    assert similar([], catalogue)["similar_content", "a"] == ["b", "c", "d"]
    assert similar([(0, 0, "d")], catalogue)["similar_content", "a"] == ["d", "b", "c"]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_changes_nothing(seed):
    random = np.random.default_rng(seed)
    bought = [
        (int(basket), int(basket) // 3, f"p{product}")
        for basket, product in np.argwhere(random.random((60, 30)) < 0.2)
    ]
    words = np.array([f"w{number}" for number in range(12)])
    catalogue = pa.table(
        {
            "product_id": [f"p{number}" for number in range(30)],
            **{
                name: [" ".join(random.choice(words, 3)) for _ in range(30)]
                for name in ("title", "description", "tags", "category", "brand")
            },
            "price": random.random(30),
            "is_sellable": random.random(30) < 0.8,
        }
    )
    chosen = settings(length=5, damping=2.0, max_basket=9)
    expected = similarities.similar_products(baskets(bought), catalogue, chosen)
    assert expected.num_rows > 100
    shuffled = similarities.similar_products(
        baskets([bought[row] for row in random.permutation(len(bought))]),
        catalogue.take(random.permutation(30)),
        chosen,
    )
    assert shuffled.equals(expected)


@pytest.mark.parametrize(
    ("bought", "rows"),
    [([], slice(0)), ([], slice(1)), (BOUGHT, slice(0)), (BOUGHT, slice(1)), ([], slice(4, 5))],
    ids=["nothing", "one product", "no catalogue", "one product bought", "one without a word"],
)
def test_too_little_to_compare_gives_an_empty_typed_table(bought, rows):
    assert similar(bought, products(rows)) == {}


def test_nothing_sellable_leaves_nothing_to_show():
    sold_out = products().set_column(7, "is_sellable", pa.array([False] * 5))
    assert similar(BOUGHT, sold_out) == {}


def test_another_setting_is_another_version_and_an_unknown_one_is_refused():
    assert settings(damping=1.0).version != SETTINGS.version
    assert settings(content=CONTENT | {"price_bands": 5}).version != SETTINGS.version
    with pytest.raises(TypeError, match="depth"):
        similar(BOUGHT, products(), content=CONTENT | {"depth": 2})
