"""The marts of the small shop, against what its script says must come out."""

from collections import Counter
from decimal import Decimal

import pytest
from small_shop import EXPECTED, small_shop


def test_exactly_the_dirty_rows_are_refused_each_for_its_reason(shop):
    refused = shop.query(
        "select table_name, reason, sum(copy_count) from quarantined_rows group by all"
    )
    assert Counter({(t, r): int(n) for t, r, n in refused}) == small_shop().refused


def test_people_are_told_apart_as_the_script_says(shop):
    counted = shop.query(
        """select
            count(*) filter (is_known) as known_customers,
            count(*) filter (not is_known) as unknown_customers,
            count(*) filter (can_profile) as can_profile,
            count(*) filter (can_email) as can_email
        from dim_customers"""
    )
    assert dict(zip(EXPECTED, counted[0], strict=True)) == EXPECTED


def customers(shop, identifier_type: str, *values: str) -> list[str]:
    rows = shop.query(
        f"""select identifier_value, customer_id from dim_customer_identifiers
        where identifier_type = '{identifier_type}'"""
    )
    return [dict(rows)[value] for value in values]


def test_two_accounts_with_one_address_are_one_person(shop):
    first, second = customers(shop, "shop_customer_id", "001", "047")
    assert first == second


def test_a_contact_is_found_by_reference_and_by_an_unshared_phone(shop):
    accounts = customers(shop, "shop_customer_id", "002", "005")
    assert customers(shop, "contact_id", "1", "2") == accounts


@pytest.mark.parametrize(
    "pair", [("003", "004"), ("048", "049"), ("050", "051"), ("AB1", "ab1"), ("7", "007")]
)
def test_two_people_stay_two(shop, pair):
    first, second = customers(shop, "shop_customer_id", *pair)
    assert first != second


def test_a_shared_device_belongs_to_neither_of_its_users(shop):
    (device,) = customers(shop, "anonymous_id", "kiosk")
    assert device not in customers(shop, "shop_customer_id", "007", "008")


def order(shop, order_id: str, columns: str) -> tuple:
    return shop.query(f"select {columns} from fct_orders where order_id = '{order_id}'")[0]


def test_guest_orders_join_by_address_and_device_and_the_rest_are_nobodys(shop):
    assert order(shop, "guest-1", "customer_id") == order(shop, "guest-2", "customer_id")
    assert order(shop, "device-only", "customer_id") == tuple(
        customers(shop, "anonymous_id", "visitor")
    )
    assert order(shop, "nobody", "customer_id, net_revenue") == (None, Decimal(10))


def test_an_offset_is_honoured(shop):
    assert str(order(shop, "guest-2", "ordered_at")[0]) == "2025-06-02 03:30:00"


@pytest.mark.parametrize(
    ("order_id", "gross", "net", "margin"),
    [
        # total 30 - tax 4 - shipping 1 = 25; + discount 5 = 30; refunds 10 + 2.50 + 0.50;
        # a cost of 1.95 for each of the 2 kept
        ("refunded", "30", "12", "8.1"),
        ("cancelled", "0", "0", "0"),
        ("cancelled-later", "10", "10", "8.05"),
        ("thrice", "12", "12", None),
        # 100 GBP at 1.25 / 1.10 and a cost of 1.95 EUR
        ("sterling", "113.6364", "113.6364", "111.6864"),
        ("yen", None, None, None),
        # tax that can't be read counts as none; one product of four is unknown
        ("odd", "7", "7", None),
    ],
)
def test_money_of_an_order(shop, order_id, gross, net, margin):
    expected = tuple(None if value is None else Decimal(value) for value in (gross, net, margin))
    assert order(shop, order_id, "gross_revenue, net_revenue, gross_margin") == expected


def test_test_orders_and_orders_from_as_of_on_are_absent(shop):
    assert shop.query("select max(ordered_at)::varchar from fct_orders") == [
        ("2025-12-31 23:59:59.999999",)
    ]
    assert shop.query("select count(*) from fct_orders where order_id = 'test'") == [(0,)]


