"""Off-policy estimates of past lists: what they are, and when they are withheld."""

import numpy as np
import pyarrow as pa
import pytest

from personalization.recommenders import off_policy
from personalization.recommenders.policy_estimates import SCHEMA, Settings, evaluate

ROWS = pa.schema(
    [
        ("policy", pa.string()),
        ("send_id", pa.string()),
        ("place", pa.int32()),
        ("customer_id", pa.string()),
        ("bucket", pa.int64()),
        ("product_id", pa.string()),
        ("policy_product_id", pa.string()),
        ("propensity", pa.float64()),
        ("is_clicked", pa.bool_()),
        ("is_bought", pa.bool_()),
    ]
)
SHIPPED = Settings()
SMALL = Settings(min_effective_sample_size=1, max_weight_gap=9, min_rewarded_customers=1)


def rows(policy: str, *impressions: tuple) -> pa.Table:
    """Return impressions: customer, shown, wanted, propensity, clicked and bought of each."""
    found = [
        {
            "policy": policy,
            "send_id": f"s{number:05d}",
            "place": 1,
            "customer_id": customer,
            "bucket": sum(map(ord, customer)),
            "product_id": shown,
            "policy_product_id": wanted,
            "propensity": propensity,
            "is_clicked": clicked,
            "is_bought": bought,
        }
        for number, (customer, shown, wanted, propensity, clicked, bought) in enumerate(impressions)
    ]
    return pa.Table.from_pylist(found, ROWS)


def explored(n: int, *, wanted: str = "tea", seed: int = 1) -> pa.Table:
    """Return n sends of tea or mug, half each; tea is clicked by 0.5, mug by 0.2 of customers."""
    chance = np.random.default_rng(seed)
    shown = chance.choice(["tea", "mug"], n)
    clicked = chance.random(n) < np.where(shown == "tea", 0.5, 0.2)
    return rows(
        "popular",
        *((f"c{k}", str(shown[k]), wanted, 0.5, bool(clicked[k]), None) for k in range(n)),
    )


def found(table: pa.Table, metric: str = "click", settings: Settings = SHIPPED) -> dict:
    return {
        row["estimator"]: row
        for row in evaluate([table], settings).to_pylist()
        if row["metric"] == metric
    }


def test_estimates_by_hand():
    table = rows(
        "popular",
        ("a", "tea", "tea", 0.5, True, None),
        ("b", "mug", "tea", 0.5, True, None),
        ("c", "tea", "tea", 0.25, False, None),
        ("d", "tea", "tea", 0.5, True, None),
    )
    estimates = found(table, settings=SMALL)
    # Weights 2, 0, 4, 2; weighted rewards 2, 0, 0, 2.
    assert estimates["ips"]["value"] == 1
    assert estimates["snips"]["value"] == 4 / 8
    # Everyone is in a fold alone (buckets 97 to 100). The mean of the others is 2/3, 2/3, 1, 2/3;
    # with 20 rows of it, tea is (1 + 40/3)/22, (2 + 40/3)/23, (2 + 20)/22 and (1 + 40/3)/22, and
    # for b mug is not seen: 2/3.
    tea = [(1 + 40 / 3) / 22, (2 + 40 / 3) / 23, 1, (1 + 40 / 3) / 22]
    by_hand = [tea[0] + 2 * (1 - tea[0]), tea[1], 1 + 4 * (0 - 1), tea[3] + 2 * (1 - tea[3])]
    assert estimates["doubly robust"]["value"] == pytest.approx(np.mean(by_hand))
    for estimate in estimates.values():
        assert (estimate["n"], estimate["mean_weight"], estimate["logged_value"]) == (4, 2, 0.75)
        assert estimate["effective_sample_size"] == pytest.approx(8**2 / (4 + 16 + 4))
        assert estimate["ci_low"] < estimate["value"] < estimate["ci_high"]
        assert estimate["status"] == "estimated"


def test_the_intervals_hold_what_the_policy_earns_and_the_log_does_not():
    for estimate in found(explored(4000)).values():
        assert estimate["status"] == "estimated"
        assert estimate["ci_low"] < 0.5 < estimate["ci_high"]
        assert estimate["logged_value"] < 0.4 < estimate["ci_low"]


def test_a_policy_that_shows_what_the_log_never_could_is_given_no_number():
    for estimate in found(explored(4000, wanted="jam")).values():
        assert estimate["value"] is estimate["ci_low"] is estimate["ci_high"] is None
        assert (estimate["status"], estimate["mean_weight"]) == ("too little overlap", 0)
        assert estimate["logged_value"] > 0


def test_a_policy_that_shows_it_at_some_places_is_given_none_either():
    partly = pa.concat_tables([explored(4000), explored(1000, wanted="jam", seed=2)])
    assert {each["status"] for each in found(partly).values()} == {"too little overlap"}
    # Less off than 0.1, and yet more than by chance.
    hardly = pa.concat_tables([explored(20000), explored(1200, wanted="jam", seed=2)])
    [mean_weight] = {each["mean_weight"] for each in found(hardly).values()}
    assert 0.9 < mean_weight < 0.97
    assert {each["status"] for each in found(hardly).values()} == {"too little overlap"}


