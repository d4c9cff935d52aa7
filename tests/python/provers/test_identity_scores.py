"""Scores of identity on a handful of rows, and what a fault costs."""

import pyarrow as pa
import pytest

from personalization.provers.identity import page
from personalization.provers.identity_scores import (
    CaseScore,
    PairScores,
    case_scores,
    kept_ids,
    pair_scores,
)

# Ada has three identifiers, Bo two, Cy one: four pairs.
PEOPLE = ["ada", "ada", "ada", "bo", "bo", "cy"]
GIVEN = ["identifier_type", "identifier_value", "customer_id"]
PAIR = ["identifier_type", "identifier_value", "other_type", "other_value"]


def owned(*customers: str | None) -> pa.Table:
    return pa.table({"person_id": PEOPLE, "customer_id": pa.array(customers, pa.string())})


def given(customers: dict[str, str | None]) -> pa.Table:
    """Identifiers written `type value`, each with its customer."""
    rows = [(*name.split(), customer) for name, customer in customers.items()]
    return pa.table([pa.array(c, pa.string()) for c in zip(*rows, strict=True)], names=GIVEN)


def cases(*rows: tuple[str, str, str, str, str]) -> pa.Table:
    """Pairs written (case, instance, kind, one, other)."""
    split = [(*row[:3], *row[3].split(), *row[4].split()) for row in rows]
    names = ["case_name", "instance", "kind", *PAIR]
    return pa.table([pa.array(c, pa.string()) for c in zip(*split, strict=True)], names=names)


@pytest.mark.parametrize(
    ("customers", "scores"),
    [
        (("1", "1", "1", "2", "2", "3"), PairScores(true=4, claimed=4, right=4)),
        # Cy is merged into Bo: two wrong pairs.
        (("1", "1", "1", "2", "2", "2"), PairScores(true=4, claimed=6, right=4)),
        # One of Ada's stays alone, one goes to Bo: two pairs of hers are lost each time.
        (("1", "1", "9", "2", "2", "3"), PairScores(true=4, claimed=2, right=2)),
        (("1", "1", "2", "2", "2", "3"), PairScores(true=4, claimed=4, right=2)),
        # What was given to nobody is not one customer.
        ((None, None, None, "2", "2", None), PairScores(true=4, claimed=1, right=1)),
        (("1",) * 6, PairScores(true=4, claimed=15, right=4)),
    ],
)
def test_pairs_are_counted_by_hand(customers, scores):
    assert pair_scores(owned(*customers)) == scores


def test_precision_is_of_what_was_claimed_and_recall_of_what_is_true():
    scores = PairScores(true=10, claimed=5, right=4)
    assert (scores.precision, scores.recall) == (0.8, 0.4)


CASES = cases(
    ("kiosk", "0", "must_not_merge", "shop_customer_id 1", "shop_customer_id 2"),
    ("kiosk", "0", "must_not_merge", "shop_customer_id 1", "shop_customer_id 3"),
    ("kiosk", "1", "must_not_merge", "shop_customer_id 4", "shop_customer_id 5"),
    ("guest", "0", "must_merge", "shop_customer_id 1", "order_id 1"),
    ("guest", "0", "must_merge", "shop_customer_id 1", "order_id 2"),
    ("guest", "1", "must_merge", "shop_customer_id 2", "order_id 3"),
)
RIGHT = {f"shop_customer_id {n}": f"c{n}" for n in range(1, 6)}
RIGHT |= {"order_id 1": "c1", "order_id 2": "c1", "order_id 3": "c2"}


@pytest.mark.parametrize(
    ("fault", "guest", "kiosk"),
    [
        ({}, 2, 2),
        ({"shop_customer_id 3": "c1"}, 2, 1),
        ({"shop_customer_id 5": "c4"}, 2, 1),
        ({"order_id 2": "c2"}, 1, 2),
        ({"order_id 2": None}, 1, 2),
        # Two that were given to nobody are neither merged wrongly nor rightly.
        ({"shop_customer_id 4": None, "shop_customer_id 5": None}, 2, 2),
        ({"shop_customer_id 2": None, "order_id 3": None}, 1, 2),
    ],
)
def test_an_instance_is_right_if_all_its_pairs_are(fault, guest, kiosk):
    assert case_scores(CASES, given(RIGHT | fault)) == [
        CaseScore("guest", "must_merge", guest, 2),
        CaseScore("kiosk", "must_not_merge", kiosk, 2),
    ]


def test_an_identifier_that_was_not_published_is_not_merged():
    some = {name: customer for name, customer in RIGHT.items() if name != "order_id 3"}
    assert case_scores(CASES, given(some))[0].right == 1


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        ({"email a": "1", "phone a": "1", "email b": "2"}, (2, 2)),
        ({"email a": "9", "phone a": "9", "email b": "2"}, (2, 1)),
        # Whose links changed may change; whose did not may not.
        ({"email a": "9", "phone a": "1", "email b": "2"}, (1, 1)),
        ({"email a": "1", "phone a": "1", "email b": "8", "email c": "8"}, (1, 1)),
        ({"email a": "2", "phone a": "2", "email b": "1"}, (2, 0)),
    ],
)
def test_who_has_the_same_identifiers_has_to_keep_the_id(after, kept):
    before = {"phone a": "1", "email a": "1", "email b": "2"}
    assert kept_ids(given(before), given(after)) == kept


def test_the_page_has_a_row_per_case():
    scores = [CaseScore("kiosk", "must_merge", 3, 3), CaseScore("kiosk", "must_not_merge", 2, 3)]
    assert page(scores).splitlines()[2:] == ["| kiosk | 2 of 3 | 3 of 3 |"]