def test_lines_keep_their_decimals_and_unknown_products(shop):
    lines = shop.query(
        "select order_line_id, gross_revenue from fct_order_lines where order_id = 'odd' order by 1"
    )
    assert lines == [
        ("odd-0", Decimal(0)),
        ("odd-1", Decimal(1)),
        ("odd-2", Decimal(2)),
        ("odd-3", Decimal(2)),
    ]


def test_what_is_unreadable_or_unknown_in_fit_rows_is_counted(shop):
    found = shop.query('select table_name, column_name, "check", "count" from rpt_data_quality')
    assert set(found) == {
        ("ad_spend", "clicks", "unreadable_value", 1),
        ("crm_contacts", "birth_date", "unreadable_value", 1),
        ("esp_events", "is_machine", "unreadable_value", 1),
        ("esp_messages", "content_type", "unreadable_value", 1),
        ("esp_messages", "is_personalized", "unreadable_value", 1),
        ("esp_sends", "recommended_product_ids", "unreadable_value", 1),
        ("esp_sends", "recommended_propensities", "unreadable_value", 1),
        ("esp_sends", "recommended_propensities", "impossible_propensities", 1),
        # A variant names a model that there is not.
        ("experiments", "variants", "unknown_level", 1),
        ("shop_order_lines", "order_id", "unknown_order", 1),
        ("shop_order_lines", "product_id", "unknown_product", 1),
        ("shop_orders", "currency", "no_exchange_rate", 1),
        ("shop_orders", "tax_total", "unreadable_value", 1),
        ("shop_products", "attributes", "unreadable_value", 1),
        ("shop_products", "currency", "no_exchange_rate", 1),
        ("shop_products", "unit_cost", "unreadable_value", 1),
        ("shop_refunds", "order_id", "unknown_order", 1),
        ("shop_refunds", "order_line_id", "unknown_line", 1),
        ("web_events", "platform", "unreadable_value", 1),
    }


def test_only_what_is_on_sale_is_sellable(shop):
    sellable = shop.query(
        "select product_id, is_sellable from dim_products where title = 'Special'"
    )
    assert dict(sellable) == {
        "withdrawn": False,
        "sold-out": False,
        "oversold": False,
        "coming": False,
        "costless": True,
        "yen": True,
    }


def test_lists_follow_taste_and_consent(shop):
    sources = shop.query(
        """select distinct can_profile and last_order_at is not null as is_learned, source
        from fct_recommendations inner join dim_customers using (customer_id)
        where list_name = 'for_you' and rank = 1 and variant_key = 'as-it-is'"""
    )
    assert set(sources) == {(True, "repeat"), (False, "popular")}


def test_an_experiment_chooses_the_model_of_each_customer_and_the_list_for_mail(shop):
    # One that began earlier names a model that there is not: it chooses for nobody.
    arms = shop.query("select distinct experiment_key, variant_key from fct_recommendations")
    assert set(arms) == {("lists", "as-it-is"), ("lists", "plain-new")}
    sources = shop.query(
        "select distinct source from fct_recommendations where variant_key = 'plain-new'"
    )
    assert sources == [("popular",)]
    sent = shop.query(
        """select distinct variant_key, list_name
        from sync_recommendations as sent
        inner join fct_recommendations as lists using (customer_id, experiment_key, variant_key)
        where lists.rank = 1 and lists.is_for_mail and lists.product_id = sent.rec_1_product_id"""
    )
    assert set(sent) == {("as-it-is", "for_you"), ("plain-new", "discover")}
    unnamed = "select count(*) from sync_recommendations where experiment_key is null"
    assert shop.query(unnamed) == [(0,)]


def test_every_published_table_and_column_is_described(shop):
    for things in ("duckdb_tables()", "duckdb_columns()"):
        comments = shop.query(
            f"select comment from {things} where database_name = 'published' and not internal"
        )
        assert len(comments) >= 14
        assert [comment for (comment,) in comments if not comment] == []


def test_no_address_and_no_number_is_published(shop):
    rows = shop.tables()
    texts = [str(value) for table in rows.values() for row in table for value in row]
    assert len(texts) > 10_000
    assert [text for text in texts if "@" in text or text.startswith(("+49", "030 "))] == []
