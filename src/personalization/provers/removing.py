"""Raw tables that never held some people: how base refuses rows, written a second time on purpose.

Whose a row is, is told by the first of its identifiers, the strongest first, that a build found to
be somebody's. Lines and refunds go with their order, mail events with their send.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from personalization.identity import contact_values
from personalization.provers.runs import Build
from personalization.warehouse.copies import quoted

_BLANKS = "' ' || " + " || ".join(f"chr({n})" for n in (9, 10, 13, 160, 12288, 8203, 65279))
# Of each table the time of its rows and the columns that name a person, the strongest first.
_TABLES = {
    "crm_contacts": ("created_at", "contact_id:contact_id email:email phone:phone"),
    "shop_customers": (
        "created_at",
        "shop_customer_id:shop_customer_id contact_id:contact_id email:email phone:phone",
    ),
    "shop_orders": (
        "ordered_at",
        "shop_customer_id:shop_customer_id email:email phone:phone anonymous_id:anonymous_id",
    ),
    "shop_reviews": ("reviewed_at", "shop_customer_id:shop_customer_id email:email"),
    "web_events": ("occurred_at", "user_id:shop_customer_id email:email anonymous_id:anonymous_id"),
    "channel_events": (
        "occurred_at",
        "user_id:shop_customer_id email:email phone:phone anonymous_id:anonymous_id",
    ),
    "esp_subscribers": (
        "subscribed_at",
        "subscriber_id:subscriber_id shop_customer_id:shop_customer_id contact_id:contact_id "
        "email:email",
    ),
    "esp_sends": ("sent_at", "subscriber_id:subscriber_id"),
    "stated_preferences": ("stated_at", "subject"),
    "consent_events": ("occurred_at", "subject"),
    "privacy_requests": ("requested_at", "subject"),
    "experiment_exposures": ("exposed_at", "subject"),
}
_TYPES = (
    "email",
    "phone",
    "contact_id",
    "shop_customer_id",
    "subscriber_id",
    "anonymous_id",
)
# Of each table the one its rows belong to, and by what.
_PARTS = {
    "shop_order_lines": ("shop_orders", "order_id"),
    "shop_refunds": ("shop_orders", "order_id"),
    "esp_events": ("esp_sends", "send_id"),
}


def without(
    raw_data: Path, build: Build, until: dict[str, datetime], out: Path, key: bytes
) -> dict[str, int]:
    """Write raw tables without what people did before a moment; return rows removed by table.

    build : a build of these raw tables, whose marts say which identifier is whose.
    until : the moment by customer_id.
    key : of the hashes in these marts.
    """
    removed = {}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach {quoted(build.marts)} as published (read_only)")
        gone = pa.table({"customer_id": list(until), "until": list(until.values())})
        connection.register("gone", gone)
        connection.execute(
            """create table owners as
            select identifier_type, identifier_value, customer_id, until
            from published.marts.dim_customer_identifiers left join gone using (customer_id)"""
        )
        _hash_contacts(connection, raw_data, key)
        # Parts come last: they need to know which of their wholes are gone.
        for table, file in sorted(_files(raw_data), key=lambda item: (item[0] in _PARTS, *item)):
            connection.execute(f"create or replace table judged as {_judged(table, file)}")
            target = out / file.relative_to(raw_data)
            target.parent.mkdir(parents=True, exist_ok=True)
            kept = "select * exclude (is_gone) from judged where not is_gone"
            connection.execute(f"copy ({kept}) to {quoted(target)}")
            [(count,)] = connection.sql("select count(*) from judged where is_gone").fetchall()
            removed[table] = removed.get(table, 0) + count
            for whole, name in sorted({*_PARTS.values()}):
                if whole == table:
                    _keep_ids(connection, whole, name)
    return {table: count for table, count in removed.items() if count}


def copied(raw_data: Path, out: Path) -> Path:
    """Copy the raw tables alone: a truth beside them is none of them."""
    return Path(shutil.copytree(raw_data, out, ignore=shutil.ignore_patterns("truth")))


def _files(raw_data: Path) -> Iterator[tuple[str, Path]]:
    """Return every raw file with the table it belongs to."""
    for file in sorted([*raw_data.glob("*.parquet"), *raw_data.glob("*/*.parquet")]):
        table = file.stem if file.parent == raw_data else file.parent.name
        if table != "truth":
            yield table, file


def _landed(file: Path) -> str:
    return f"read_parquet({quoted(file)}, binary_as_string = true)"


def _text(column: str) -> str:
    return f"nullif(trim(cast({column} as varchar), {_BLANKS}), '')"


def _names(table: str, file: Path) -> list[tuple[str, str, str]]:
    """Return type, value and region of all that names a person in a file, as SQL over `landed`."""
    columns = set(duckdb.sql(f"from {_landed(file)}").columns)
    _, named = _TABLES[table]
    if named == "subject":
        value, kind = _text("landed.subject_value"), f"lower({_text('landed.subject_type')})"
        # Of a type that can't be read, an address is told by its sign.
        guessed = (
            f"case when {kind} in {_TYPES} then {kind} when {value} like '%@%' then 'email' end"
        )
        return [(guessed, value, "cast(null as varchar)")]
    country = _text("landed.country") if {"phone", "country"} <= columns else "null"
    region = f"case when length({country}) = 2 then upper({country}) end"
    pairs = [pair.split(":") for pair in named.split()]
    return [
        (
            f"'{kind}'",
            _text(f"landed.{name}"),
            region if kind == "phone" else "cast(null as varchar)",
        )
        for name, kind in pairs
        if name in columns
    ]


def _hash_contacts(connection: duckdb.DuckDBPyConnection, raw_data: Path, key: bytes) -> None:
    """Make the table `contacts`: hashes of all addresses and numbers as they were typed."""
    typed = " union ".join(
        f"select {kind} as identifier_type, {value} as raw_value, {region} as region "
        f"from {_landed(file)} as landed"
        for table, file in _files(raw_data)
        if table in _TABLES
        for kind, value, region in _names(table, file)
    )
    values = connection.sql(
        f"from ({typed}) where identifier_type in ('email', 'phone') and raw_value is not null"
    ).to_arrow_table()
    hashed = contact_values.normalise(values, key, contact_values.providers_from_file())
    connection.register("hashed", hashed)
    # A number without its country is read as those who gave one wrote it.
    connection.execute(
        """create table contacts as
        select identifier_type, raw_value, region, coalesce(identifier_value, (
            select min(others.identifier_value) from hashed as others
            where others.identifier_type = hashed.identifier_type
                and others.raw_value = hashed.raw_value and hashed.region is null
            having count(distinct others.identifier_value) = 1
        )) as identifier_value
        from hashed"""
    )


def _judged(table: str, file: Path) -> str:
    """Return the query of a file's rows with whether each is gone."""
    landed = f"from {_landed(file)} as landed"
    if table in _PARTS:
        whole, name = _PARTS[table]
        is_one = f"{_text('landed.' + name)} in (select id from {whole}_{{}} where id is not null)"
        gone = f"coalesce({is_one.format('gone')} and not {is_one.format('kept')}, false)"
        return f"select landed.*, {gone} as is_gone {landed}"
    if table not in _TABLES:
        return f"select *, false as is_gone {landed}"
    joins, cases = "", ""
    for number, (kind, value, region) in enumerate(_names(table, file)):
        joins += f"""
            left join contacts as contacts_{number}
                on contacts_{number}.identifier_type = {kind}
                and contacts_{number}.raw_value = {value}
                and contacts_{number}.region is not distinct from {region}
            left join owners as owners_{number} on owners_{number}.identifier_type = {kind}
                and owners_{number}.identifier_value
                = case when {kind} in ('email', 'phone')
                then contacts_{number}.identifier_value else {value} end"""
        cases += f" when owners_{number}.customer_id is not null then owners_{number}.until"
    time = f"cast(try_cast({_text('landed.' + _TABLES[table][0])} as timestamptz) as timestamp)"
    return f"""select landed.*, until is not null and coalesce({time} < until, true) as is_gone
        from (select landed, (case {cases} end) as until {landed} {joins})"""


def _keep_ids(connection: duckdb.DuckDBPyConnection, whole: str, name: str) -> None:
    """Remember the ids of a file's rows that are gone, and of those that stay."""
    for kind, condition in (("gone", "is_gone"), ("kept", "not is_gone")):
        connection.execute(f"create table if not exists {whole}_{kind} (id varchar)")
        connection.execute(
            f"insert into {whole}_{kind} select {_text(name)} from judged where {condition}"
        )
