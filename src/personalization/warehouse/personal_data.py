"""`personalization export-person`: all that the warehouse holds of one person, as JSON.

A row is the person's if the strongest of its identifiers that is anybody's is the person's. So what
a household shares, or a row that somebody else signed, is not in it.
"""

import json
from pathlib import Path

import duckdb

from personalization.identity import contact_values
from personalization.landing.contract import base_models, raw_tables
from personalization.warehouse.copies import tables
from personalization.warehouse.places import BuildError

# The strongest first, as in the macro person_columns.
_TYPES = ("subscriber_id", "shop_customer_id", "contact_id", "email", "phone", "anonymous_id")
# What identifies a record that further rows belong to.
_RECORDS = ("order_id", "send_id")
_OWNERS = """
create temp table owners as
select identifier_type, identifier_value as raw_value, null as region, customer_id
from intermediate.int_identifiers
inner join intermediate.int_identifier_customers using (identifier_key)
where identifier_type not in ('email', 'phone')
union
select identifier_type, raw_value, region, customer_id
from pii.int_usable_contact_values
inner join intermediate.int_identifier_customers using (identifier_key)
union
select identifier_type, raw_value, null, customer_id
from pii.int_contact_value_keys
inner join intermediate.int_identifier_customers using (identifier_key)
"""


def export_person(warehouse: Path, identifier: str, key: bytes) -> str:
    """Return a person's profile, identifiers and rows as JSON text.

    identifier : an address, a number or an id, or `type:value` where it could be several.
    key : of the hashes of addresses and numbers.

    Raises BuildError if nobody, or more than one, is known by it.
    """
    if "dim_customers" not in tables(warehouse, "marts"):
        raise BuildError(f"{warehouse} holds no customers. Build first: make build")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(_OWNERS)
        customer = _customer(connection, identifier, key)
        person = {
            "customer_id": customer,
            "profile": _rows(connection, "marts.dim_customers", f"customer_id = '{customer}'")[0],
            "identifiers": _rows(connection, "owners", f"customer_id = '{customer}'"),
            "delivered": _delivered(connection, customer),
            "derived": {
                mart: rows
                for mart in _marts(connection)
                if (rows := _rows(connection, f"marts.{mart}", f"customer_id = '{customer}'"))
            },
        }
    return json.dumps(person, indent=2, default=str, ensure_ascii=False) + "\n"


def _customer(connection: duckdb.DuckDBPyConnection, identifier: str, key: bytes) -> str:
    kind, _, rest = identifier.partition(":")
    types, value = ([kind], rest) if kind in _TYPES else (list(_TYPES), identifier)
    value = value.strip()
    hashes = contact_values.possible_hashes(value, key)
    found = connection.execute(
        """select distinct customer_id from (
            select identifier_type, customer_id from owners where raw_value = $value
            union all
            select identifier_type, customer_id from marts.dim_customer_identifiers
            where list_contains($hashes, identifier_value)
        ) where list_contains($types, identifier_type)""",
        {"value": value, "hashes": hashes, "types": types},
    ).fetchall()
    if not found:
        raise BuildError(
            "Nobody is known by this identifier alone: it is unknown, erased, refused, or shared "
            "by several people. Give another one, such as shop_customer_id:VALUE."
        )
    if len(found) > 1:
        raise BuildError(
            f"{len(found)} people are known by this identifier, each by one of another type. "
            f"Give its type: {', '.join(f'{name}:VALUE' for name in types)}."
        )
    return found[0][0]


def _delivered(connection: duckdb.DuckDBPyConnection, customer: str) -> dict[str, list[dict]]:
    """Return the person's fit rows of every raw table, then what belongs to them."""
    delivered, records = {}, {}
    bases = base_models()
    contract = sorted(raw_tables().items(), key=lambda item: not _named(item[1]))
    for table, told in contract:
        base, named = f"staging.{bases[table]}", _named(told)
        parts = [c for c in _identifying(told) if c[1] in _RECORDS and not named]
        if named:
            condition = f"{_owner(table, told, named)} = '{customer}'"
        elif parts:
            [(column, kind)] = parts
            condition = f"{column} in (select unnest($ids))"
        else:
            continue
        ids = {"ids": records.get(kind, [])} if not named else None
        rows = _rows(
            connection, f"{base} as landed", f"rejection_reason is null and {condition}", ids
        )
        columns = [column["name"] for column in told["columns"]]
        if rows:
            delivered[table] = [
                {name: row[name] for name in columns if name in row} for row in rows
            ]
        for column, kind in _identifying(told):
            if named and kind in _RECORDS:
                records[kind] = [row[column] for row in rows]
    return delivered


def _identifying(told: dict) -> list[tuple[str, str]]:
    """Return the columns of a raw table that identify, each with the type of what it holds."""
    metas = [(column["name"], column["config"]["meta"]) for column in told["columns"]]
    return [(name, meta["identifies"]) for name, meta in metas if "identifies" in meta]


def _named(told: dict) -> list[tuple[str, str]]:
    """Return those that name a person, the strongest first."""
    order = ("subject", *_TYPES)
    return sorted((c for c in _identifying(told) if c[1] in order), key=lambda c: order.index(c[1]))


def _owner(table: str, told: dict, named: list[tuple[str, str]]) -> str:
    """Return the SQL of whose a row is."""
    names = {column["name"] for column in told["columns"]}
    owners = []
    for column, kind in named:
        has_region = kind == "phone" and "country" in names
        region = "case when length(country) = 2 then upper(country) end" if has_region else "null"
        type_of = "landed.subject_type" if kind == "subject" else f"'{kind}'"
        owners.append(
            f"(select min(owners.customer_id) from owners where owners.identifier_type = {type_of} "
            f"and owners.raw_value = landed.{column} "
            f"and owners.region is not distinct from cast({region} as varchar))"
        )
    return f"coalesce({', '.join(owners)}, null)"


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.sql(
        """select table_name from duckdb_columns()
        where schema_name = 'marts' and column_name = 'customer_id'
            and table_name not in ('dim_customers', 'dim_customer_identifiers') order by 1"""
    ).fetchall()
    return [name for (name,) in rows]


def _rows(
    connection: duckdb.DuckDBPyConnection, source: str, condition: str, values: dict | None = None
) -> list[dict]:
    """Return rows as mappings without their nulls, in one order whatever order they stand in."""
    found = connection.execute(f"select * from {source} where {condition} order by all", values)
    names = [column[0] for column in found.description]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in found.fetchall()
    ]
