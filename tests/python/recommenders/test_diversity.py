import numpy as np
import pyarrow as pa
import pytest

from personalization.recommenders import diversity

NONE = -1
# Three teas of one kind, a mug, a jam of nothing that is known.
SCORES = np.array([[5.0, 4.0, 3.0, 2.0, 1.0]])
TRAITS = np.array([[[1, 1, 1], [1, 1, 2], [1, 1, 3], [2, 2, 4], [NONE, NONE, NONE]]])


def settings(amount, list_length=5):
    return diversity.Settings(diversity=amount, list_length=list_length)


def by_the_book(scores, traits, amount):
    """Carbonell & Goldstein's formula, one list, one product after the other."""
    low, high = min(scores), max(scores)
    relevance = [(score - low) / ((high - low) or 1) for score in scores]
    chosen = []
    while len(chosen) < len(scores):
        rest = [place for place in range(len(scores)) if place not in chosen]

        def gain(place):
            likest = max(
                (
                    sum(a == b != NONE for a, b in zip(traits[place], traits[c], strict=True)) / 3
                    for c in chosen
                ),
                default=0,
            )
            return (1 - amount) * relevance[place] - amount * likest

        chosen.append(max(rest, key=gain))
    return [chosen.index(place) + 1 for place in range(len(scores))]


def test_without_diversity_the_order_is_that_of_the_scores():
    assert diversity.places(SCORES, TRAITS, settings(0)).tolist() == [[1, 2, 3, 4, 5]]


def test_with_diversity_products_like_those_before_step_back():
    # Similar in 2 of 3 traits: tea 2 has .5 * .75 - .5 * 2/3 = .04, mug .5 * .25 = .125.
    assert diversity.places(SCORES, TRAITS, settings(0.5)).tolist() == [[1, 3, 5, 2, 4]]


def test_with_diversity_alone_the_first_still_leads_and_equals_go_by_score():
    assert diversity.places(SCORES, TRAITS, settings(1)).tolist() == [[1, 4, 5, 2, 3]]


@pytest.mark.parametrize("seed", range(20))
def test_many_lists_at_once_are_as_one_by_one_by_the_book(seed):
    random = np.random.default_rng(seed)
    lists, depth, amount = 7, 9, random.random()
    scores = -np.sort(-random.random((lists, depth)), axis=1)
    traits = random.integers(-1, 3, (lists, depth, 3))
    found = diversity.places(scores, traits, settings(amount, depth))
    expected = [by_the_book(*one, amount) for one in zip(scores, traits, strict=True)]
    assert found.tolist() == expected


def test_behind_the_list_what_is_left_keeps_its_order():
    found = diversity.places(SCORES, TRAITS, settings(0.5, list_length=2))
    assert found.tolist() == [[1, 3, 4, 2, 5]]


def test_a_short_list_beside_a_long_one_ends_where_it_ends():
    scores = np.array([[2.0, 1.0, 0.0], [5.0, np.nan, np.nan]])
    traits = np.full((2, 3, 3), NONE)
    assert diversity.places(scores, traits, settings(0.5)).tolist() == [[1, 2, 3], [1, 0, 0]]


def test_products_without_any_trait_are_like_none():
    nothing = np.full(3, NONE)
    assert diversity.similarity(nothing, nothing) == 0


def test_equal_scores_keep_their_order_where_nothing_is_alike():
    scores = np.zeros((1, 4))
    traits = np.arange(12).reshape(1, 4, 3)
    assert diversity.places(scores, traits, settings(0.9)).tolist() == [[1, 2, 3, 4]]


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan")])
def test_a_diversity_outside_its_range_is_an_error(amount):
    with pytest.raises(ValueError, match="diversity"):
        settings(amount)


def test_an_unknown_setting_is_an_error():
    with pytest.raises(TypeError):
        diversity.Settings(diversity=0.1, list_length=5, lambda_=0.5)


ROWS = pa.table(
    {
        "purpose": ["score"] * 3 + ["score", "test"] + ["score"] * 2,
        "customer_key": pa.array([1, 1, 1, 1, 1, 2, 2], pa.int32()),
        "list_name": ["for_you"] * 3 + ["discover", "discover"] + ["for_you"] * 2,
        "product_key": pa.array([1, 2, 3, 1, 1, 2, 1], pa.int32()),
        "score": [3.0, 2.9, 1.0, 1.0, 1.0, 2.0, 1.0],
        "model_rank": pa.array([1, 2, 3, 1, 1, 1, 2], pa.int32()),
    }
)
PRODUCTS = pa.table(
    {
        "product_key": pa.array([1, 2, 3], pa.int32()),
        "category_key": pa.array([1, 1, None], pa.int32()),
        "kind_key": pa.array([1, 1, 2], pa.int32()),
        "brand_key": pa.array([1, 1, 1], pa.int32()),
    }
)


@pytest.mark.parametrize("rows_at_once", [1, 2, 100])
def test_lists_of_customers_purposes_and_names_are_apart_however_they_arrive(rows_at_once):
    batches = ROWS.to_batches(max_chunksize=rows_at_once)
    found = diversity.diversify(batches, PRODUCTS, settings(0.7))
    assert found.schema == diversity.SCHEMA
    assert found["place"].to_pylist() == [1, 3, 2, 1, 1, 1, 2]
    assert found.drop_columns(["place"]) == ROWS.select(diversity.SCHEMA.names[:-1])


def test_without_rows_there_are_no_places():
    assert diversity.diversify([], PRODUCTS, settings(0.7)).num_rows == 0
