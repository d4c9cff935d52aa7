"""Base models judge a row once, as its file arrives; they hold what a full refresh gives."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from builds import ROOT
from pyarrow import parquet

from personalization.identity.contact_values import key_from_environment, keyed_hash

MODELS = ("base_web__events", "base_esp__sends", "base_esp__events")
DAY = "2026-01-0"


def event(number: int, device: str = "d1", day: int = 1, **others: str) -> dict:
    """One row of web_events."""
    return {
        "event_id": f"e{number}",
        "event_name": "page_viewed",
        "anonymous_id": device,
        "occurred_at": f"{DAY}{day} 10:00:00",
        "category": "Tea",
        "_loaded_at": f"{DAY}{day} 12:00:00",
    } | others


def send(number: int, subscriber: str = "s1", day: int = 1) -> dict:
    """One row of esp_sends."""
    return {
        "send_id": f"m{number}",
        "subscriber_id": subscriber,
        "message_id": "letter",
        "sent_at": f"{DAY}{day} 08:00:00",
        "_loaded_at": f"{DAY}{day} 12:00:00",
    }


def opened(number: int, of: int, day: int = 1) -> dict:
    """One row of esp_events: somebody opened a mail."""
    return {
        "event_id": f"o{number}",
        "send_id": f"m{of}",
        "event_type": "open",
        "occurred_at": f"{DAY}{day} 09:00:00",
    }


class Shop:
    """Raw tables, and the base models over them in a warehouse that only ever grows."""

    def __init__(self, folder: Path):
        self.raw, self.warehouse = folder / "raw", folder / "warehouse.duckdb"
        self.fresh = folder / "fresh.duckdb"
        self.erased: list[tuple[str, str]] = []

    def deliver(self, name: str, rows: list[dict]) -> None:
        """Write a file of a raw table; an old one of that name is replaced."""
        path = self.raw / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = dict.fromkeys(column for row in rows for column in row)
        table = {column: [row.get(column) for row in rows] for column in columns}
        parquet.write_table(pa.table(table), path)

    def erase(self, kind: str, value: str) -> None:
        """Note, as the command erase does, that an identifier was an erased person's."""
        self.erased.append((kind, keyed_hash(value, key_from_environment("duckdb"))))

    def judge(self, warehouse: Path | None = None, *anew: str) -> None:
        """Run the base models, or some of them alone and anew."""
        warehouse = warehouse or self.warehouse
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("create schema if not exists state")
            connection.execute(
                "create or replace table state.int_erasures as select * from (values "
                + ", ".join(
                    f"('q{number}', 'erased', '{kind}', '{value}', null::bigint, null::timestamp, "
                    "timestamp '2026-02-01', timestamp '2026-02-01')"
                    for number, (kind, value) in enumerate([("none", "none"), *self.erased])
                )
                + ") as erasures (request_id, role, identifier_type, identifier_hash, hub_key, "
                "erased_from, erased_until, resolved_at)"
            )
        # One per warehouse, so that dbt parses the project twice and no more.
        target = str(warehouse.with_suffix(".target"))
        run = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("dbt")), "--quiet", "--no-write-json", "run"),
                *("--target-path", target, "--log-path", target),
                *(("--full-refresh", "--select", *anew) if anew else ("--select", *MODELS)),
            ],
            cwd=ROOT,
            env=os.environ
            | {
                "RAW_DATA": str(self.raw),
                "WAREHOUSE_PATH": str(warehouse),
                "DBT_PROFILES_DIR": "profiles",
                "ALLOW_MISSING": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout

    def tell(self, sql: str) -> list[tuple]:
        """Run a statement in the warehouse."""
        with duckdb.connect(str(self.warehouse)) as connection:
            return connection.execute(sql).fetchall()

    def different(self) -> list[str]:
        """The base models that are not what a full refresh of the same files gives."""
        self.fresh.unlink(missing_ok=True)
        self.judge(self.fresh)
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self.warehouse}' as grown (read_only)")
            connection.execute(f"attach '{self.fresh}' as fresh (read_only)")
            return [
                model
                for model in MODELS
                if connection.execute(
                    f"(from grown.staging.{model} except all from fresh.staging.{model}) union all "
                    f"(from fresh.staging.{model} except all from grown.staging.{model})"
                ).fetchall()
            ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop after its first deliveries, a row of each of two files marked in the warehouse."""
    shop = Shop(tmp_path_factory.mktemp("by-file"))
    shop.deliver("web_events/1", [event(1), event(2, "d2"), event(3, "d3"), event(4, "d4")])
    shop.deliver("web_events/2", [event(5, day=2), event(6, "d2", day=2), event(7, "d5", day=2)])
    shop.deliver("web_events/3", [event(8, day=3), event(4, "d4", day=3), event(9, event_name="?")])
    shop.deliver("esp_sends/1", [send(1), send(2, "s2"), send(3, "s3")])
    shop.deliver("esp_events/1", [opened(n, of=n) for n in (1, 2, 3, 4)])
    shop.judge()
    return shop


def a_row_is_not_judged_again_unless_something_touches_it(shop):
    shop.tell(
        "update staging.base_web__events set category = 'kept' where event_id in ('e1', 'e5')"
    )
    # e5 comes again, e6 as well; nothing of the first file does.
    shop.deliver("web_events/4", [event(5, day=4), event(6, "d2", day=1), event(10, day=4)])
    shop.judge()
    of_events = "select event_id, category, rejection_reason from staging.base_web__events "
    assert shop.tell(of_events + "where event_id in ('e1', 'e5') order by all") == [
        ("e1", "kept", None),
        ("e5", "Tea", "duplicate_delivery"),
        ("e5", "Tea", None),
    ]
    shop.tell("update staging.base_web__events set category = 'Tea' where event_id = 'e1'")
    assert shop.different() == []


def files_that_go_change_or_come_twice_leave_what_a_full_refresh_gives(shop):
    shop.deliver("web_events/2", [event(6, "d9", day=5), event(7, "d5", day=2)])
    (shop.raw / "web_events/3.parquet").unlink()
    shop.deliver("web_events/5", [event(1), event(2, "d2"), event(3, "d3"), event(4, "d4")])
    shop.judge()
    assert shop.different() == []


def whoever_is_erased_later_leaves_rows_of_old_files_and_what_follows_them(shop):
    shop.erase("anonymous_id", "d2")
    shop.erase("subscriber_id", "s2")
    shop.judge()
    count = "select count(*) from staging.base_{} where rejection_reason = 'erased'"
    assert shop.tell(count.format("web__events")) == [(3,)]
    assert shop.tell(count.format("esp__events")) == [(1,)]
    assert shop.different() == []


def events_of_an_old_file_follow_a_send_that_comes_late_or_as_anothers(shop):
    erased = "select count(*) from staging.base_esp__events where rejection_reason = 'erased'"
    shop.deliver("esp_sends/2", [send(4, "s2", day=5)])
    shop.judge()
    assert shop.tell(erased) == [(2,)]
    # m2 was an erased person's; now it is said to be somebody else's, and its event stands again.
    shop.deliver("esp_sends/3", [send(2, "s3", day=6)])
    shop.judge()
    assert shop.tell(erased) == [(1,)]
    assert shop.different() == []


def where_one_delivery_of_a_key_is_erased_later_another_one_counts(shop):
    # The later delivery counts, and is d6's; then d6 is erased. Of e21 it is the other way round.
    # Logged in on an erased device, e22 may lead to more of its holder.
    leading = event(22, "d2", day=1, occurred_at="2026-03-01 10:00:00", user_id="u9")
    shop.deliver("web_events/6", [event(20, "d8", day=1), event(21, "d6", day=1), leading])
    shop.deliver("web_events/7", [event(20, "d6", day=7), event(21, "d8", day=7)])
    shop.judge()
    shop.erase("anonymous_id", "d6")
    shop.judge()
    rows = "select event_id, anonymous_id, rejection_reason from staging.base_web__events "
    assert shop.tell(rows + "where event_id in ('e20', 'e21') order by all") == [
        ("e20", "d8", None),
        ("e21", "d8", None),
    ]
    assert shop.tell("select distinct model_name from raw.traces where model_name like '%web%'")
    assert shop.different() == []


def what_follows_is_looked_at_again_when_what_it_follows_was_built_anew(shop):
    shop.deliver("esp_events/2", [opened(5, of=5)])
    shop.judge()
    shop.deliver("esp_sends/4", [send(5, "s2", day=6)])
    shop.judge(shop.warehouse, "base_esp__sends")
    shop.judge()
    erased = "select event_id from staging.base_esp__events where rejection_reason = 'erased'"
    assert len(shop.tell(erased)) == 2
    assert shop.different() == []


def an_event_is_erased_when_the_send_that_let_it_stand_is_taken_away(shop):
    (shop.raw / "esp_sends/3.parquet").unlink()
    shop.judge()
    erased = "select count(*) from staging.base_esp__events where rejection_reason = 'erased'"
    assert shop.tell(erased) == [(3,)]
    assert shop.different() == []


def who_ceases_to_be_erased_stands_again_and_a_loaders_own_row_number_is_no_place(shop):
    leads = "select event_id from staging.base_web__events where lead_digest is not null"
    assert shop.tell(leads) == [("e22",)]
    shop.erased.clear()
    twins = [event(30, day=8) | {"file_row_number": 7}, event(31, day=8) | {"file_row_number": 7}]
    shop.deliver("web_events/8", twins)
    shop.judge()
    shop.deliver("web_events/9", [event(30, day=9)])
    shop.judge()
    assert shop.different() == []


def a_changed_rule_judges_all_rows_again(shop):
    shop.tell("update raw.bases set basis = 'of an older version'")
    shop.tell("update staging.base_web__events set category = 'old'")
    shop.judge()
    assert shop.tell("select count(*) from staging.base_web__events where category = 'old'") == [
        (0,)
    ]
    assert shop.different() == []


def test_whatever_comes_in_turn_leaves_what_a_full_refresh_gives(shop):
    """One test, since each step delivers to the shop that the one before left."""
    a_row_is_not_judged_again_unless_something_touches_it(shop)
    files_that_go_change_or_come_twice_leave_what_a_full_refresh_gives(shop)
    whoever_is_erased_later_leaves_rows_of_old_files_and_what_follows_them(shop)
    events_of_an_old_file_follow_a_send_that_comes_late_or_as_anothers(shop)
    where_one_delivery_of_a_key_is_erased_later_another_one_counts(shop)
    what_follows_is_looked_at_again_when_what_it_follows_was_built_anew(shop)
    an_event_is_erased_when_the_send_that_let_it_stand_is_taken_away(shop)
    who_ceases_to_be_erased_stands_again_and_a_loaders_own_row_number_is_no_place(shop)
    a_changed_rule_judges_all_rows_again(shop)
