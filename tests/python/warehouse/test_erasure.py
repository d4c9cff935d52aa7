"""Who is erased, until when, and what of them is left: in a shop of four people and two phones."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from builds import Build, run_build, write_tables

from personalization.warehouse import erasure, erasure_told

AS_OF = "2026-03-01"
ASKED = "2026-02-01 12:00:00"
DBT_ARGS = "--select +fct_privacy_requests quarantined_rows --exclude resource_type:test"
JUST_BEFORE = "2026-02-01 11:59:59.999999"
LONG_BEFORE = "2025-06-01 08:00:00"
PHONE = "+4917011111111"
FLAT = "+4917022222222"


def order(order_id: str, ordered_at: str, **named: str) -> dict:
    return {
        **dict.fromkeys(("shop_customer_id", "email", "phone", "anonymous_id")),
        "order_id": order_id,
        "ordered_at": ordered_at,
        "currency": "EUR",
        "total": "10",
        **named,
    }


def seen(event_id: str, device: str, occurred_at: str, user_id: str | None = None) -> dict:
    return {
        "event_id": event_id,
        "event_name": "page_viewed",
        "anonymous_id": device,
        "user_id": user_id,
        "occurred_at": occurred_at,
    }


def request(request_id: str, kind: str, subject: str, value: str, at: str = ASKED) -> dict:
    return {
        "request_id": request_id,
        "request_type": kind,
        "subject_type": subject,
        "subject_value": value,
        "requested_at": at,
    }


ORDERS = [
    order("before", JUST_BEFORE, shop_customer_id="eva-1"),
    order("at", ASKED, shop_customer_id="eva-1"),
    order("guest", LONG_BEFORE, email=" EVA@shop.example "),
    order("device", LONG_BEFORE, anonymous_id="eva-device"),
    # An office mailbox means nobody, so the device beside it tells whose the order is.
    order("office", LONG_BEFORE, email="info@shop.example", anonymous_id="eva-device"),
    order("household", LONG_BEFORE, phone=PHONE),
    order("bob", LONG_BEFORE, shop_customer_id="bob-1", phone=PHONE),
    order("flat", LONG_BEFORE, phone=FLAT),
    order("carl", LONG_BEFORE, shop_customer_id="carl-1", phone=FLAT),
]
SHOP = {
    "shop_customers": [
        {
            "shop_customer_id": f"{name}-1",
            "email": f"{name}@shop.example",
            "phone": phone,
            "first_name": name,
            "created_at": LONG_BEFORE,
        }
        for name, phone in (("eva", PHONE), ("bob", PHONE), ("carl", FLAT), ("dora", FLAT))
    ],
    "shop_orders": ORDERS,
    "shop_order_lines": [
        {
            "order_line_id": f"line-{told['order_id']}",
            "order_id": told["order_id"],
            "product_id": "tea",
            "quantity": "1",
            "unit_price": "10",
        }
        for told in ORDERS
    ],
    "shop_refunds": [
        # What belongs to an order goes with it, whenever it happened.
        {"refund_id": f"refund-{name}", "order_id": name, "refunded_at": AS_OF, "amount": "1"}
        for name in ("before", "bob")
    ],
    "shop_products": [{"product_id": "tea", "title": "Tea", "price": "10", "currency": "EUR"}],
    "web_events": [
        seen("login", "eva-device", LONG_BEFORE, "eva-1"),
        seen("anonymous", "eva-device", LONG_BEFORE),
        seen("unreadable", "eva-device", "yesterday"),
        seen("after", "eva-device", ASKED),
        seen("login of bob", "bob-device", LONG_BEFORE, "bob-1"),
    ],
    "esp_subscribers": [
        {
            "subscriber_id": f"{name}-subscriber",
            "email": f"{name}@shop.example",
            "status": "subscribed",
            "subscribed_at": LONG_BEFORE,
        }
        for name in ("eva", "bob")
    ],
    "esp_sends": [
        {
            "send_id": f"send-{name}",
            "message_id": "hello",
            "subscriber_id": f"{name}-subscriber",
            "sent_at": JUST_BEFORE,
        }
        for name in ("eva", "bob")
    ],
    "esp_events": [
        {
            "event_id": f"open-{name}",
            "send_id": f"send-{name}",
            "event_type": "open",
            "occurred_at": "2026-02-02",
        }
        for name in ("eva", "bob")
    ],
    "privacy_requests": [
        request("eva", "erasure", "email", "Eva@shop.example"),
        request("phone", "erasure", "phone", PHONE),
        request("too late", "erasure", "shop_customer_id", "bob-1", AS_OF),
        request("sale", "do_not_sell", "shop_customer_id", "bob-1"),
        request("broken", "hug", "email", "eva@shop.example"),
        {**request("", "erasure", "email", "eva@shop.example"), "request_id": None},
    ],
}


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> Path:
    return write_tables(tmp_path_factory.mktemp("raw"), SHOP)


@pytest.fixture(scope="module")
def erased(tmp_path_factory, raw) -> Build:
    build = run_build(tmp_path_factory.mktemp("erased"), raw, AS_OF=AS_OF)
    assert build.status == 0, build.output
    return build


def command(
    build: Build, raw: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess:
    """Run another command of `personalization` on the places of a build."""
    places = {"RAW_DATA": str(raw), "WAREHOUSE_PATH": str(build.warehouse), "AS_OF": AS_OF}
    return subprocess.run(
        [Path(sys.executable).with_name("personalization"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | places | variables,
    )


def refused(build: Build) -> dict[str, int]:
    return dict(
        build.query(
            "select table_name, cast(sum(copy_count) as int) from quarantined_rows "
            "where reason = 'erased' group by 1"
        )
    )


def state(file: Path) -> list[tuple]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as file (read_only)")
        return connection.execute(
            """select request_id, role, identifier_type, identifier_hash, hub_key, erased_from,
            erased_until, resolved_at from file.state.int_erasures order by all"""
        ).fetchall()


def make_older(file: Path) -> None:
    """Give a state the shape that it had before mailboxes could change hands."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("alter table state.int_erasures drop column erased_from")


