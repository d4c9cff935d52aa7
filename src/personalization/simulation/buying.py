"""When people order, and what they put into the basket."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from personalization.simulation.catalogue import COMPANIONS, Catalogue
from personalization.simulation.people import FAVOURITES, People
from personalization.simulation.seasons import SALE_DISCOUNT, Seasons
from personalization.simulation.vocabulary import PLACEHOLDERS
from personalization.simulation.world import DAY, World, one_of

# Orders of one person are a renewal process in operational time with gaps of this gamma shape:
# more regular than chance, as shopping is.
GAP_SHAPE = 2.0
_WARM_UP = 3
CANCELLED_SHARE = 0.025
_COMPANION_SHARE = 0.35
_READY = 0.7


@dataclass
class Orders:
    """Orders of some people, ordered by time; one place per order.

    person : place in People. at : seconds since start. operational : the same, in operational days.
    send : number of the send whose click led to it, -1 where the person came by itself.
    """

    person: np.ndarray
    at: np.ndarray
    operational: np.ndarray
    send: np.ndarray

    def __len__(self) -> int:
        """How many orders these are."""
        return len(self.person)

    def sorted(self) -> "Orders":
        """Return the orders by time, then person."""
        by = np.lexsort((self.person, self.at))
        return Orders(self.person[by], self.at[by], self.operational[by], self.send[by])


@dataclass
class Lines:
    """Lines of orders, ordered by order; one place per line.

    order : place in Orders. product : place in Catalogue. quantity : units, at least 1.
    cents : unit price in cents of the order's currency. discount_cents : of the whole line.
    """

    order: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    cents: np.ndarray
    discount_cents: np.ndarray

    def __len__(self) -> int:
        """How many lines these are."""
        return len(self.order)

    @property
    def net_cents(self) -> np.ndarray:
        """What each line costs after its discount."""
        return self.quantity * self.cents - self.discount_cents


class OrderFacts:
    """What an order says beside who and when; one place per order, in the order of Orders.

    source : index of SOURCES. is_online : leaves a trace on the web. is_named : says who ordered.
    uses_account : placed while logged in. which_device, is_second : which device and account.
    cancelled : seconds since start, NaN where not. placeholder : index of what is typed instead of
    an address, -1 where nothing is.
    """

    def __init__(self, people: People, orders: Orders, chance):
        n = len(orders)
        by_mail = orders.send >= 0
        self.source = np.where(by_mail, 0, chance.choice(4, n, p=(0.68, 0.14, 0.14, 0.04)))
        self.is_online = self.source < 2
        self.is_named = self.is_online | (chance.random(n) < 0.6)
        has_account = people.has_account[orders.person]
        self.uses_account = has_account & self.is_named & (chance.random(n) < 0.93)
        self.is_second = people.second_account[orders.person] & (chance.random(n) < 0.3)
        # The second account came 60 days after the first.
        self.is_second &= orders.at > people.arrived[orders.person] + 61 * DAY
        self.which_device = np.minimum(
            one_of(chance, n, (0.65, 0.25, 0.1)) % 3, people.devices[orders.person] - 1
        )
        self.cancelled = np.where(
            chance.random(n) < CANCELLED_SHARE, orders.at + chance.exponential(0.7 * DAY, n), np.nan
        )
        self.is_test = chance.random(n) < 0.0005
        self.says_email = chance.random(n)
        self.says_phone = chance.random(n) < 0.15
        is_shy = ~self.uses_account & (chance.random(n) < 0.02)
        self.placeholder = np.where(is_shy, chance.integers(0, len(PLACEHOLDERS), n), -1)


def own_orders(world: World, seasons: Seasons, people: People, chance) -> tuple[Orders, np.ndarray]:
    """Return the orders that people place by themselves, whatever is sent to them.

    Also returns (people,) operational days: when each ordered last before the watch, or began to
    buy, by which the first order is due. It lies before 0 for those who were there before.
    """
    buys = np.isfinite(people.gap) & (people.ends_operational > people.born_operational)
    was_there = people.arrived < 0
    at = people.born_operational - np.where(was_there & buys, _WARM_UP * people.gap, 0.0)
    last_before, going = at.copy(), np.flatnonzero(buys)
    found = [(np.empty(0, dtype=np.int64), np.empty(0))]
    while going.size:
        at[going] += chance.gamma(GAP_SHAPE, people.gap[going] / GAP_SHAPE)
        going = going[at[going] < people.ends_operational[going]]
        before = going[at[going] < 0]
        last_before[before] = at[before]
        seen = going[at[going] >= 0]
        found.append((seen, at[seen]))
    person, operational = (np.concatenate(part) for part in zip(*found, strict=True))
    seconds = seasons.moment(operational, people.place[person], people.curve[person])
    inside = (seconds >= 0) & (seconds < world.seconds)
    person, seconds, operational = person[inside], seconds[inside], operational[inside]
    own = Orders(person, seconds, operational, np.full(len(person), -1))
    return own.sorted(), last_before


def order_probability(since: np.ndarray, ahead: np.ndarray, gap, churn_rate) -> np.ndarray:
    """Return the chance that a person who has not churned orders within some operational days.

    since : operational days since the last own order. ahead : length of the window.
    gap, churn_rate : as in People. For a gamma gap of shape 2 the chance to wait longer than x is
    (1 + 2x / gap) exp(-2x / gap); that the person churns first is counted at mid-window.
    """

    def waits(x):
        return (1 + 2 * x / gap) * np.exp(-2 * x / gap)

    return (1 - waits(since + ahead) / waits(since)) * np.exp(-churn_rate * ahead / 2)


def fill_baskets(
    world: World, seasons: Seasons, catalogue: Catalogue, people: People, orders: Orders, chance
) -> Lines:
    """Choose products for all orders: favourites that have run out, then whatever appeals."""
    back_order, back_product = _favourites_due(catalogue, people, orders, chance)
    coming_back = np.bincount(back_order, minlength=len(orders))
    # Some trips are for one thing and some for a full cupboard.
    mood = chance.gamma(1.0, 1.0, len(orders))
    wanted = 1 + chance.poisson(people.basket[orders.person] * mood)
    fresh = np.maximum(wanted - coming_back, coming_back == 0)
    order = np.repeat(np.arange(len(orders)), fresh)
    person = orders.person[order]
    product = catalogue.choose(
        chance,
        people.departments(chance, person),
        catalogue.month_of(orders.at[order]),
        people.price_level[person],
        people.brands[person],
    )
    # Some come along with the product before them in the basket.
    follows = np.r_[False, order[1:] == order[:-1]] & (chance.random(len(order)) < _COMPANION_SHARE)
    before = np.r_[0, product[:-1]] if len(product) else product
    companion = catalogue.companions[before, chance.integers(0, COMPANIONS, len(product))]
    product = np.where(follows, companion, product)
    order, product = np.r_[back_order, order], np.r_[back_product, product]
    at = orders.at[order]
    for_sale = (catalogue.launched[product] <= at) & (catalogue.withdrawn[product] > at)
    order, product = order[for_sale], product[for_sale]
    is_new = _used_up_or_first(catalogue, orders, order, product)
    order, product = order[is_new], product[is_new]
    # Whoever would go home with nothing, having it all, takes something that is there.
    empty = np.flatnonzero(np.bincount(order, minlength=len(orders)) == 0)
    person = orders.person[empty]
    anything = catalogue.choose(
        chance,
        people.departments(chance, person),
        catalogue.month_of(orders.at[empty]),
        people.price_level[person],
        people.brands[person],
    )
    order, product = np.r_[order, empty], np.r_[product, anything]
    return _priced(world, seasons, catalogue, people, orders, order, product, chance)


def _favourites_due(catalogue, people, orders, chance) -> tuple[np.ndarray, np.ndarray]:
    """Return (order, product) of favourites bought again because they have run out.

    Walks through everybody's first order, then everybody's second, and so on.
    """
    by_person = np.lexsort((orders.at, orders.person))
    person = orders.person[by_person]
    first = np.r_[True, person[1:] != person[:-1]] if len(person) else np.empty(0, dtype=bool)
    turn = np.arange(len(person)) - np.maximum.accumulate(
        np.where(first, np.arange(len(person)), 0)
    )
    lasts = catalogue.lasts_days[people.favourites] * people.thrift[:, None]
    # Before the first order the house is stocked for some random time.
    emptied = np.where(lasts > 0, chance.random(lasts.shape) * lasts, np.inf) + (
        people.arrived[:, None].clip(0) / DAY
    )
    found = [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))]
    by_turn = np.argsort(turn, kind="stable")
    bounds = np.searchsorted(turn[by_turn], np.arange(turn.max(initial=-1) + 2))
    for low, high in pairwise(bounds):
        now = by_person[by_turn[low:high]]
        who, day = orders.person[now], orders.at[now] / DAY
        used_up = (day[:, None] - emptied[who]) / np.maximum(lasts[who], 1) + 1
        takes = np.clip((used_up - _READY) * 1.5, 0, 0.6) > chance.random((len(now), FAVOURITES))
        row, place = np.nonzero(takes)
        emptied[who[row], place] = day[row] + lasts[who[row], place]
        found.append((now[row], people.favourites[who[row], place]))
    order, product = (np.concatenate(part) for part in zip(*found, strict=True))
    return order, product


def _used_up_or_first(catalogue, orders, order, product) -> np.ndarray:
    """Return which lines to keep: nobody buys the same lamp twice."""
    owner = orders.person[order] * len(catalogue.number) + product
    by_time = np.argsort(orders.at[order], kind="stable")
    _, first = np.unique(owner[by_time], return_index=True)
    keep = catalogue.lasts_days[product] > 0
    keep[by_time[first]] = True
    return keep


def _priced(world, seasons, catalogue, people, orders, order, product, chance) -> Lines:
    """Merge equal products of one order, then add quantities, prices and the sale."""
    pair = np.unique(order * len(catalogue.number) + product)
    order, product = pair // len(catalogue.number), pair % len(catalogue.number)
    is_used_up = catalogue.lasts_days[product] > 0
    quantity = 1 + np.where(
        is_used_up, chance.poisson(0.5, len(pair)), chance.random(len(pair)) < 0.06
    )
    euros = catalogue.cents[product]
    # Dollar prices are list prices of their own, ending in 9 as well.
    dollars = np.round(euros * 0.115).astype(int) * 10 - 1
    region = people.region[orders.person[order]]
    cents = np.where(region == 1, dollars, euros)
    day = np.clip(orders.at[order] // DAY, 0, world.days - 1).astype(int)
    share = np.where(seasons.is_sale[day], SALE_DISCOUNT, 0.0)
    discount = np.round(quantity * cents * share).astype(np.int64)
    return Lines(order, product, quantity.astype(np.int64), cents, discount)
