"""Visits to the site and the app, and the tracker events they leave."""

from dataclasses import dataclass

import numpy as np

from personalization.simulation.buying import Lines, OrderFacts, Orders
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.people import People
from personalization.simulation.seasons import Seasons
from personalization.simulation.sends import Sends, Subscribers
from personalization.simulation.world import DAY, World

CHANNELS = ["direct", "organic", "paid_search", "paid_social", "affiliate", "email"]
EMAIL = CHANNELS.index("email")
_CHANNEL_SHARES = (0.36, 0.3, 0.16, 0.12, 0.06)
EVENTS = [
    "page_viewed", "product_viewed", "product_list_viewed", "product_added", "product_removed",
    "product_searched", "checkout_started", "order_completed", "identified", "email_link_opened",
]  # fmt: skip
(PAGE, VIEW, LIST, ADD, REMOVE, SEARCH, CHECKOUT, COMPLETED, IDENTIFIED, LINK) = range(len(EVENTS))
KIOSKS = 5
STRANGERS_FROM = 10**12


@dataclass
class Visits:
    """Visits, one place each; times in seconds since start.

    person : place in People, -1 for someone who never says who it is.
    device : number of the device; of kiosks below 0, of strangers from STRANGERS_FROM.
    starts, ends : ends is NaN but for visits that end in an order, at its time.
    order, send : places in Orders and Sends, -1 where none. channel : index of CHANNELS.
    is_logged_in : events carry the account. says_email : the visitor leaves an address.
    """

    person: np.ndarray
    device: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    order: np.ndarray
    send: np.ndarray
    channel: np.ndarray
    is_logged_in: np.ndarray
    says_email: np.ndarray

    def __len__(self) -> int:
        """How many visits these are."""
        return len(self.person)


@dataclass
class Events:
    """Tracker events by time; one place per event.

    visit : place in Visits. name : index of EVENTS. at : seconds since start.
    product : place in Catalogue, of lists and searches one of what they are about; -1 where none.
    engaged : seconds, 0 where none.
    """

    visit: np.ndarray
    name: np.ndarray
    at: np.ndarray
    product: np.ndarray
    engaged: np.ndarray


def visits(
    world: World,
    seasons: Seasons,
    people: People,
    orders: Orders,
    facts: OrderFacts,
    sends: Sends,
    subscribers: Subscribers,
    chance,
) -> Visits:
    """Return all visits: those that end in an order, those after a click, and the many others."""
    online = np.flatnonzero(facts.is_online)
    led_to_order = orders.send[online]
    clicks = np.flatnonzero(
        (sends.clicked < world.seconds)
        & np.isnan(sends.ordered)
        & (chance.random(len(sends.sent)) < 0.93)
    )
    others, moments = _other_visits(world, seasons, people, chance)
    strangers = chance.integers(0, len(others), int(0.3 * len(others))) if len(others) else others
    person = np.concatenate(
        [
            orders.person[online],
            subscribers.person[sends.subscriber[clicks]],
            others,
            np.full(len(strangers), -1),
        ]
    )
    n, o, c = len(person), len(online), len(clicks)
    which = np.concatenate(
        [facts.which_device[online], (chance.random(n - o) < 0.35).astype(np.int64)]
    )
    known = np.maximum(person, 0)
    which = np.minimum(which, people.devices[known] - 1)
    # A stranger's device comes back now and then: three devices to four visits.
    stranger = STRANGERS_FROM + people.number[0] * 10 + np.arange(n) * 3 // 4
    device = np.where(person >= 0, people.device_numbers(known, which), stranger)
    at_kiosk = (np.arange(n) >= o) & (person >= 0) & (chance.random(n) < 0.003)
    device = np.where(at_kiosk, -1 - chance.integers(0, KIOSKS, n), device)
    channel = chance.choice(len(_CHANNEL_SHARES), n, p=_CHANNEL_SHARES)
    channel[:o] = np.where(led_to_order >= 0, EMAIL, channel[:o])
    channel[o : o + c] = EMAIL
    none = np.full(n, -1)
    order, send = none.copy(), none.copy()
    order[:o], send[:o], send[o : o + c] = online, led_to_order, clicks
    ends = np.full(n, np.nan)
    ends[:o] = orders.at[online]
    starts = np.concatenate(
        [
            np.where(led_to_order >= 0, sends.clicked[led_to_order], np.nan),
            sends.clicked[clicks],
            moments,
            moments[strangers] if len(others) else moments,
        ]
    )
    has_account = people.has_account[known] & (person >= 0)
    uses_account = np.zeros(n, dtype=bool)
    uses_account[:o] = facts.uses_account[online]
    logged_in = np.where(order >= 0, uses_account, has_account & (chance.random(n) < 0.3))
    says_email = (person >= 0) & ~logged_in & (chance.random(n) < np.where(order >= 0, 0.5, 0.004))
    return Visits(person, device, starts, ends, order, send, channel, logged_in, says_email)


def _other_visits(world, seasons, people, chance) -> tuple[np.ndarray, np.ndarray]:
    """Return (person, seconds) of visits that neither end in an order nor follow a mail."""
    gap = np.where(np.isfinite(people.gap), people.gap, 120.0)
    lives = np.maximum(people.ends_operational - people.born_operational, 0)
    count = chance.poisson(people.visits_per_gap * lives / gap)
    person = np.repeat(np.arange(len(people)), np.minimum(count, 400))
    at = people.born_operational[person] + chance.random(len(person)) * lives[person]
    # Some drop by again after they have ceased to buy.
    lost = np.flatnonzero(
        (people.ends_operational < seasons.end) & (chance.random(len(people)) < 0.4)
    )
    late = people.ends_operational[lost]
    person = np.r_[person, lost]
    at = np.r_[at, late + chance.random(len(lost)) * (seasons.end - late)]
    seconds = seasons.moment(
        np.minimum(at, seasons.end - 1e-6), people.place[person], people.curve[person]
    )
    inside = (seconds >= np.maximum(people.arrived[person], 0)) & (
        seconds < world.seconds - DAY / 24
    )
    return person[inside], seconds[inside]


