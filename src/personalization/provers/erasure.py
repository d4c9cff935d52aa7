"""The erasure prover: whoever asks to be erased was never there.

One in a hundred known customers of a shop that is built already asks for erasure, some long ago,
named by whatever identifies them. The next build of the shop has to equal, mart by mart, one from
nothing of raw tables that never held them, and no file that it leaves may hold a trace of them.
One of them has used an address that now is beyond a cap; what stays of that is told to both builds.
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
from pyarrow import parquet

from personalization.identity.contact_values import key_from_environment
from personalization.provers.removing import copied, without
from personalization.provers.runs import (
    OF_DELIVERIES,
    Build,
    differences,
    fresh_folder,
    green_build,
)
from personalization.provers.traces import bytes_found, texts_found, traces_of
from personalization.provers.verdicts import Verdict, told
from personalization.warehouse import copies
from personalization.warehouse.copies import quoted
from personalization.warehouse.places import BuildError

# They tell of deliveries and of erasures, so they have to differ.
_EXEMPT = (*OF_DELIVERIES, "fct_privacy_requests")
# How many days before the last moment one asks.
_DAYS = (0, 1, 30, 200)
# As many accounts as may share an address, which one more puts beyond the cap.
_AT_MOST = 10
_HUB = "everybody@office.example"


class Person(NamedTuple):
    """Who asks for erasure: the customer, what names it, and when it asks."""

    customer_id: str
    subject_type: str
    subject_value: str
    requested_at: datetime


def prove(
    raw_data: Path,
    folder: Path,
    share: float = 0.01,
    say: Callable[[str], None] = print,
    built: Build | None = None,
) -> list[Verdict]:
    """Erase a share of a shop's people; return whether each claim holds.

    folder : emptied, then filled with raw tables and builds.
    built : a build of the raw tables, to start from a copy of it.
    """
    fresh_folder(folder)
    raw = copied(raw_data, folder / "raw")
    shop = folder / "shop"
    if built:
        shop.mkdir()
        for file in built.warehouse.parent.glob("*.duckdb"):
            shutil.copy(file, shop)
        before = Build(0, "", shop / built.warehouse.name, shop / built.marts.name)
    else:
        before = green_build(shop, raw)
    as_of, people = who_asks(before, share)
    if not people:
        raise BuildError(f"Of {raw_data} no known customer is in a share of {share}; give more")
    say(f"{len(people)} of the people of {raw_data} ask for erasure")
    until = {person.customer_id: person.requested_at for person in people}
    key = key_from_environment("duckdb")
    removed = without(raw, before, until, folder / "never", key)
    say(f"they had {sum(removed.values()):,} rows in {len(removed)} tables")
    traces = traces_of(before, set(until), folder / "never")
    _ask(people, raw)
    _share_address(before, people, raw, folder / "never")
    state = folder / "once/marts.state.duckdb"
    forgotten = _state_without(before, until, state)
    after = green_build(shop, raw, AS_OF=str(as_of))
    _tell_shared(after, state)
    once = green_build(folder / "once", folder / "never", AS_OF=str(as_of))
    return told(_all(after, once, people, removed, traces, forgotten), say)


def _all(
    after: Build,
    once: Build,
    people: list[Person],
    removed: dict[str, int],
    traces: set[str],
    forgotten: int,
) -> Iterator[Verdict]:
    found = differences(after.marts, once.marts, _EXEMPT)
    seen = "; ".join(f"{mart}: {what}" for mart, what in found.items())
    yield Verdict(
        "the marts equal those of a shop that never held them",
        not found,
        seen or f"all marts equal, {forgotten:,} assigned identifiers forgotten",
    )
    counted = dict(
        after.query(
            """select table_name, sum(copy_count) from quarantined_rows
            where reason = 'erased' group by 1"""
        )
    )
    earlier = dict(
        once.query(
            """select table_name, sum(copy_count) from quarantined_rows
            where reason = 'erased' group by 1"""
        )
    )
    ours = {t: n - earlier.get(t, 0) for t, n in counted.items() if n != earlier.get(t, 0)}
    theirs = dict(Counter(removed) + Counter(privacy_requests=len(people), shop_reviews=1))
    yield Verdict(
        "exactly their rows and requests are refused as erased", ours == theirs, f"{ours}"
    )
    linked = after.query(
        """select count(distinct customer_id), count(*) from dim_customer_identifiers
        where identifier_type = 'shop_customer_id' and identifier_value like 'office %'"""
    )
    yield Verdict(
        "an address that one of them put beyond a cap links the others no more than before",
        linked == [(_AT_MOST, _AT_MOST)],
        f"{linked[0][1]} accounts of {linked[0][0]} customers",
    )
    asked = ", ".join(quoted(f"erase {n}") for n in range(len(people)))
    told_of = after.query(
        f"""select count(*), sum(rows_removed_count) from fct_privacy_requests
        where request_id in ({asked}) and kind = 'erasure' and resolved_at = requested_at"""
    )
    yield Verdict(
        "every request is told of, and what was removed for it",
        told_of == [(len(people), sum(theirs.values()))],
        f"{told_of[0][0]} requests, {told_of[0][1]} rows",
    )
    held = texts_found(after.warehouse, traces)
    yield Verdict("no text in the warehouse names them", not held, "; ".join(held) or "none")
    held = bytes_found(after.warehouse.parent, traces)
    yield Verdict("no byte of any file does", not held, "; ".join(held) or f"{len(traces)} traces")


def who_asks(build: Build, share: float) -> tuple[datetime, list[Person]]:
    """Return the moment of a build, and known customers by hash with a name of each to ask by."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(build.warehouse)} as shop (read_only)")
        connection.execute("use shop")
        [(as_of,)] = connection.sql("select as_of from intermediate.int_as_of").fetchall()
        rows = connection.sql(
            """with asked as (
                select customers.customer_id from staging.stg_consent__privacy_requests as requests
                inner join pii.int_contact_value_keys as spellings
                    on requests.subject_type = spellings.identifier_type
                    and requests.subject_value = spellings.raw_value
                inner join intermediate.int_identifier_customers as customers
                    using (identifier_key)
            )
            select customer_id, identifiers.identifier_type,
                min(coalesce(spellings.raw_value, identifiers.identifier_value)) as subject_value
            from intermediate.int_identifiers as identifiers
            inner join intermediate.int_identifier_customers using (identifier_key)
            inner join marts.dim_customers as customers using (customer_id)
            left join pii.int_contact_value_keys as spellings using (identifier_key)
            where customers.is_known and customer_id not in (from asked)
            group by all order by all"""
        ).fetchall()
    names = {}
    for customer, kind, value in rows:
        names.setdefault(customer, []).append((kind, value))
    people = []
    for customer, known in names.items():
        chance = int(hashlib.md5(customer.encode()).hexdigest()[:8], 16)
        if chance < share * 16**8:
            asked_at = as_of - timedelta(days=_DAYS[chance // 7 % len(_DAYS)], microseconds=1)
            people.append(Person(customer, *known[chance % len(known)], asked_at))
    return as_of, people


def _ask(people: list[Person], raw: Path) -> None:
    """Deliver a request of each."""
    rows = [
        {
            "request_id": f"erase {number}",
            "request_type": "erasure",
            "subject_type": person.subject_type,
            "subject_value": person.subject_value,
            "requested_at": person.requested_at,
        }
        for number, person in enumerate(people)
    ]
    file = raw / "privacy_requests" / "erase.parquet"
    file.parent.mkdir(exist_ok=True)
    parquet.write_table(pa.Table.from_pylist(rows), file)


def _share_address(build: Build, people: list[Person], raw: Path, never: Path) -> None:
    """Let an address stand in as many new accounts as it may, and once beside one who asks."""
    accounts = dict(
        build.query(
            """select customer_id, min(identifier_value) from dim_customer_identifiers
            where identifier_type = 'shop_customer_id' group by 1"""
        )
    )
    one = next((person for person in people if person.customer_id in accounts), None)
    if one is None:
        raise BuildError("None of those who ask has an account of the shop; let a larger share ask")
    long_ago = one.requested_at - timedelta(days=1)
    others = [
        {"shop_customer_id": f"office {number}", "email": _HUB, "created_at": long_ago}
        for number in range(_AT_MOST)
    ]
    review = {
        "review_id": "office",
        "product_id": "office",
        "rating": 3,
        "shop_customer_id": accounts[one.customer_id],
        "email": _HUB,
        "reviewed_at": long_ago,
    }
    _deliver(raw, "shop_customers", others)
    _deliver(never, "shop_customers", others)
    _deliver(raw, "shop_reviews", [review])


def _deliver(raw: Path, table: str, rows: list[dict]) -> None:
    file = raw / table / "erase.parquet"
    file.parent.mkdir(exist_ok=True)
    parquet.write_table(pa.Table.from_pylist(rows), file)


def _state_without(before: Build, until: dict[str, datetime], state: Path) -> int:
    """Write the ids of all others as the state to build from; return how many rows are left out."""
    table, gone = "state.int_customer_assignments", ", ".join(map(quoted, until))
    query = f"select * from source.{table} where customer_id not in ({gone})"
    with copies.copied(before.warehouse, state, {table: query}) as kept:
        pass
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(before.warehouse)} as shop (read_only)")
        [(count,)] = connection.sql(f"select count(*) from shop.{table}").fetchall()
    return count - kept[table]


def _tell_shared(after: Build, state: Path) -> None:
    """Let the state to build from know what stays shared: it has to stay so, by its hash alone."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(after.warehouse)} as shop (read_only)")
        connection.execute(f"attach {quoted(state)} as told")
        connection.execute(
            "create table told.state.int_erasures as "
            "select * from shop.state.int_erasures where role = 'shared'"
        )
