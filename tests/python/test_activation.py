"""What reverse ETL is given of the small shop."""

from hashlib import md5

import pytest


def test_each_suppressed_subscriber_says_why_and_since_when(shop):
    rows = shop.query("select subscriber_id, reason, since::date::varchar from sync_suppressions")
    assert rows == [
        ("s013", "consent_withdrawn", "2025-06-01"),
        ("s014", "esp_unsubscribe", "2025-03-01"),
        ("s015", "esp_complaint", "2025-03-01"),
        ("s090", "no_consent", "2025-03-01"),
        ("s091", "status_pending", "2025-03-01"),
    ]


def test_all_others_are_sent_a_profile_and_ten_products(shop):
    profiles = shop.query("select subscriber_id, customer_id from sync_customer_profiles")
    assert len(profiles) == 40 - 3
    full = "select subscriber_id, customer_id from sync_recommendations where rec_10_title != ''"
    assert shop.query(full) == profiles


def test_without_profiling_nothing_bought_is_sent_and_the_list_is_everyones(shop):
    sent = shop.query(
        """select distinct country, lifecycle_stage, order_count, last_order_at, headline
        from sync_customer_profiles inner join sync_recommendations using (subscriber_id)
        where not can_profile"""
    )
    assert sent == [("DE", None, None, None, "Popular with our customers")]


@pytest.mark.parametrize(
    ("mart", "unhashed"),
    [
        ("sync_customer_profiles", ()),
        # Propensities join the hash where one is below 1, and the small shop explores nothing.
        ("sync_recommendations", ("recommendation_run_id", "rec_propensities")),
        ("sync_suppressions", ()),
    ],
)
def test_the_hash_covers_every_column_but_the_run(shop, mart, unhashed):
    columns = [name for (name,) in shop.query(f"select column_name from (describe {mart})")]
    hashed = [name for name in columns if name not in ("row_hash", *unhashed)]
    texts = ", ".join(f"{name}::varchar" for name in hashed)
    rows = shop.query(f"select row_hash, {texts} from {mart}")
    assert rows
    for row_hash, *values in rows:
        written = ",".join("-" if v is None else f"{len(v)}:{v}" for v in values)
        assert md5(written.encode()).hexdigest() == row_hash
