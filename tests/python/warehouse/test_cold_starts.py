"""Shops with next to nothing in them: every list is full all the same, or it is said why not."""

from datetime import datetime, timedelta

import duckdb
from builds import run_build, write_tables

CREATED = datetime(2025, 1, 1)
AS_OF = "2026-01-01"
LAST_WEEK = datetime(2025, 12, 25)


def products(*ids: str, **more) -> list[dict]:
    return [{"product_id": p, "title": p.title(), "created_at": CREATED, **more} for p in ids]


def accounts(*ids: str) -> list[dict]:
    return [
        {"shop_customer_id": c, "email": f"{c}@shop.example", "created_at": CREATED} for c in ids
    ]


def orders(*bought: tuple) -> dict[str, list[dict]]:
    """Orders of one line each, from (customer, product, days before as_of)."""
    ids = [f"{customer}-{product}-{days}" for customer, product, days in bought]
    moments = [datetime(2026, 1, 1) - timedelta(days=days) for *_, days in bought]
    return {
        "shop_orders": [
            {
                "order_id": order_id,
                "shop_customer_id": customer,
                "ordered_at": moment,
                "currency": "EUR",
                "total": 5.0,
            }
            for order_id, moment, (customer, *_) in zip(ids, moments, bought, strict=True)
        ],
        "shop_order_lines": [
            {
                "order_line_id": order_id,
                "order_id": order_id,
                "product_id": product,
                "quantity": 1,
                "unit_price": 5.0,
            }
            for order_id, (_, product, _) in zip(ids, bought, strict=True)
        ],
    }


def lists_and_status(folder, tables: dict[str, list[dict]]) -> tuple[dict, dict]:
    """Build a shop; return products by account and list, and the run's status by list."""
    build = run_build(folder, write_tables(folder / "raw", tables), AS_OF=AS_OF)
    assert build.status == 0, build.output
    assert "Traceback" not in build.output
    lists = {}
    for account, list_name, product in build.query(
        """select identifier_value, list_name, product_id
        from fct_recommendations inner join dim_customer_identifiers using (customer_id)
        where identifier_type = 'shop_customer_id' order by customer_id, list_name, rank"""
    ):
        lists.setdefault((account, list_name), []).append(product)
    with duckdb.connect(build.warehouse, read_only=True) as connection:
        status = connection.execute("select list_name, status from ml.ml_run_status").fetchall()
    return lists, dict(status)


def test_one_customer_and_one_product(tmp_path):
    """The one product is listed, again; there is nothing left to discover."""
    tables = {
        "shop_products": products("tea", price=5.0),
        "shop_customers": accounts("ada"),
        **orders(("ada", "tea", 7)),
    }
    lists, status = lists_and_status(tmp_path, tables)
    assert lists == {("ada", "for_you"): ["tea"]}
    assert set(status) == {"for_you", "discover"}
    assert all(reason.startswith("not judged: too few") for reason in status.values())


def test_all_prices_null_and_half_of_the_products_never_bought(tmp_path):
    """Whoever bought gets what they bought first, and everyone the whole range."""
    bought = [
        (customer, product, days)
        for customer in ("ada", "bo", "cy", "di", "ed", "flo")
        for product, days in (("tea", 100), ("mug", 70), ("tea", 40), ("jam", 7))
        if (customer, product) not in {("ada", "jam"), ("bo", "mug")}
    ]
    range_ = ("tea", "mug", "jam", "nut", "pot", "rug")
    tables = {
        "shop_products": products(*range_),
        # The last has an account and no order.
        "shop_customers": accounts("ada", "bo", "cy", "di", "ed", "flo", "gus"),
        **orders(*bought),
    }
    lists, status = lists_and_status(tmp_path, tables)
    assert len(lists) == 2 * 7
    for (customer, list_name), listed in lists.items():
        had = {p for c, p, _ in bought if c == customer} if list_name == "discover" else set()
        assert sorted(listed) == sorted(set(range_) - had), (customer, list_name)
    assert lists["gus", "for_you"][0] == "tea"
    assert lists["ada", "discover"][0] == "jam"
    # Six who bought in the validation window are too few to choose by.
    assert all(reason.startswith("not judged: too few") for reason in status.values())


def test_no_orders_at_all_but_views(tmp_path):
    """What was looked at is listed first, and the whole range behind it."""
    event = {
        "event_name": "product_viewed",
        "anonymous_id": "device",
        "user_id": "ada",
        "product_id": "jam",
    }
    tables = {
        "shop_products": products("tea", "mug", "jam", price=5.0),
        "shop_customers": accounts("ada", "bo"),
        "web_events": [
            event | {"event_id": str(n), "occurred_at": LAST_WEEK + timedelta(minutes=n)}
            for n in range(3)
        ],
    }
    lists, status = lists_and_status(tmp_path, tables)
    assert len(lists) == 2 * 2
    assert {tuple(sorted(listed)) for listed in lists.values()} == {("jam", "mug", "tea")}
    assert lists["ada", "for_you"][0] == lists["ada", "discover"][0] == "jam"
    assert all(reason.startswith("not judged: too few") for reason in status.values())


def test_a_young_shop_lists_what_is_on_the_rise_and_what_is_liked_before_what_is_popular(tmp_path):
    """No ranker, and next to no history: the other models of the chain fill the lists."""
    tables = {
        "shop_products": products("tea", "mug", category=None)
        + products("oil", "pen", category="Rare"),
        "shop_customers": accounts("ada", "bo", "cy", "di"),
        "stated_preferences": [
            {
                "preference_id": "1",
                "subject_type": "shop_customer_id",
                "subject_value": "di",
                "preference_type": "category",
                "preference_value": "rare",
                "stated_at": LAST_WEEK,
            }
        ],
        **orders(("ada", "tea", 7), ("bo", "mug", 7), ("cy", "tea", 7)),
    }
    lists, _ = lists_and_status(tmp_path, tables)
    assert all(len(listed) == 4 for (_, name), listed in lists.items() if name == "for_you")
    with duckdb.connect(tmp_path / "marts.duckdb", read_only=True) as connection:
        told = connection.execute(
            """select identifier_value, product_id, source, reason
            from marts.marts.fct_recommendations
            inner join marts.marts.dim_customer_identifiers using (customer_id)
            where identifier_type = 'shop_customer_id' and list_name = 'discover'
            order by customer_id, rank"""
        ).fetchall()
    of = {account: [row[1:] for row in told if row[0] == account] for account in ("ada", "di")}
    assert of["ada"][0] == ("mug", "trending", "On the rise with customers like you")
    liked = ("preference", "You told us that you like this kind")
    assert [row[1:] for row in of["di"][:2]] == [liked, liked]
    assert of["di"][2] == ("tea", "popular", "Popular with our customers")
