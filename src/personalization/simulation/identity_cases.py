"""A cast of people whose identifiers play every trick, beside the people of a world.

Each case is played several times, at other times and by people of other names. The rows lie in
files of their own, so that a world without them is the same world.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import combinations

import pyarrow as pa

from personalization.landing.contract import raw_tables
from personalization.simulation import one_person, several_people
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.parquet_files import Tables
from personalization.simulation.scripts import CARRIES, MUST_MERGE, MUST_NOT_MERGE, Case, Row
from personalization.simulation.vocabulary import LAST_NAMES
from personalization.simulation.world import World

CASES = (*one_person.CASES, *several_people.CASES)
_CUSTOMERS_PER_INSTANCE, _LEAST = 200, 3
_AT_ONCE = 100
_FIRST, _LAST = 0.01, 0.98
_TOTAL = "20.00"
_TIMES = {
    "crm_contacts": "created_at",
    "shop_customers": "created_at",
    "esp_subscribers": "subscribed_at",
    "shop_orders": "ordered_at",
    "web_events": "occurred_at",
    "channel_events": "occurred_at",
    "consent_events": "occurred_at",
}
# What a row of the table needs beside what the case is about.
_DEFAULTS = {
    "esp_subscribers": {"status": "subscribed"},
    "shop_orders": {"currency": "EUR", "subtotal": _TOTAL, "total": _TOTAL, "source_name": "web"},
    "web_events": {"platform": "web"},
    "channel_events": {"campaign_id": "cast"},
    "consent_events": {"purpose": "email_marketing", "status": "granted"},
}
_KEYS = {
    "shop_orders": "order_id",
    "web_events": "event_id",
    "channel_events": "event_id",
    "consent_events": "consent_event_id",
}
_OWNED = ("person_id", "identifier_type", "identifier_value")
_PAIR = ("identifier_type", "identifier_value", "other_type", "other_value")
_TRUTH = {
    "truth/identity_cases": ("case_name", "instance", "kind", *_PAIR),
    "truth/identifiers": _OWNED,
    "truth/orders": ("order_id", "person_id", "caused_by_send_id"),
}
# The people, by letter, of each type and value of an identifier: a dict keeps their order.
Owners = dict[tuple[str, str], dict[str | None, None]]


def instances(world: World) -> int:
    """Return how often each case is played: once per 200 customers, three times at least."""
    return max(_LEAST, world.customers // _CUSTOMERS_PER_INSTANCE)


def write(world: World, catalogue: Catalogue, tables: Tables) -> None:
    """Write the cast into `<table>/cases.parquet`, and its truth to that of the world."""
    products, contract = catalogue.ids.to_pylist(), raw_tables()
    names = {table: [c["name"] for c in told["columns"]] for table, told in contract.items()}
    for number, case in enumerate(CASES):
        chance = world.chance("identity cases", number)
        for first in range(0, instances(world), _AT_ONCE):
            rows: dict[str, list[dict]] = defaultdict(list)
            for which in range(first, min(first + _AT_ONCE, instances(world))):
                serial = 1 + number * instances(world) + which
                product = products[serial % len(products)]
                for name, record in _play(case, serial, which, world, chance, product):
                    rows[name].append(record)
            for name, records in rows.items():
                columns = _TRUTH.get(name) or names[name.split("/")[0]]
                tables.add(name, _table(columns, name, records))


def words(serial: int) -> dict[str, str | int]:
    """Return what stands for the words in braces in one instance.

    n : a number of its own. family, other, name0 .. : family names, all different up to 39.
    phone, phone2 : two numbers as E.164; digits, national, national_spaced : the first, written
        without its plus, and in two ways at home.
    """
    names = {f"name{i}": LAST_NAMES[(serial + 2 + i) % len(LAST_NAMES)] for i in range(38)}
    one, two = (f"171{5_000_000 + 2 * serial + i}" for i in range(2))
    return {
        "n": serial,
        "family": LAST_NAMES[serial % len(LAST_NAMES)],
        "other": LAST_NAMES[(serial + 1) % len(LAST_NAMES)],
        "phone": f"+49{one}",
        "phone2": f"+49{two}",
        "digits": f"49{one}",
        "national": f"0{one}",
        "national_spaced": f"0{one[:3]} / {one[3:6]} {one[6:]}",
        **names,
    }


def _play(
    case: Case, serial: int, which: int, world: World, chance, product: str
) -> Iterator[tuple[str, dict]]:
    """Yield the rows of one instance, and its truth, each with the file it goes to."""
    spoken = words(serial)

    def said(values: dict) -> dict[str, str]:
        chosen = {c: v if isinstance(v, str) else v[which % len(v)] for c, v in values.items()}
        return {column: value.format(**spoken) for column, value in chosen.items()}

    owners: Owners = defaultdict(dict)
    moments = _moments(case.rows, chance)
    for place, row in enumerate(case.rows):
        key, values = f"K{serial}-{place}", said(row.values)
        when = world.start + timedelta(seconds=int(moments[place] * world.seconds))
        own = {_TIMES[row.table]: when.isoformat(" ")}
        if row.table in _KEYS:
            own[_KEYS[row.table]] = key
        yield _file(row), {**_DEFAULTS.get(row.table, {}), **own, **values, **said(row.typed)}
        for identifier in _carried(row, values):
            owners[identifier][row.person] = None
        if row.is_judged:
            owners["order_id", key][row.person] = None
        if row.table == "shop_orders":
            line = {"order_line_id": f"{key}-1", "order_id": key, "product_id": product}
            yield "shop_order_lines/cases", {**line, "quantity": "1", "unit_price": _TOTAL}
            if row.person is not None:
                person = _person(serial, row.person)
                yield "truth/orders", {"order_id": key, "person_id": person}
    for kind, one, other in pairs(owners):
        pair = dict(zip(_PAIR, (*one, *other), strict=True))
        yield (
            "truth/identity_cases",
            {"case_name": case.name, "instance": str(which), "kind": kind, **pair},
        )
    for (kind, value), people in owners.items():
        if kind != "order_id" and None not in people:
            for who in people:
                person = _person(serial, who)
                yield "truth/identifiers", dict(zip(_OWNED, (person, kind, value), strict=True))


def _person(serial: int, letter: str) -> str:
    return f"cast-{serial}-{letter}"


def _file(row: Row) -> str:
    return f"{row.table}/cases" + "".join(f"-{column}" for column in row.as_numbers)


def _carried(row: Row, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield type and normal value of each identifier that a row carries."""
    for kind, column in CARRIES.get(row.table, {}).items():
        if column in values:
            yield kind, values[column]


