"""A history as it would have been delivered up to a moment: CONTRACT.md, section 2."""

from datetime import datetime
from pathlib import Path

import duckdb

from personalization.landing.contract import raw_tables
from personalization.provers.runs import Build
from personalization.warehouse.copies import quoted
from personalization.warehouse.dbt import manifest
from personalization.warehouse.places import BuildError

# The time of what a row tells.
TIMES = {
    "crm_contacts": "created_at",
    "shop_customers": "created_at",
    "shop_products": "created_at",
    "shop_orders": "ordered_at",
    "shop_refunds": "refunded_at",
    "shop_reviews": "reviewed_at",
    "stated_preferences": "stated_at",
    "web_events": "occurred_at",
    "esp_subscribers": "subscribed_at",
    "esp_sends": "sent_at",
    "esp_events": "occurred_at",
    "channel_events": "occurred_at",
    "ad_spend": "spend_date",
    "consent_events": "occurred_at",
    "privacy_requests": "requested_at",
    "experiments": "started_at",
    "experiment_exposures": "exposed_at",
}
_TIMELESS = {"esp_messages", "shop_order_lines"}
# Times that are set later, on a row that was there before.
_LATER = {"shop_orders": ("cancelled_at",), "experiments": ("ended_at",)}
_BLANKS = "' ' || " + " || ".join(f"chr({n})" for n in (9, 10, 13, 160, 12288, 8203, 65279))


def cut(whole: Build, moment: datetime, out: Path) -> dict[str, int]:
    """Write the history before a moment as raw tables; return the rows left out, by table.

    whole : a build of the whole history, whose warehouse says which delivery of a key counts.

    Raises BuildError if nothing or everything would be left out: such a moment proves nothing.
    """
    contract = raw_tables()
    if unknown := contract.keys() - TIMES.keys() - _TIMELESS:
        raise BuildError(f"The prover does not know when rows of {sorted(unknown)} happen.")
    left_out, is_left = {}, False
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(whole.warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for name, base in _base_models(whole).items():
            kept = _history(contract[name], base, moment)
            [(before,)] = connection.execute(f"select count(*) from raw.{name}").fetchall()
            if not before:
                continue
            connection.execute(f"copy ({kept}) to {quoted(out / f'{name}.parquet')}")
            [(after,)] = connection.execute(
                f"select count(*) from {quoted(out / f'{name}.parquet')}"
            ).fetchall()
            left_out[name] = before - after
            is_left |= name == "shop_orders" and after > 0
    if not any(left_out.values()) or not is_left:
        raise BuildError(f"No order is before {moment}, or nothing after: it proves nothing.")
    return left_out


def _base_models(whole: Build) -> dict[str, str]:
    """Return the model that judges the rows of each raw table, by the table."""
    judges = {}
    for node in manifest(whole.warehouse)["nodes"].values():
        if node["resource_type"] == "model" and node["name"].startswith("base_"):
            sources = node["depends_on"]["nodes"]
            [source] = [n for n in sources if n.startswith("source.personalization.raw.")]
            judges[source.split(".")[-1]] = f"staging.{node['alias']}"
    return judges


def _history(table: dict, base: str, moment: datetime) -> str:
    """Return the query of a raw table's rows as they were delivered before a moment."""
    name, stamp = table["name"], f"timestamp '{moment}'"
    set_later = [
        f"case when {_moment_of(column)} < {stamp} then {column} end as {column}"
        for column in _LATER.get(name, ())
    ]
    columns = f"* replace ({', '.join(set_later)})" if set_later else "*"
    if name not in TIMES:
        return f"select {columns} from raw.{name}"
    kinds = {c["name"]: c["config"]["meta"]["kind"] for c in table["columns"]}
    key = table["config"]["meta"]["key"]
    same = " and ".join(f"gone.{c} = {_typed(f'landed.{c}', kinds[c])}" for c in key)
    # The delivery that counts decides for all deliveries of its key.
    return f"""select {columns} from raw.{name} as landed where not exists (
        select 1 from {base} as gone
        where gone.rejection_reason is null and gone.{TIMES[name]} >= {stamp} and {same})"""


def _typed(column: str, kind: str) -> str:
    """Return a key's part as the base models type it, written here a second time on purpose."""
    text = f"nullif(trim({column}, {_BLANKS}), '')"
    return {
        "id": text,
        "text": text,
        "word": f"lower({text})",
        "time": _moment_of(column),
        "date": f"cast({_moment_of(column)} as date)",
    }[kind]


def _moment_of(column: str) -> str:
    return f"cast(try_cast(trim({column}, {_BLANKS}) as timestamptz) as timestamp)"