def dbt_runs(build: Build) -> int:
    return (build.dbt_folder / "logs/dbt.log").read_text().count("Running with dbt=")


def test_what_was_before_the_request_is_gone_and_what_comes_from_that_moment_on_stays(erased):
    assert erased.query("select order_id from fct_orders order by 1") == [
        ("at",), ("bob",), ("carl",), ("flat",),
    ]  # fmt: skip
    assert refused(erased) == {
        "shop_customers": 1,
        "shop_orders": 5,
        "shop_order_lines": 5,
        "shop_refunds": 1,
        "web_events": 3,
        "esp_subscribers": 1,
        "esp_sends": 1,
        "esp_events": 1,
        "privacy_requests": 4,
    }


def test_rows_are_told_by_the_strongest_identifier_that_is_somebodys(erased):
    ids = "select identifier_value from dim_customer_identifiers where identifier_type = '{}'"
    assert erased.query(ids.format("subscriber_id")) == [("bob-subscriber",)]
    assert sorted(erased.query(ids.format("shop_customer_id"))) == [
        ("bob-1",), ("carl-1",), ("dora-1",), ("eva-1",),
    ]  # fmt: skip
    owners = "select count(distinct customer_id) from dim_customer_identifiers"
    assert erased.query(f"{owners} where identifier_value in ('bob-1', 'bob-device')") == [(1,)]


def test_every_request_before_the_moment_is_told_of_and_a_shared_phone_stays_open(erased):
    told = {row[0]: row[1:] for row in erased.query("from fct_privacy_requests")}
    assert set(told) == {"eva", "phone", "sale"}
    assert [str(row[2]) for row in told.values() if row[2]] == [ASKED, ASKED]
    assert told["phone"][0] == "erasure"
    assert told["phone"][2] is None
    assert json.loads(told["phone"][4]) == {
        "privacy_requests": 1, "shop_order_lines": 1, "shop_orders": 1,
    }  # fmt: skip
    assert told["eva"][3] == sum(json.loads(told["eva"][4]).values()) == 19
    assert told["sale"][3:] == (0, "{}")


def test_of_a_refused_row_nothing_is_kept_but_a_keyed_digest(erased):
    with duckdb.connect(str(erased.warehouse), read_only=True) as connection:
        kept = "select count(*) from pii.quarantined_payloads where reason = 'erased' and payload"
        assert connection.sql(f"{kept} is null").fetchall() == [(22,)]
        assert connection.sql(f"{kept} is not null").fetchall() == [(0,)]
        lengths = "select distinct length(row_digest) from marts.quarantined_rows where reason "
        assert connection.sql(f"{lengths} = 'erased'").fetchall() == [(64,)]
    for file in erased.warehouse.parent.rglob("*"):
        assert not file.is_file() or b"eva@shop" not in file.read_bytes().lower(), file