def pairs(owners: Owners) -> Iterator[tuple]:
    """Yield (kind, one, other) of the pairs of identifiers that must, or must not, be merged.

    owners : the people of each identifier, None for one nobody can name. What is of several is
        nobody's, and in no pair.
    """
    own: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for identifier, people in owners.items():
        if len(people) == 1 and None not in people:
            own[next(iter(people))].append(identifier)
    for mine in own.values():
        yield from ((MUST_MERGE, mine[0], other) for other in mine[1:])
    for ours, theirs in combinations(own.values(), 2):
        yield from ((MUST_NOT_MERGE, one, other) for one in ours for other in theirs)


def _moments(script: tuple[Row, ...], chance) -> list[float]:
    """Return when each row happens, as a share of the world's time.

    Scripted moments keep their order and are stretched, so that a delivery cuts them elsewhere;
    all others are left to chance, but nobody acts under an account that is not opened yet.
    """
    stretch = math.exp(chance.uniform(-0.35, 0.35))
    luck = chance.random(len(script))
    found: list[float] = []
    opened: dict[object, float] = {}
    for row, share in zip(script, luck, strict=True):
        acts_as = row.values.get("shop_customer_id") or row.values.get("user_id")
        is_opened = row.table != "shop_customers" and acts_as in opened
        least = opened[acts_as] if is_opened else _FIRST
        found.append(least + share * (_LAST - least) if row.at is None else row.at**stretch)
        if row.table == "shop_customers":
            opened[acts_as] = found[-1]
    return found


def _table(columns: Iterable[str], name: str, records: list[dict]) -> pa.Table:
    """Return records as a table of text, but for the columns that the file's name calls numbers."""
    numbers = name.split("-")[1:]
    return pa.table(
        {
            column: pa.array([float(r[column]) for r in records])
            if column in numbers
            else pa.array([r.get(column) for r in records], pa.string())
            for column in columns
        }
    )
