"""A simulated world is one that could be, and its truth is true."""

from pathlib import Path

import duckdb
import numpy as np
import pytest
from builds import ROOT

from personalization.landing.contract import SOURCES, raw_tables
from personalization.simulation import simulate
from personalization.simulation.seasons import Seasons
from personalization.simulation.world import World

SMALL = World(customers=700, seed=3)
CONTRACT = raw_tables(ROOT / SOURCES)


def write(world: World, out: Path) -> Path:
    simulate.simulate(world, out)
    return out


def rows(folder: Path) -> dict[str, list[tuple]]:
    """All rows of all tables, in the order they were written in."""
    with duckdb.connect() as connection:
        return {
            str(file.relative_to(folder)): connection.sql(f"from '{file}'").fetchall()
            for file in sorted(folder.rglob("*.parquet"))
        }


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A small world, made in three lots of people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulate, "PEOPLE_AT_ONCE", 300)
        return write(SMALL, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """A world that is large enough to count in."""
    return write(World(customers=20_000, seed=5), tmp_path_factory.mktemp("large"))


def ask(folder: Path, query: str) -> list[tuple]:
    """Query with every table's good rows as a view, and truth tables as truth_<name>."""
    with duckdb.connect() as connection:
        for file in folder.glob("*/typed.parquet"):
            connection.execute(f"create view {file.parent.name} as from '{file}'")
        for file in folder.glob("truth/*.parquet"):
            connection.execute(f"create view truth_{file.stem} as from '{file}'")
        return connection.sql(query).fetchall()


def test_the_same_settings_give_the_same_rows_and_another_seed_gives_others(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    first, again, other = (
        rows(write(World(200, seed), tmp_path / name))
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    assert first == again
    assert first["shop_orders/typed.parquet"] != other["shop_orders/typed.parquet"]


@pytest.mark.parametrize("table", sorted(CONTRACT))
def test_keys_are_unique_over_all_lots_of_people(small, table):
    key = ", ".join(CONTRACT[table]["config"]["meta"]["key"])
    assert ask(small, f"select {key} from {table} group by all having count(*) > 1") == []
    assert ask(small, f"select count(*) from {table}") != [(0,)]


@pytest.mark.parametrize(
    ("child", "column", "parent"),
    [
        ("shop_order_lines", "order_id", "shop_orders"),
        ("shop_order_lines", "product_id", "shop_products"),
        ("shop_refunds", "order_line_id", "shop_order_lines"),
        ("shop_orders", "shop_customer_id", "shop_customers"),
        ("shop_customers", "contact_id", "crm_contacts"),
        ("esp_sends", "message_id", "esp_messages"),
        ("esp_sends", "subscriber_id", "esp_subscribers"),
        ("esp_events", "send_id", "esp_sends"),
        ("web_events", "order_id", "shop_orders"),
        ("web_events", "send_id", "esp_sends"),
        ("web_events", "product_id", "shop_products"),
        ("truth_orders", "order_id", "shop_orders"),
        ("truth_sends", "send_id", "esp_sends"),
        ("truth_orders", "person_id", "truth_people"),
    ],
)
def test_every_reference_is_met(small, child, column, parent):
    assert ask(small, f"select count({column}) > 0 from {child}") == [(True,)]
    lost = f"select {column} from {child} where {column} not in (select {column} from {parent})"
    assert ask(small, lost) == []


def test_the_order_that_completes_a_visit_is_placed_in_that_second_on_that_device(small):
    apart = """select * from web_events inner join shop_orders using (order_id)
        where occurred_at != ordered_at or web_events.anonymous_id != shop_orders.anonymous_id"""
    assert ask(small, apart) == []


def test_totals_of_an_order_are_those_of_its_lines(small):
    wrong = """with goods as (
            select order_id, sum(quantity * unit_price) as gross, sum(discount_total) as discount
            from shop_order_lines group by all
        )
        select order_id from shop_orders inner join goods using (order_id)
        where subtotal != gross or discount_total != discount
        or total != subtotal - discount_total + tax_total + shipping_total"""
    assert ask(small, wrong) == []


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("shop_orders", "ordered_at"),
        ("shop_refunds", "refunded_at"),
        ("web_events", "occurred_at"),
        ("esp_sends", "sent_at"),
        ("esp_events", "occurred_at"),
        ("consent_events", "occurred_at"),
    ],
)
def test_nothing_happens_from_the_end_of_the_world_on(small, table, column):
    assert ask(small, f"select max({column}) < timestamp '{SMALL.end}' from {table}") == [(True,)]


def test_nothing_is_mailed_to_those_who_left(small):
    mailed = """select sends.send_id from esp_sends as sends
        inner join esp_messages using (message_id)
        inner join esp_sends as earlier using (subscriber_id)
        inner join esp_events as events on events.send_id = earlier.send_id
        where events.event_type = 'unsubscribe' and sends.sent_at > events.occurred_at
        and content_type != 'transactional'"""
    assert ask(small, "select count(*) > 0 from esp_events where event_type = 'unsubscribe'") == [
        (True,)
    ]
    assert ask(small, mailed) == []


@pytest.mark.parametrize("table", ["shop_orders", "shop_order_lines", "shop_refunds"])
def test_the_truth_says_whose_each_broken_row_is(small, table):
    (key,) = CONTRACT[table]["config"]["meta"]["key"]
    # A row whose value can't be read stays fit, under an id of its own.
    broken = f"""select person_id, count(*) from '{small / table / "text.parquet"}'
        inner join truth_orders using (order_id)
        where {key} is null or {key} not like 'odd-%' group by all order by all"""
    told = f"""select person_id, cast(sum("count") as bigint) from truth_refused_rows
        where table_name = '{table}' and reason != 'missing_order_id' group by all order by all"""
    assert ask(small, broken) == ask(small, told)
    nobodys = "select count(*) from truth_refused_rows where person_id is null and table_name = "
    assert ask(small, f"{nobodys}'{table}'") == [(0,)]
    assert ask(small, f"{nobodys}'shop_products'") > [(0,)]


def test_local_time_is_the_inverse_of_operational_time():
    seasons, chance = Seasons(SMALL), np.random.default_rng(0)
    n = 2000
    operational = chance.uniform(2, seasons.end - 2, n)
    place, curve = chance.integers(0, 8, n), chance.integers(0, len(seasons.hours), n)
    seconds = seasons.moment(operational, place, curve)
    # In the hour the clocks change, a local time can be met twice.
    back = seasons.operational(seconds, place, curve)
    assert np.median(np.abs(back - operational)) < 1e-9
    assert np.mean(np.abs(back - operational) < 1e-6) > 0.99


# What was promised, and what came of it; orders are those placed for this mail or of one's own.
_OPENED = """select send_id from esp_events inner join esp_sends using (send_id)
    where event_type = 'open' and occurred_at < sent_at + interval 24 hours"""
_BY_PEOPLE = "and event_id not in (select event_id from truth_machine_events)"
_OUTCOMES = {
    "open_24h_probability": _OPENED,
    "human_open_24h_probability": f"{_OPENED} {_BY_PEOPLE}",
    "human_click_probability": f"""select send_id from esp_events
        where event_type = 'click' {_BY_PEOPLE}""",
    "purchase_48h_probability": """select sends.send_id
        from truth_orders inner join shop_orders using (order_id)
        inner join truth_identifiers as owners using (person_id)
        inner join esp_sends as sends on owners.identifier_type = 'subscriber_id'
        and owners.identifier_value = sends.subscriber_id
        where ordered_at >= sent_at and ordered_at < sent_at + interval 48 hours
        and cancelled_at is null
        and (caused_by_send_id is null or caused_by_send_id = sends.send_id)""",
}


@pytest.mark.parametrize("probability", _OUTCOMES)
@pytest.mark.parametrize(
    "content", ["transactional", "newsletter", "promotion", "recommendation", "winback"]
)
def test_true_probabilities_come_true_from_the_least_to_the_most_likely_fifth(
    large, probability, content
):
    fifths = ask(
        large,
        f"""with told as (
            select {probability} as chance, send_id in ({_OUTCOMES[probability]}) as happened,
                ntile(5) over (order by {probability}, send_id) as fifth
            from truth_sends inner join esp_sends using (send_id)
            inner join esp_messages using (message_id)
            where content_type = '{content}' and sent_at < timestamp '2026-09-20'
        )
        select sum(chance), sqrt(sum(chance * (1 - chance))), count(*) filter (happened)
        from told group by fifth order by fifth""",
    )
    assert len(fifths) == 5
    for expected, spread, happened in fifths:
        # Sends to one person overlap, which widens the spread a little.
        assert abs(happened - expected) < 4 * spread + 3
    assert fifths[4][2] > 1.5 * fifths[0][2]
    assert fifths[4][2] > 20


def test_the_trial_with_an_effect_has_it_and_the_one_without_has_none(large):
    means = dict(
        ask(
            large,
            """select variant_key, avg(human_click_probability) from truth_sends
            inner join esp_sends using (send_id) where variant_key is not null group by all""",
        )
    )
    assert means["taste"] > means["mixed"] > means["popular"]
    assert means["taste"] > 1.3 * means["popular"]
    assert abs(means["warm"] / means["plain"] - 1) < 0.1
    assert abs(means["urgent"] / means["plain"] - 1) < 0.1


def test_who_shares_a_device_or_a_phone_lives_together_and_nothing_else_is_shared(large):
    shared = """with shared as (
            select identifier_type, min(person_id) as one, max(person_id) as other
            from truth_identifiers group by identifier_type, identifier_value
            having count(distinct person_id) > 1
        )
        select identifier_type, count(*), count(*) filter (
            not coalesce(ones.lives_with_person_id = other, false)
            and not coalesce(others.lives_with_person_id = one, false)
        )
        from shared inner join truth_people as ones on one = ones.person_id
        inner join truth_people as others on other = others.person_id
        group by all"""
    counted = {kind: (count, apart) for kind, count, apart in ask(large, shared)}
    assert counted.keys() == {"anonymous_id", "phone"}
    assert all(count > 20 and apart == 0 for count, apart in counted.values())