def test_erase_has_nothing_to_say_when_nothing_is_new(erased, raw):
    before = state(erased.warehouse)
    again = command(erased, raw, "erase")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert state(erased.warehouse) == before
    assert state(erased.marts.with_suffix(".state.duckdb")) == before


def test_nobody_who_was_erased_comes_back_in_a_replay(erased, raw, tmp_path):
    replayed = run_build(
        erased.warehouse.parent, raw, AS_OF="2026-01-15", MARTS_PATH=str(tmp_path / "marts.duckdb")
    )
    assert replayed.status == 0, replayed.output
    marts = Build(0, "", erased.warehouse, tmp_path / "marts.duckdb")
    assert marts.query("select order_id from fct_orders order by 1") == [
        ("bob",), ("carl",), ("flat",),
    ]  # fmt: skip
    assert marts.query("select count(*) from fct_privacy_requests") == [(0,)]


def test_late_rows_that_bring_another_identifier_of_an_erased_person_are_refused(tmp_path):
    late = [
        seen("late login", "eva-tablet", LONG_BEFORE, "eva-1"),
        seen("late", "eva-tablet", JUST_BEFORE),
    ]
    raw = write_tables(tmp_path / "raw", SHOP)
    shop = tmp_path / "shop"
    shop.mkdir()
    first = command(Build(0, "", shop / "warehouse.duckdb", shop / "marts.duckdb"), raw, "erase")
    assert first.stdout.splitlines() == [
        "Erased for request eva: 8 identifiers",
        "Erasure request phone names no single person: only rows that name nobody else go",
    ]
    # The file held nothing of them yet, so there is nothing to write anew.
    assert erasure.last_pass(shop / "warehouse.duckdb").is_rewritten
    write_tables(raw, {"web_events": [*SHOP["web_events"], *late]})
    make_older(shop / "warehouse.duckdb")
    build = run_build(shop, raw, AS_OF=AS_OF, DBT_ARGS=DBT_ARGS)
    assert build.status == 0, build.output
    assert "Erased for request eva: 1 further identifiers" in build.output
    assert refused(build)["web_events"] == 5


def test_requests_are_resolved_again_only_for_rows_that_may_lead_to_more_of_an_erased_person(
    erased, tmp_path
):
    for file in erased.warehouse.parent.glob("*.duckdb"):
        shutil.copy(file, tmp_path)
    make_older(tmp_path / "warehouse.duckdb")
    german = {"DBT_ARGS": "--vars 'phone_region: DE'"}
    spelled = {"event_type": "click", "channel": "sms", "phone": "0170/11111111"}
    raw = write_tables(tmp_path / "raw", SHOP)
    events = [*SHOP["web_events"], seen("dora", "dora-device", LONG_BEFORE, "dora-1")]
    clicks = [{"event_id": "click", "occurred_at": LONG_BEFORE, **spelled}]
    write_tables(raw, {"web_events": events, "channel_events": clicks})
    build = run_build(tmp_path, raw, AS_OF=AS_OF, **german)
    assert build.status == 0, build.output
    assert dbt_runs(build) == 1
    # A number without a country is read as the shop's own, by which it is known.
    assert refused(build) == refused(erased) | {"channel_events": 1}
    ids = "select count(*) from dim_customer_identifiers where identifier_value like '%device'"
    assert build.query(ids) == [(3,)]
    events += [
        seen("late login", "eva-tablet", LONG_BEFORE, "eva-1"),
        seen("late", "eva-tablet", JUST_BEFORE),
    ]
    write_tables(raw, {"web_events": events})
    build = run_build(tmp_path, raw, AS_OF=AS_OF, **german)
    assert build.status == 0, build.output
    assert "Erased for request eva: 1 further identifiers" in build.output
    assert dbt_runs(build) == 1 + 3
    assert refused(build)["web_events"] == 5
    (tmp_path / "once").mkdir()
    once = Build(0, "", tmp_path / "once/warehouse.duckdb", tmp_path / "once/marts.duckdb")
    assert command(once, raw, "erase", **german).returncode == 0
    assert state(build.warehouse) == state(once.warehouse)


