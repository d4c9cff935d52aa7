"""Why are these one person? The path of evidence from one identifier to all of a customer's."""

from collections import deque
from pathlib import Path
from typing import NamedTuple

import duckdb

from personalization.identity.contact_values import key_from_environment, possible_hashes
from personalization.warehouse.copies import quoted, tables
from personalization.warehouse.places import BuildError

TYPES = ("email", "phone", "contact_id", "shop_customer_id", "subscriber_id", "anonymous_id")
# Model, key, time and where each type of identifier stands, by the raw table that links come from.
_IDS = {name: name for name in TYPES}
_TRACKED = _IDS | {"shop_customer_id": "user_id"}
SOURCES = {
    "crm_contacts": ("stg_crm__contacts", "contact_id", "created_at", _IDS),
    "shop_customers": ("stg_shop__customers", "shop_customer_id", "created_at", _IDS),
    "esp_subscribers": ("stg_esp__subscribers", "subscriber_id", "subscribed_at", _IDS),
    "shop_orders": ("stg_shop__orders", "order_id", "ordered_at", _IDS),
    "shop_reviews": ("stg_shop__reviews", "review_id", "reviewed_at", _IDS),
    "web_events": ("stg_web__events", "event_id", "occurred_at", _TRACKED),
    "channel_events": ("stg_channels__events", "event_id", "occurred_at", _TRACKED),
}


class Identifier(NamedTuple):
    """One identifier of the warehouse: its key inside, its type, its published value."""

    key: int
    type: str
    value: str

    def __str__(self) -> str:
        """Type and value, of a keyed hash its beginning."""
        shown = f"{self.value[:12]}…" if self.type in ("email", "phone") else self.value
        return f"{self.type} {shown}"


class Link(NamedTuple):
    """What makes an identifier one person with another that is known already.

    rule : as in int_identity_evidence. row : the first source row that says so, with its day.
    """

    known: Identifier
    found: Identifier
    rule: str
    row: str


def explain(warehouse: Path, identifier: str) -> list[str]:
    """Return lines that tell how every identifier of a customer is tied to the one given.

    identifier : an id, an e-mail address or a phone number in international form; `type:value`
        where an id alone is ambiguous.

    Raises BuildError if nothing was built, or the identifier is unknown, refused or ambiguous.
    """
    if "int_identity_evidence" not in tables(warehouse, "intermediate"):
        raise BuildError(f"{warehouse} holds no identities. Build first: make build")
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as shop (read_only)")
        connection.execute("use shop")
        start = find(connection, identifier)
        [(customer,)] = connection.execute(
            "select customer_id from intermediate.int_identifier_customers "
            "where identifier_key = $key",
            {"key": start.key},
        ).fetchall()
        links = paths(connection, start, customer)
        told = [f"customer {customer}, known by {len(links) + 1} identifiers", f"  {start}"]
        return told + [f"  {x.found}\n      {x.rule} with {x.known}: {x.row}" for x in links]


def find(connection: duckdb.DuckDBPyConnection, text: str) -> Identifier:
    """Return the one identifier that a text means.

    Raises BuildError if there is none, or more than one.
    """
    kind, colon, value = text.partition(":")
    if not colon or kind not in TYPES:
        kind, value = None, text
    values = [value, *possible_hashes(value, key_from_environment("duckdb"))]
    found = [
        Identifier(*row)
        for row in connection.execute(
            "select identifier_key, identifier_type, identifier_value "
            "from intermediate.int_identifiers "
            "where is_current and list_contains($values, identifier_value) "
            "and coalesce(identifier_type = $kind, true) order by all",
            {"values": values, "kind": kind},
        ).fetchall()
    ]
    if len(found) > 1:
        raise BuildError(
            f"{text} is several identifiers; give one of "
            + ", ".join(f"{each.type}:{value}" for each in found)
        )
    if not found:
        reasons = connection.execute(
            "select distinct reason from pii.int_identity_conflicts "
            "where list_contains($values, identifier_value) order by 1",
            {"values": values},
        ).fetchall()
        said = ", ".join(reason for (reason,) in reasons)
        raise BuildError(
            f"{text} links nobody: {said}. See rpt_identity_conflicts."
            if said
            else f"No customer is known by {text}. Give an id, an address or a number as delivered."
        )
    return found[0]


def paths(connection: duckdb.DuckDBPyConnection, start: Identifier, customer: str) -> list[Link]:
    """Return a link for every further identifier of a customer, nearest to the start first."""
    identifiers = {
        key: Identifier(key, kind, value)
        for key, kind, value in connection.execute(
            "select identifier_key, identifier_type, identifier_value "
            "from intermediate.int_identifiers "
            "inner join intermediate.int_identifier_customers using (identifier_key) "
            "where customer_id = $customer order by all",
            {"customer": customer},
        ).fetchall()
    }
    neighbours: dict[int, list[tuple]] = {key: [] for key in identifiers}
    for source, target, *said in connection.execute(
        "select source_key, target_key, rule, table_name, first_seen_at "
        "from intermediate.int_identity_evidence "
        "where list_contains($keys, source_key) and list_contains($keys, target_key) order by all",
        {"keys": list(identifiers)},
    ).fetchall():
        neighbours[source].append((target, *said))
        neighbours[target].append((source, *said))
    found, waiting, seen = [], deque([start.key]), {start.key}
    while waiting:
        here = waiting.popleft()
        for other, rule, table, at in neighbours[here]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
                known, new = identifiers[here], identifiers[other]
                row = _source_row(connection, table, at, (known, new))
                found.append(Link(known, new, rule, row))
    return found


def _source_row(connection, table: str, at, pair: tuple[Identifier, Identifier]) -> str:
    """Name the first row of a raw table that bears both identifiers, and its moment."""
    model, key, time, columns = SOURCES[table]
    bears = [
        f"{columns[each.type]} in (select raw_value from pii.int_usable_contact_values "
        f"where identifier_key = {each.key})"
        if each.type in ("email", "phone")
        else f"{columns[each.type]} = {quoted(each.value)}"
        for each in pair
    ]
    [(row,)] = connection.execute(
        f"select min({key}) from staging.{model} where {time} = $at and {' and '.join(bears)}",
        {"at": at},
    ).fetchall()
    return f"{table} {row} on {at:%Y-%m-%d %H:%M}"
