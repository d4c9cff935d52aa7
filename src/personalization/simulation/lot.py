"""Some people of a world and all that they did: what the tables are written from."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from personalization.simulation import browsing, buying, columns
from personalization.simulation.browsing import STRANGERS_FROM, Events, Visits
from personalization.simulation.buying import Lines, OrderFacts, Orders
from personalization.simulation.campaigns import Campaign
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.mailing import Mailing
from personalization.simulation.people import People, make_people
from personalization.simulation.seasons import Seasons
from personalization.simulation.sends import MailEvents, Sends, Subscribers
from personalization.simulation.world import World

# Number of the person whom a row tells of; no column of the raw table.
OF_PERSON = "of_person"


@dataclass
class Lot:
    """Some people of a world and all that they did.

    next : number of the first new row of each table, counted over the whole world.
    The methods that return ids take places in the arrays of this lot.
    """

    world: World
    seasons: Seasons
    catalogue: Catalogue
    plan: list[Campaign]
    people: People
    orders: Orders
    facts: OrderFacts
    lines: Lines
    subscribers: Subscribers
    sends: Sends
    mail_events: MailEvents
    visits: Visits
    events: Events
    next: Counter

    def chance(self, part: str) -> np.random.Generator:
        """Return the source of chance of one part of this lot."""
        return self.world.chance(part, int(self.people.number[0]))

    def told(self, columns: dict, person: np.ndarray) -> pa.Table:
        """Return a table that says beside each row whose it is, null where person is below 0."""
        number = self.people.number[np.maximum(person, 0)]
        return pa.table({**columns, OF_PERSON: pa.array(number, mask=person < 0)})

    def numbers(self, table: str, rows: int) -> np.ndarray:
        """Return numbers for new rows of a table."""
        return self.next[table] + np.arange(rows)

    def order_ids(self, order: np.ndarray) -> pa.Array:
        """Return ids of orders."""
        return columns.numbered("O", 100_001 + self.next["shop_orders"] + order)

    def line_ids(self, line: np.ndarray) -> pa.Array:
        """Return ids of order lines."""
        product = columns.numbered("-", self.lines.product[line])
        return columns.joined(self.order_ids(self.lines.order[line]), product)

    def send_ids(self, send: np.ndarray) -> pa.Array:
        """Return ids of sends."""
        return columns.numbered("s", self.next["esp_sends"] + send)

    def account_ids(self, person: np.ndarray, is_second: np.ndarray | bool = False) -> pa.Array:
        """Return ids of people's first or second accounts, null for those who have none."""
        which = np.broadcast_to(np.asarray(is_second, dtype=int), len(person))
        suffix = columns.chosen(["", "-2"], which)
        ids = columns.joined(columns.numbered("A", self.people.number[person]), suffix)
        return columns.only(ids, self.people.has_account[person])

    def contact_ids(self, person: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
        """Return ids of people's contacts, null where the mask is false."""
        return columns.numbered("C", self.people.number[person], where)

    def subscriber_ids(self, which: np.ndarray) -> pa.Array:
        """Return ids of subscribers."""
        suffix = columns.chosen(["", "-2"], self.subscribers.second[which].astype(int))
        number = self.people.number[self.subscribers.person[which]]
        return columns.joined(columns.numbered("S", number), suffix)

    def subscriber_addresses(self, which: np.ndarray) -> pa.Array:
        """Return normalised addresses of subscribers."""
        person = self.subscribers.person[which]
        return pc.if_else(
            pa.array(self.subscribers.second[which]),
            self.people.addresses(person, second=True),
            self.people.addresses(person),
        )

    def of_campaigns(self, name: str) -> np.ndarray:
        """Return a field of the campaign of each send."""
        return np.array([getattr(c, name) for c in self.plan])[self.sends.campaign]


def anonymous_ids(device: np.ndarray) -> pa.Array:
    """Return ids of devices: of people, of strangers, of kiosks in the shop."""
    prefix = np.select([device < 0, device >= STRANGERS_FROM], [0, 1], 2)
    number = np.select(
        [device < 0, device >= STRANGERS_FROM], [-device, device - STRANGERS_FROM], device
    )
    ids = columns.joined(columns.chosen(["kiosk-", "v", "d"], prefix), columns.numbered("", number))
    return ids.dictionary_encode()


def make_lot(
    world: World,
    seasons: Seasons,
    catalogue: Catalogue,
    plan: list[Campaign],
    people_numbers: range,
    next_rows: Counter,
) -> Lot:
    """Let some people live: order, be mailed, answer, and visit.

    people_numbers : numbers of the people over the whole world.
    """
    first, count = people_numbers.start, len(people_numbers)
    people = make_people(world, seasons, catalogue, first, count)

    def chance(part: str) -> np.random.Generator:
        return world.chance(part, first)

    own, last_before = buying.own_orders(world, seasons, people, chance("orders"))
    mailing = Mailing(world, seasons, catalogue, people, own, last_before)
    sends = mailing.walk(plan)
    orders = _with_mailed(world, own, sends, mailing)
    lines = buying.fill_baskets(world, seasons, catalogue, people, orders, chance("baskets"))
    sends = _by_time(Sends.together([sends, mailing.confirm(plan[-1], orders)]), orders)
    facts = OrderFacts(people, orders, chance("order facts"))
    subscribers = mailing.subscribers
    visits = browsing.visits(
        world, seasons, people, orders, facts, sends, subscribers, chance("visits")
    )
    events = browsing.events(
        world, catalogue, people, visits, orders, lines, sends, chance("events")
    )
    return Lot(
        world=world,
        seasons=seasons,
        catalogue=catalogue,
        plan=plan,
        people=people,
        orders=orders,
        facts=facts,
        lines=lines,
        subscribers=subscribers,
        sends=sends,
        mail_events=MailEvents(sends, world.seconds),
        visits=visits,
        events=events,
        next=Counter(next_rows),
    )


def _with_mailed(world: World, own: Orders, sends: Sends, mailing: Mailing) -> Orders:
    """Return own orders and those that a click in a mail led to."""
    led = np.flatnonzero(sends.ordered < world.seconds)
    person = mailing.subscribers.person[sends.subscriber[led]]
    place, curve = mailing.people.place[person], mailing.people.curve[person]
    at = sends.ordered[led]
    return Orders(
        np.r_[own.person, person],
        np.r_[own.at, at],
        np.r_[own.operational, mailing.seasons.operational(at, place, curve)],
        np.r_[own.send, led],
    ).sorted()


def _by_time(sends: Sends, orders: Orders) -> Sends:
    """Return the sends by time; the orders' references to them follow."""
    by = np.lexsort((sends.subscriber, sends.sent))
    place = np.empty(len(by), dtype=np.int64)
    place[by] = np.arange(len(by))
    orders.send = np.where(orders.send >= 0, place[orders.send] if len(by) else -1, -1)
    return sends.where(by)