def test_of_a_mailbox_that_changed_hands_only_the_holder_who_asks_is_erased(tmp_path):
    handed_over, just_before = "2025-06-01 00:00:00", "2025-05-31 23:59:59.999999"
    holders = [
        ("ada", "left@shop.example", "2023-01-01"),
        ("cleo", "left@shop.example", handed_over),
        ("eve", "got@shop.example", "2023-01-01"),
        ("fay", "got@shop.example", handed_over),
    ]
    orders = {
        "last of ada": just_before, "first of cleo": handed_over,
        "last of eve": just_before, "first of fay": handed_over, "next of fay": ASKED,
    }  # fmt: skip
    mailbox = {name: email for name, email, _ in holders}
    raw = write_tables(
        tmp_path / "raw",
        SHOP
        | {
            "shop_customers": [
                {
                    "shop_customer_id": f"{name}-1",
                    "email": email,
                    "first_name": name,
                    "last_name": f"{name} only",
                    "created_at": since,
                }
                for name, email, since in holders
            ],
            "shop_orders": [
                order(told, at, email=mailbox[told.split()[-1]]) for told, at in orders.items()
            ],
            "privacy_requests": [
                request("ada", "erasure", "shop_customer_id", "ada-1"),
                request("fay", "erasure", "email", "got@shop.example"),
            ],
        },
    )
    build = run_build(tmp_path, raw, AS_OF=AS_OF, DBT_ARGS=DBT_ARGS)
    assert build.status == 0, build.output
    with duckdb.connect(str(build.warehouse), read_only=True) as connection:
        left = connection.sql(
            """select order_id from staging.stg_shop__orders
            union all select shop_customer_id from staging.stg_shop__customers order by 1"""
        )
        assert [told for (told,) in left.fetchall()] == [
            "cleo-1", "eve-1", "first of cleo", "last of eve", "next of fay",
        ]  # fmt: skip


def test_a_person_is_exported_with_what_is_theirs_alone(erased, raw, tmp_path):
    file = tmp_path / "carl.json"
    told = command(erased, raw, "export-person", "CARL@shop.example", "--out", str(file))
    assert told.returncode == 0, told.stderr
    assert oct(file.stat().st_mode)[-3:] == "600"
    person = json.loads(file.read_text())
    delivered = person["delivered"]
    assert [row["order_id"] for row in delivered["shop_orders"]] == ["carl"]
    assert [row["order_line_id"] for row in delivered["shop_order_lines"]] == ["line-carl"]
    assert {row["raw_value"] for row in person["identifiers"]} == {"carl-1", "carl@shop.example"}
    assert person["derived"]["fct_orders"][0]["order_id"] == "carl"


def test_what_belongs_to_ones_mails_is_exported_and_the_phone_that_nobody_else_has_any_more(
    erased, raw
):
    person = json.loads(command(erased, raw, "export-person", "bob-1").stdout)
    assert [row["event_id"] for row in person["delivered"]["web_events"]] == ["login of bob"]
    assert [row["event_id"] for row in person["delivered"]["esp_events"]] == ["open-bob"]
    assert PHONE in {row["raw_value"] for row in person["identifiers"]}


@pytest.mark.parametrize("identifier", [FLAT, "eva@shop.example", "phone:bob-1", "nobody"])
def test_nobody_is_exported_for_what_is_shared_erased_of_another_type_or_unknown(
    erased, raw, identifier
):
    told = command(erased, raw, "export-person", identifier)
    assert told.returncode == 1
    assert told.stderr.count("ERROR: Nobody is known by this identifier alone") == 1
    assert told.stdout == ""


def test_of_many_requests_ten_are_told_of_one_by_one_and_the_rest_is_counted():
    told = [(f"q{number}", 3, True) for number in range(12)]
    lines = erasure_told.sentences(told, {"q1"})
    assert lines[:2] == [
        "Erased for request q0: 3 identifiers",
        "Erased for request q1: 3 further identifiers",
    ]
    assert len(lines) == 11
    assert lines[10] == "Erased for 2 more requests: personalization show fct_privacy_requests"
    assert len(erasure_told.sentences(told[:10], set())) == 10