def exactly(shown: int, others: int) -> pa.Table:
    """Return sends of tea, of which 12 are clicked, and of mug, half the chance for each."""
    return rows(
        "popular",
        *((f"t{k}", "tea", "tea", 0.5, k < 12, None) for k in range(shown)),
        *((f"m{k}", "mug", "tea", 0.5, False, None) for k in range(others)),
    )


def test_thirty_effective_rows_are_enough_and_fewer_are_not():
    assert {each["status"] for each in found(exactly(30, 30)).values()} == {"estimated"}
    assert found(exactly(30, 30))["ips"]["effective_sample_size"] == pytest.approx(30)
    assert {each["status"] for each in found(exactly(29, 29)).values()} == {"too little overlap"}


def test_a_mean_weight_off_by_chance_is_told_up_to_a_tenth():
    # 2 x 32 / 60 is 1.07; 2 x 34 / 60 is 1.13, and yet within its own interval.
    assert {each["status"] for each in found(exactly(32, 28)).values()} == {"estimated"}
    assert {each["status"] for each in found(exactly(34, 26)).values()} == {"too little overlap"}
    wide = Settings(max_weight_gap=0.2)
    assert {each["status"] for each in found(exactly(34, 26), settings=wide).values()} == {
        "estimated"
    }


def test_ten_customers_with_a_reward_that_counts_are_enough_and_nine_are_not():
    few = [("tea", "tea", 0.5, True, None)] * 9 + [("mug", "tea", 0.5, True, None)] * 5
    rest = [("tea", "tea", 0.5, False, None)] * 31 + [("mug", "tea", 0.5, False, None)] * 35
    nine = [(f"c{k}", *each) for k, each in enumerate(few + rest)]
    assert {each["status"] for each in found(rows("popular", *nine)).values()} == {
        "too few rewards"
    }
    # One more click of somebody who clicked before changes nothing; of somebody else it does.
    again = [("c0", *nine[20][1:4], True, None) if k == 20 else each for k, each in enumerate(nine)]
    assert {each["status"] for each in found(rows("popular", *again)).values()} == {
        "too few rewards"
    }
    ten = [(*nine[20][:4], True, None) if k == 20 else each for k, each in enumerate(nine)]
    assert {each["status"] for each in found(rows("popular", *ten)).values()} == {"estimated"}


def test_an_interval_without_width_is_not_told():
    alike = rows("logged", *((f"c{k}", "tea", "tea", 0.5, True, None) for k in range(40)))
    assert found(alike)["logged mean"]["status"] == "too few rewards"
    assert found(alike)["logged mean"]["value"] is None


def test_what_was_sent_has_its_mean_alone():
    logged = explored(400).set_column(0, "policy", pa.array(["logged"] * 400))
    assert list(found(logged)) == ["logged mean"]
    row = found(logged)["logged mean"]
    assert row["value"] == row["logged_value"] == np.mean(logged["is_clicked"].to_pylist())
    assert (row["n"], row["effective_sample_size"], row["mean_weight"]) == (400, 400, 1)


def test_places_whose_reward_is_not_known_yet_do_not_count():
    for row in found(explored(400), metric="purchase").values():
        assert (row["n"], row["status"], row["mean_weight"]) == (0, "no sends", None)
    half = rows(
        "logged",
        *((f"c{k}", "tea", "tea", 0.5, None, None if k % 2 else k < 40) for k in range(80)),
    )
    row = found(half, metric="purchase")["logged mean"]
    assert (row["n"], row["value"], row["status"]) == (40, 0.5, "estimated")


def test_without_sends_the_table_is_empty_and_typed():
    for tables in ([], [ROWS.empty_table()]):
        assert evaluate(tables, SHIPPED) == SCHEMA.empty_table()


def test_the_order_of_rows_changes_no_bit():
    # Chances whose weights are no round numbers, so that each order of adding rounds otherwise.
    chances = pa.array(0.5 + np.random.default_rng(3).uniform(-0.02, 0.02, 500))
    table = explored(500)
    table = table.set_column(table.schema.get_field_index("propensity"), "propensity", chances)
    assert {each["status"] for each in found(table).values()} == {"estimated"}
    shuffled = table.take(np.random.default_rng(2).permutation(500))
    assert evaluate([shuffled], SHIPPED) == evaluate([table], SHIPPED)
    # Also in chunks, as a database may hand them out.
    parts = pa.concat_tables([shuffled.slice(0, 99), shuffled.slice(99)])
    assert evaluate([parts], SHIPPED) == evaluate([table], SHIPPED)


def test_nobody_is_predicted_from_rows_of_their_own(monkeypatch):
    seen = []
    rates = off_policy.fold_rates

    def spy(log, products, count, fold, **settings):
        seen.extend(zip(log.customers.tolist(), fold.tolist(), strict=True))
        return rates(log, products, count, fold, **settings)

    monkeypatch.setattr(off_policy, "fold_rates", spy)
    evaluate([pa.concat_tables([explored(300), explored(300, seed=2)])], SMALL)
    assert len(seen) == 600
    assert len(set(seen)) == len({customer for customer, _ in seen}) == 300
    assert {fold for _, fold in seen} == {0, 1, 2, 3, 4}