def events(
    world: World,
    catalogue: Catalogue,
    people: People,
    visits: Visits,
    orders: Orders,
    lines: Lines,
    sends: Sends,
    chance,
) -> Events:
    """Return the events of all visits."""
    n = len(visits)
    is_order = visits.order >= 0
    extra = np.minimum(chance.poisson(np.where(is_order, 1.5, 2.2)), 25) + (~is_order)
    looks = np.repeat(np.arange(n), extra)
    kind = chance.choice([VIEW, LIST, SEARCH], len(looks), p=(0.68, 0.2, 0.12))
    seen = _seen_products(catalogue, people, visits, looks, sends, chance)
    visit_of_order = np.full(len(orders), -1)
    visit_of_order[visits.order[is_order]] = np.flatnonzero(is_order)
    bought = np.flatnonzero(visit_of_order[lines.order] >= 0)
    buyer, product = visit_of_order[lines.order[bought]], lines.product[bought]
    # Carts that are left behind: the last product looked at goes in, and some come out again.
    last = np.r_[looks[1:] != looks[:-1], True] if len(looks) else np.empty(0, dtype=bool)
    left = np.flatnonzero(
        last & ~is_order[looks] & (kind == VIEW) & (chance.random(len(looks)) < 0.12)
    )
    out = left[chance.random(len(left)) < 0.2]
    every, ordering, telling = (
        np.arange(n),
        np.flatnonzero(is_order),
        np.flatnonzero(visits.says_email),
    )
    landing = np.where(visits.send >= 0, LINK, PAGE)
    # (visit, phase, place in the phase, name, product)
    parts = [
        (every, 0, every * 0, landing, every * 0 - 1),
        (looks, 1, np.arange(len(looks)), kind, seen),
        (buyer, 2, 2 * np.arange(len(bought)), buyer * 0 + VIEW, product),
        (buyer, 2, 2 * np.arange(len(bought)) + 1, buyer * 0 + ADD, product),
        (looks[left], 3, left * 0, left * 0 + ADD, seen[left]),
        (looks[out], 4, out * 0, out * 0 + REMOVE, seen[out]),
        (telling, 5, telling * 0, telling * 0 + IDENTIFIED, telling * 0 - 1),
        (ordering, 6, ordering * 0, ordering * 0 + CHECKOUT, ordering * 0 - 1),
        (ordering, 7, ordering * 0, ordering * 0 + COMPLETED, ordering * 0 - 1),
    ]
    visit = np.concatenate([part[0] for part in parts])
    phase = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
    place, name, product = (np.concatenate([part[i] for part in parts]) for i in (2, 3, 4))
    by = np.lexsort((place, phase, visit))
    visit, name, product = visit[by], name[by], product[by]
    at, engaged = _times(visits, visit, name, chance)
    inside = np.flatnonzero((at < world.seconds) & (at >= 0))
    inside = inside[np.argsort(at[inside], kind="stable")]
    return Events(visit[inside], name[inside], at[inside], product[inside], engaged[inside])


def _seen_products(catalogue, people, visits, looks, sends, chance) -> np.ndarray:
    """Return what is looked at: favourites, what a mail showed first, whatever appeals."""
    person = visits.person[looks]
    known = np.maximum(person, 0)
    at = np.where(np.isnan(visits.starts), visits.ends, visits.starts)[looks]
    anyone = chance.integers(0, people.taste.shape[1], len(looks))
    department = np.where(person >= 0, people.departments(chance, known), anyone)
    product = catalogue.choose(
        chance, department, catalogue.month_of(at), people.price_level[known], people.brands[known]
    )
    favourite = people.favourites[known, chance.integers(0, people.favourites.shape[1], len(looks))]
    returns = (person >= 0) & (chance.random(len(looks)) < 0.25)
    product = np.where(returns & (catalogue.launched[favourite] <= at), favourite, product)
    send = visits.send[looks]
    clicked = np.where(send >= 0, sends.shown[send, sends.clicked_slot[send]], -1)
    first = np.r_[True, looks[1:] != looks[:-1]] if len(looks) else np.empty(0, dtype=bool)
    return np.where(first & (clicked >= 0), clicked, product)


def _times(visits, visit, name, chance) -> tuple[np.ndarray, np.ndarray]:
    """Return seconds of events sorted by visit, and seconds of attention where there is a page."""
    n = len(visits)
    first = np.searchsorted(visit, np.arange(n))
    total = np.bincount(visit, minlength=n)
    rank = np.arange(len(visit)) - first[visit]
    pace = np.minimum(chance.lognormal(np.log(35), 0.6, n), 240)
    spans = visits.ends - visits.starts
    pace = np.where(np.isnan(spans), pace, spans / np.maximum(total - 1, 1))
    starts = np.where(np.isnan(visits.starts), visits.ends - pace * (total - 1), visits.starts)
    wobble = chance.random(len(visit)) * 0.8 * ((rank > 0) & (rank < total[visit] - 1))
    at = starts[visit] + pace[visit] * (rank + wobble)
    engaged = np.round(np.minimum(pace[visit], 600) * chance.uniform(0.3, 0.95, len(visit)))
    has_page = np.isin(name, (PAGE, VIEW, LIST, SEARCH, LINK)) & (chance.random(len(visit)) < 0.9)
    return at, np.where(has_page, engaged, 0.0)
