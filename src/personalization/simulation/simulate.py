"""`personalization simulate`: a whole world, some thousand people at a time."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from personalization.landing.contract import raw_tables
from personalization.simulation import (
    browsing,
    buying,
    campaigns,
    dirt,
    mail,
    outreach,
    shop,
    statements,
    truth,
    web,
)
from personalization.simulation.buying import Orders
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.mailing import Mailing, Sends
from personalization.simulation.parquet_files import Tables
from personalization.simulation.people import make_people
from personalization.simulation.seasons import Seasons
from personalization.simulation.world import PEOPLE_AT_ONCE, World

# One row each from the future, if the world is large enough that it can't move the default moment.
_AHEAD = {"web_events": "2031-01-01 00:00:00", "esp_events": "2032-02-02 00:00:00"}
_AHEAD_FROM_CUSTOMERS = 1000


def simulate(world: World, out: Path, say: Callable[[int], None] = lambda done: None) -> Counter:
    """Write the raw tables of a world into a folder, and its truth into the folder truth in it.

    say : called with the number of people written so far.

    Returns the rows by table. Memory does not grow with the world.
    """
    seasons = Seasons(world)
    catalogue = Catalogue(world, seasons)
    with Tables(out) as tables:
        chunk = Chunks(world, seasons, catalogue, tables)
        for first in range(0, world.customers, PEOPLE_AT_ONCE):
            chunk.write(first, min(PEOPLE_AT_ONCE, world.customers - first))
            say(min(first + PEOPLE_AT_ONCE, world.customers))
        chunk.finish()
    return tables.rows


class Chunks:
    """Writes the people of a world in turn; holds what has to be known over all of them."""

    def __init__(self, world: World, seasons: Seasons, catalogue: Catalogue, tables: Tables):
        self.world, self.seasons, self.catalogue, self.tables = world, seasons, catalogue, tables
        self.contract = raw_tables()
        self.plan = campaigns.plan(world)
        self.spend = outreach.Spend(world)
        self.next: Counter = Counter()
        self.refused: Counter = Counter()
        self.odd: Counter = Counter()

    def write(self, first: int, count: int) -> None:
        """Write everything about some people."""
        world, seasons, catalogue = self.world, self.seasons, self.catalogue
        people = make_people(world, seasons, catalogue, first, count)

        def chance(part: str):
            return world.chance(part, first)

        own = buying.own_orders(world, seasons, people, chance("orders"))
        mailing = Mailing(world, seasons, catalogue, people, own)
        sends = mailing.walk(self.plan)
        orders = _with_mailed(world, own, sends, mailing)
        orders, lines = buying.fill_baskets(
            world, seasons, catalogue, people, orders, chance("baskets")
        )
        sends = _by_time(Sends.together([sends, mailing.confirm(self.plan[-1], orders)]), orders)
        facts = shop.OrderFacts(people, orders, chance("order facts"))
        subscribers = mailing.subscribers
        first_order, first_send = self.next["shop_orders"], self.next["esp_sends"]
        self._write_shop(people, orders, facts, lines, chance)
        self._write_mail(people, subscribers, sends, chance)
        visits = browsing.visits(
            world, seasons, people, orders, facts, sends, subscribers, chance("visits")
        )
        events = browsing.events(
            world, catalogue, people, visits, orders, lines, sends, chance("events")
        )
        self._add(
            "web_events",
            web.table(
                world,
                catalogue,
                people,
                visits,
                facts,
                sends.campaign,
                events,
                first_order,
                first_send,
                self.next["web_events"],
                chance("web"),
            ),
        )
        self._add(
            "channel_events",
            outreach.touches(
                world, people, visits, self.spend, self.next["channel_events"], chance("outreach")
            ),
        )
        self._write_statements(people, subscribers, chance)
        self.tables.add("truth/people", truth.people_truth(people, world, seasons, catalogue))
        self.tables.add("truth/orders", truth.orders_truth(people, orders, first_order, first_send))
        self.tables.add("truth/sends", truth.sends_truth(sends, first_send))
        self.tables.add(
            "truth/identifiers", truth.identifiers_truth(people, subscribers, visits, world)
        )

    def _write_shop(self, people, orders, facts, lines, chance) -> None:
        world, first = self.world, self.next["shop_orders"]
        self._add("shop_customers", shop.accounts(world, people, chance("accounts")))
        self._add("crm_contacts", shop.contacts(world, people, chance("contacts")))
        self._add("shop_orders", shop.orders_table(world, people, orders, facts, lines, first))
        self._add("shop_order_lines", shop.lines_table(self.catalogue, lines, first))
        self._add(
            "shop_refunds",
            shop.refunds(
                world, orders, facts, lines, first, self.next["shop_refunds"], chance("refunds")
            ),
        )
        self._add(
            "shop_reviews",
            shop.reviews(
                world,
                people,
                self.catalogue,
                orders,
                facts,
                lines,
                self.next["shop_reviews"],
                chance("reviews"),
            ),
        )

    def _write_mail(self, people, subscribers, sends, chance) -> None:
        world, first = self.world, self.next["esp_sends"]
        table, _ = mail.subscribers_table(world, people, subscribers, chance("subscribers"))
        self._add("esp_subscribers", table)
        self._add(
            "esp_sends",
            mail.sends_table(world, people, self.catalogue, subscribers, self.plan, sends, first),
        )
        events, machines = mail.events(
            world,
            people,
            self.catalogue,
            subscribers,
            sends,
            first,
            self.next["esp_events"],
            chance("mail events"),
        )
        self._add("esp_events", events)
        self.tables.add("truth/machine_events", machines)
        self._add(
            "experiment_exposures", mail.exposures(world, people, subscribers, self.plan, sends)
        )

    def _write_statements(self, people, subscribers, chance) -> None:
        world = self.world
        self._add(
            "consent_events",
            statements.consents(
                world, people, subscribers, self.next["consent_events"], chance("consents")
            ),
        )
        self._add(
            "stated_preferences",
            statements.preferences(
                world,
                self.seasons,
                self.catalogue,
                people,
                self.next["stated_preferences"],
                chance("preferences"),
            ),
        )
        self._add(
            "privacy_requests",
            statements.privacy_requests(
                world, people, self.next["privacy_requests"], chance("requests")
            ),
        )

    def finish(self) -> None:
        """Write what all people share: products, messages, experiments, spend; tell the dirt."""
        self._add("shop_products", self.catalogue.table(self.world))
        self._add("esp_messages", campaigns.messages(self.world, self.plan))
        self._add("experiments", campaigns.experiments(self.world))
        self._add("ad_spend", self.spend.table(self.world))
        self.tables.add("truth/products", self.catalogue.truth())
        for name, counts in (("refused_rows", self.refused), ("unreadable_values", self.odd)):
            keys = sorted(counts)
            what = "reason" if name == "refused_rows" else "column_name"
            self.tables.add(
                f"truth/{name}",
                pa.table(
                    {
                        "table_name": pa.array([table for table, _ in keys], pa.string()),
                        what: pa.array([said for _, said in keys], pa.string()),
                        "count": pa.array([counts[key] for key in keys], pa.int64()),
                    }
                ),
            )

    def _add(self, name: str, table: pa.Table) -> None:
        """Write good rows as `<name>/typed.parquet` and broken copies as `<name>/text.parquet`."""
        is_first = name not in self.next
        self.tables.add(f"{name}/typed", table)
        chance = self.world.chance(f"dirt {name}", self.next[name])
        contract = self.contract[name]
        broken, refused, odd = dirt.spoil(
            contract, table, chance, self.next[f"{name} odd"], all_kinds=is_first
        )
        self.refused.update({(name, reason): count for reason, count in refused.items()})
        self.odd.update({(name, column): count for column, count in odd.items()})
        self.next[f"{name} odd"] += sum(odd.values())
        if broken is not None:
            self.tables.add(f"{name}/text", broken)
        if is_first and name in _AHEAD and self.world.customers >= _AHEAD_FROM_CUSTOMERS:
            row = dirt.ahead(contract, table, "occurred_at", _AHEAD[name])
            self.tables.add(f"{name}/text", row)
        self.next[name] += len(table)


def _with_mailed(world: World, own: Orders, sends: Sends, mailing: Mailing) -> Orders:
    """Return own orders within the world and those that a click in a mail led to."""
    seen = own.at >= 0
    led = np.flatnonzero(sends.ordered < world.seconds)
    person = mailing.subscribers.person[sends.subscriber[led]]
    place, curve = mailing.people.place[person], mailing.people.curve[person]
    at = sends.ordered[led]
    return Orders(
        np.r_[own.person[seen], person],
        np.r_[own.at[seen], at],
        np.r_[own.operational[seen], mailing.seasons.operational(at, place, curve)],
        np.r_[own.send[seen], led],
    ).sorted()


def _by_time(sends: Sends, orders: Orders) -> Sends:
    """Return the sends by time; the orders' references to them follow."""
    by = np.lexsort((sends.subscriber, sends.sent))
    place = np.empty(len(by), dtype=np.int64)
    place[by] = np.arange(len(by))
    orders.send = np.where(orders.send >= 0, place[orders.send] if len(by) else -1, -1)
    return sends.where(by)
