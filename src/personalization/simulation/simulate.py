"""`personalization simulate`: a whole world, some thousand people at a time."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from personalization.landing.contract import raw_tables
from personalization.simulation import (
    campaigns,
    dirt,
    identity_cases,
    mail,
    outreach,
    shop,
    statements,
    truth,
    web,
)
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.lot import OF_PERSON, Lot, make_lot
from personalization.simulation.parquet_files import Tables
from personalization.simulation.seasons import Seasons
from personalization.simulation.world import PEOPLE_AT_ONCE, World

_RAW = {
    "shop_customers": shop.accounts,
    "crm_contacts": shop.contacts,
    "shop_orders": shop.orders,
    "shop_order_lines": shop.lines,
    "shop_refunds": shop.refunds,
    "shop_reviews": shop.reviews,
    "esp_subscribers": mail.subscribers,
    "esp_sends": mail.sends,
    "esp_events": mail.events,
    "experiment_exposures": mail.exposures,
    "web_events": web.events,
    "channel_events": outreach.touches,
    "consent_events": statements.consents,
    "stated_preferences": statements.preferences,
    "privacy_requests": statements.privacy_requests,
}
_TRUTH = {
    "people": truth.people,
    "identifiers": truth.identifiers,
    "orders": truth.orders,
    "sends": truth.sends,
    "machine_events": truth.machine_events,
}
# One row each from the future, if the world is large enough that it can't move the default moment.
_AHEAD = {"web_events": "2031-01-01 00:00:00", "esp_events": "2032-02-02 00:00:00"}
_AHEAD_FROM_CUSTOMERS = 1000


def simulate(
    world: World,
    out: Path,
    say: Callable[[int], None] = lambda done: None,
    *,
    with_cases: bool = False,
) -> Counter:
    """Write the raw tables of a world into a folder, and its truth into the folder truth in it.

    say : called with the number of people written so far. with_cases : add the identity cases.

    Returns the rows by file. Memory does not grow with the world.
    """
    seasons = Seasons(world)
    catalogue = Catalogue(world, seasons)
    plan, spend = campaigns.plan(world), outreach.Spend(world)
    with Tables(out) as tables:
        writer = Writer(world, tables)
        for first in range(0, world.customers, PEOPLE_AT_ONCE):
            numbers = range(first, min(first + PEOPLE_AT_ONCE, world.customers))
            lot = make_lot(world, seasons, catalogue, plan, numbers, writer.next)
            spend.add(lot)
            writer.write(lot)
            say(numbers.stop)
        writer.add("shop_products", catalogue.table(world))
        writer.add("esp_messages", campaigns.messages(world, plan))
        writer.add("experiments", campaigns.experiments(world))
        writer.add("ad_spend", spend.table(world))
        tables.add("truth/products", catalogue.truth())
        if with_cases:
            identity_cases.write(world, catalogue, tables)
        writer.tell_the_dirt()
    return tables.rows


class Writer:
    """Writes the tables of a world with their dirt.

    next : number of the next row of each table. refused, odd : broken rows by table, reason and
    person, unreadable values by table, column and person.
    """

    def __init__(self, world: World, tables: Tables):
        self.world, self.tables, self.contract = world, tables, raw_tables()
        self.next: Counter = Counter()
        self.refused: Counter = Counter()
        self.odd: Counter = Counter()

    def write(self, lot: Lot) -> None:
        """Write all that is told of some people, and the truth about them."""
        for name, make in _RAW.items():
            self.add(name, make(lot))
        for name, make in _TRUTH.items():
            self.tables.add(f"truth/{name}", make(lot))

    def add(self, name: str, table: pa.Table) -> None:
        """Write good rows as `<name>/typed.parquet` and broken copies as `<name>/text.parquet`."""
        is_first = name not in self.next
        is_told = OF_PERSON in table.column_names
        self.tables.add(f"{name}/typed", table.drop(OF_PERSON) if is_told else table)
        chance = self.world.chance(f"dirt {name}", self.next[name])
        contract = self.contract[name]
        broken, refused, odd = dirt.spoil(
            contract, table, chance, self.next[f"{name} odd"], all_kinds=is_first
        )
        self.refused.update({(name, *what): count for what, count in refused.items()})
        self.odd.update({(name, *what): count for what, count in odd.items()})
        self.next[f"{name} odd"] += sum(odd.values())
        if broken is not None:
            self.tables.add(f"{name}/text", broken)
        if is_first and name in _AHEAD and self.world.customers >= _AHEAD_FROM_CUSTOMERS:
            row = dirt.ahead(contract, table, "occurred_at", _AHEAD[name])
            self.tables.add(f"{name}/text", row)
        self.next[name] += len(table)

    def tell_the_dirt(self) -> None:
        """Write what the build must say of the dirt into the truth."""
        for name, what, counts in (
            ("refused_rows", "reason", self.refused),
            ("unreadable_values", "column_name", self.odd),
        ):
            keys = sorted(counts, key=str)
            told = {
                column: pa.array([key[place] for key in keys], pa.string())
                for place, column in enumerate(("table_name", what, "person_id"))
            }
            told["count"] = pa.array([counts[key] for key in keys], pa.int64())
            self.tables.add(f"truth/{name}", pa.table(told))
