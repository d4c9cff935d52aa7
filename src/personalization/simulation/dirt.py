"""Broken rows of every kind that the contract names, made from good ones.

The rules are read from where the project keeps them: one that is added there is broken here.
"""

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from personalization.simulation.lot import OF_PERSON

SHARE = 0.002
_MISSING = [None, "", "  "]
_UNREADABLE = {
    "word": "???",
    "currency": "E",
    "money": "n/a",
    "price": "on request",
    "quantity": "many",
    "integer": "12.7",
    "boolean": "perhaps",
    "json": "{broken",
    "time": "yesterday",
    "date": "1 May",
    "birth_date": "1890-01-01",
}
_OWN_RULES = {"too_large_amount": {"quantity": "1000000", "unit_price": "10000000"}}


@dataclass(frozen=True)
class Flaw:
    """One way to break a row: the values that replace its own, and what the build will say.

    reason : of quarantine; None where the row stays fit, and column is what can't be read in it.
    """

    reason: str | None
    column: str | None
    values: dict[str, list[str | None]]


def flaws(table: dict) -> list[Flaw]:
    """Return every way to break a row of a table, each rule of the contract once."""
    found = [Flaw("duplicate_delivery", None, {})]
    for column in table["columns"]:
        name, rule = column["name"], column["config"]["meta"]
        has_kind = rule["kind"] not in ("id", "text") and (
            rule["kind"] != "word" or "accepted" in rule
        )
        if rule.get("required"):
            found.append(Flaw(f"missing_{name}", None, {name: _MISSING}))
        if has_kind:
            unreadable = {name: [_UNREADABLE[rule["kind"]]]}
            is_required = rule.get("required", False)
            reason = f"unreadable_{name}" if is_required else None
            found.append(Flaw(reason, None if is_required else name, unreadable))
        if "min" in rule:
            reason = "negative_" if rule["min"] == 0 else "too_small_"
            found.append(Flaw(reason + name, None, {name: [str(rule["min"] - 1)]}))
        if "max" in rule:
            found.append(Flaw(f"too_large_{name}", None, {name: [str(rule["max"] + 1)]}))
    for reason in table["config"]["meta"].get("refuse", {}):
        values = {name: [value] for name, value in _OWN_RULES[reason].items()}
        found.append(Flaw(reason, None, values))
    return found


def spoil(contract: dict, table: pa.Table, chance, counter: int, *, all_kinds: bool):
    """Return broken copies of some rows, as text, and what the build must say of them.

    contract : as from `landing.contract`. counter : numbers the rows that need an id of their own.
    all_kinds : break at least one row in every way, however small the table.

    Returns (text table, refused, odd): how many by reason and person, and by column and person;
    the person is null where the row is nobody's.
    """
    refused: Counter = Counter()
    odd: Counter = Counter()
    pieces = []
    ways = flaws(contract)
    if not len(table):
        return None, refused, odd
    names = [c["name"] for c in contract["columns"] if c["name"] in table.column_names]
    for flaw in ways:
        count = chance.binomial(len(table), SHARE / len(ways)) + all_kinds
        if not count or not all(name in names for name in flaw.values):
            continue
        rows = table.take(pa.array(chance.integers(0, len(table), count)))
        people = people_of(rows)
        piece = {name: as_text(rows[name]) for name in names}
        for name, values in flaw.values.items():
            piece[name] = pa.array([values[i % len(values)] for i in range(count)], pa.string())
        if flaw.reason is None:
            # It stays fit, so it must not compete with the row it was made from.
            odd_ids = [f"odd-{counter + i}" for i in range(count)]
            piece[_id_of(contract)] = pa.array(odd_ids, pa.string())
            counter += count
            odd.update((flaw.column, person) for person in people)
        else:
            refused.update((flaw.reason, person) for person in people)
        pieces.append(pa.table(piece))
    return (pa.concat_tables(pieces) if pieces else None), refused, odd


def people_of(rows: pa.Table) -> list[str | None]:
    """Return who each row tells of, as the truth calls them; None for nobody."""
    if OF_PERSON not in rows.column_names:
        return [None] * len(rows)
    return [n if n is None else f"person-{n}" for n in rows[OF_PERSON].to_pylist()]


def ahead(contract: dict, table: pa.Table, column: str, moment: str) -> pa.Table:
    """Return a fit row whose clock runs years ahead: it must count for nothing."""
    names = [c["name"] for c in contract["columns"] if c["name"] in table.column_names]
    row = table.select(names).slice(0, 1)
    piece = {name: as_text(row[name]) for name in names}
    piece[_id_of(contract)] = pa.array(["ahead"])
    piece[column] = pa.array([moment])
    return pa.table(piece)


def _id_of(contract: dict) -> str:
    """Return the part of a table's key that is an id, and so takes any text."""
    kinds = {c["name"]: c["config"]["meta"]["kind"] for c in contract["columns"]}
    return next(name for name in contract["config"]["meta"]["key"] if kinds[name] == "id")


def as_text(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as a loader without types would deliver it."""
    return pc.cast(column.combine_chunks(), pa.string()) if len(column) else column
