"""The tables of the shop and the CRM: accounts, contacts, orders, lines, refunds, reviews."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from personalization.simulation import columns
from personalization.simulation.buying import Lines, Orders
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.people import People
from personalization.simulation.vocabulary import PLACES
from personalization.simulation.world import DAY, World

# What people type who do not want to say; nobody's address.
_PLACEHOLDERS = ["test@test.com", "n/a", "info@office.example", "noreply@shop.example"]
CURRENCIES = ["EUR", "USD"]
SOURCES = ["web", "app", "pos", "phone"]
_TAX = np.array([0.19, 0.08])
_FREE_SHIPPING_CENTS, _SHIPPING_CENTS = 5000, 490


def accounts(world: World, people: People, chance) -> pa.Table:
    """Return shop_customers: one account each, for a few a second one under their address."""
    first = np.flatnonzero(people.has_account)
    second = np.flatnonzero(people.second_account)
    person = np.r_[first, second]
    is_second = np.r_[np.zeros(len(first), dtype=bool), np.ones(len(second), dtype=bool)]
    created = people.arrived[person] + np.where(is_second, 60 * DAY, 600.0)
    there = created < world.seconds
    person, is_second, created = person[there], is_second[there], created[there]
    n = len(person)
    changed = chance.random(n) < 0.3
    updated = created + chance.exponential(60 * DAY, n)
    refers = people.has_contact[person] & (chance.random(n) < 0.8) & ~is_second
    has_phone = chance.random(n) < 0.5
    return pa.table(
        {
            "shop_customer_id": account_ids(people, person, is_second),
            "contact_id": columns.numbered("C", people.number[person], refers),
            "email": in_some_case(people.addresses(person), chance),
            "phone": columns.only(people.phones(person), has_phone),
            "first_name": people.first_names.take(pa.array(person)),
            "last_name": people.last_names.take(pa.array(person)),
            "country": columns.chosen([place[1] for place in PLACES], people.place[person]),
            "created_at": columns.moments(world, created),
            "updated_at": columns.moments(
                world, np.where(changed & (updated < world.seconds), updated, np.nan)
            ),
        }
    )


def account_ids(people: People, person: np.ndarray, is_second: np.ndarray) -> pa.Array:
    """Return ids of accounts, null for people without one."""
    suffix = columns.chosen(["", "-2"], is_second.astype(int))
    ids = columns.joined(columns.numbered("A", people.number[person]), suffix)
    return columns.only(ids, people.has_account[person])


def in_some_case(addresses: pa.Array, chance) -> pa.Array:
    """Return addresses as people type them: a few in capitals, a few with a blank behind."""
    luck = chance.random(len(addresses))
    typed = pc.if_else(pa.array(luck < 0.06), pc.utf8_upper(addresses), addresses)
    return pc.if_else(pa.array(luck > 0.98), columns.joined(typed, " "), typed)


def contacts(world: World, people: People, chance) -> pa.Table:
    """Return crm_contacts."""
    person = np.flatnonzero(people.has_contact & (people.arrived + DAY < world.seconds))
    n = len(person)
    of_place = people.place[person]
    birth_day = chance.integers(-9000, 13000, n)  # 1945 to 2005, as days since 1970
    languages = ["en" if country == "US" else country.lower() for _, country, *_ in PLACES]
    return pa.table(
        {
            "contact_id": columns.numbered("C", people.number[person]),
            "email": columns.only(people.addresses(person), chance.random(n) < 0.93),
            "phone": people.phones(person),
            "first_name": people.first_names.take(pa.array(person)),
            "last_name": people.last_names.take(pa.array(person)),
            "birth_date": pa.array(birth_day.astype(np.int32), mask=chance.random(n) < 0.4).cast(
                pa.date32()
            ),
            "gender": columns.chosen(
                ["female", "male", "diverse"], _some(chance, n, (0.4, 0.35, 0.02))
            ),
            "country": columns.chosen([place[1] for place in PLACES], of_place),
            "region": columns.chosen([place[3] for place in PLACES], of_place),
            "city": columns.chosen([place[4] for place in PLACES], of_place),
            "postal_code": columns.numbered("", 10_000 + people.number[person] * 37 % 89_999),
            "timezone": columns.chosen([place[0] for place in PLACES], of_place),
            "language": columns.chosen(languages, of_place),
            "created_at": columns.moments(world, people.arrived[person] + DAY),
            "updated_at": columns.nothing(n, pa.timestamp("ms")),
        }
    )


def _some(chance, n: int, shares: tuple[float, ...]) -> np.ndarray:
    """Return the index of a share drawn for each row, -1 for what they leave over."""
    place = (chance.random(n)[:, None] > np.cumsum(shares)).sum(axis=1)
    return np.where(place < len(shares), place, -1)


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
            _some(chance, n, (0.65, 0.25, 0.1)) % 3, people.devices[orders.person] - 1
        )
        self.cancelled = np.where(
            chance.random(n) < 0.025, orders.at + chance.exponential(0.7 * DAY, n), np.nan
        )
        self.is_test = chance.random(n) < 0.0005
        self.says_email = chance.random(n)
        self.says_phone = chance.random(n) < 0.15
        is_shy = ~self.uses_account & (chance.random(n) < 0.02)
        self.placeholder = np.where(is_shy, chance.integers(0, len(_PLACEHOLDERS), n), -1)


def order_ids(numbers: np.ndarray) -> pa.Array:
    """Return ids of orders by their number over the world."""
    return columns.numbered("O", 100_001 + numbers)


def orders_table(
    world: World, people: People, orders: Orders, facts: OrderFacts, lines: Lines, first: int
) -> pa.Table:
    """Return shop_orders; `first` is the number of the first of them."""
    person = orders.person
    subtotal = np.bincount(lines.order, lines.quantity * lines.cents, len(orders)).astype(np.int64)
    discount = np.bincount(lines.order, lines.discount_cents, len(orders)).astype(np.int64)
    region = people.region[person]
    tax = np.round((subtotal - discount) * _TAX[region]).astype(np.int64)
    ships = facts.is_online & (subtotal - discount < _FREE_SHIPPING_CENTS)
    shipping = np.where(ships, _SHIPPING_CENTS, 0)
    says_email = facts.is_named & (
        (facts.says_email < 0.55) | (~facts.uses_account & (facts.says_email < 0.95))
    )
    devices = device_ids(people.device_numbers(person, facts.which_device))
    ids = account_ids(people, person, facts.is_second)
    cancelled = np.where(facts.cancelled < world.seconds, facts.cancelled, np.nan)
    return pa.table(
        {
            "order_id": order_ids(first + np.arange(len(orders))),
            "shop_customer_id": columns.only(ids, facts.uses_account),
            "email": pc.coalesce(
                columns.chosen(_PLACEHOLDERS, facts.placeholder).cast(pa.string()),
                columns.only(people.addresses(person), says_email),
            ),
            "phone": columns.only(people.phones(person), facts.is_named & facts.says_phone),
            "anonymous_id": columns.only(devices, facts.is_online),
            "ordered_at": columns.moments(world, orders.at),
            "cancelled_at": columns.moments(world, cancelled),
            "currency": columns.chosen(CURRENCIES, region),
            "subtotal": columns.money(subtotal),
            "discount_total": columns.money(discount),
            "tax_total": columns.money(tax),
            "shipping_total": columns.money(shipping),
            "total": columns.money(subtotal - discount + tax + shipping),
            "discount_codes": columns.chosen(["SALE20"], np.where(discount > 0, 0, -1)),
            "source_name": columns.chosen(SOURCES, facts.source),
            "is_test": columns.flags(facts.is_test),
        }
    )


def device_ids(numbers: np.ndarray) -> pa.Array:
    """Return anonymous ids of devices by their number."""
    return columns.numbered("d", numbers)


def lines_table(catalogue: Catalogue, lines: Lines, first: int) -> pa.Table:
    """Return shop_order_lines."""
    ids = order_ids(first + lines.order)
    return pa.table(
        {
            "order_line_id": columns.joined(ids, columns.numbered("-", lines.product)),
            "order_id": ids,
            "product_id": columns.chosen(catalogue.ids, lines.product),
            "quantity": pa.array(lines.quantity),
            "unit_price": columns.money(lines.cents),
            "discount_total": columns.money(lines.discount_cents),
        }
    )


def refunds(
    world: World, orders: Orders, facts: OrderFacts, lines: Lines, first: int, next_id: int, chance
) -> pa.Table:
    """Return shop_refunds: some lines sent back, a few amounts given back for the whole order."""
    n = len(lines)
    at = orders.at[lines.order] + chance.uniform(3, 25, n) * DAY
    back = (
        (chance.random(n) < 0.045) & np.isnan(facts.cancelled[lines.order]) & (at < world.seconds)
    )
    line = np.flatnonzero(back)
    line = line[np.argsort(at[line], kind="stable")]
    m = len(line)
    is_goodwill = chance.random(m) < 0.08
    taken = np.minimum(1 + chance.poisson(0.3, m), lines.quantity[line])
    share = np.where(is_goodwill, 0.2, taken / lines.quantity[line])
    ids = order_ids(first + lines.order[line])
    return pa.table(
        {
            "refund_id": columns.numbered("R", next_id + np.arange(m)),
            "order_id": ids,
            "order_line_id": columns.only(
                columns.joined(ids, columns.numbered("-", lines.product[line])), ~is_goodwill
            ),
            "refunded_at": columns.moments(world, at[line]),
            "quantity": pa.array(taken, mask=is_goodwill),
            "amount": columns.money(np.round(lines.net_cents[line] * share).astype(np.int64)),
        }
    )


def reviews(
    world: World,
    people: People,
    catalogue: Catalogue,
    orders: Orders,
    facts: OrderFacts,
    lines: Lines,
    next_id: int,
    chance,
) -> pa.Table:
    """Return shop_reviews: stars that follow how well the product suits the person."""
    n = len(lines)
    at = orders.at[lines.order] + chance.uniform(4, 30, n) * DAY
    says = facts.is_named[lines.order] & (chance.random(n) < 0.06) & (at < world.seconds)
    line = np.flatnonzero(says)
    line = line[np.argsort(at[line], kind="stable")]
    order = lines.order[line]
    person = orders.person[order]
    product = lines.product[line]
    liking = catalogue.liking(product, people.price_level[person], people.brands[person])
    stars = np.clip(np.round(4.2 + 0.5 * liking + chance.normal(0, 0.9, len(line))), 1, 5)
    is_account = facts.uses_account[order]
    ids = account_ids(people, person, facts.is_second[order])
    return pa.table(
        {
            "review_id": columns.numbered("V", next_id + np.arange(len(line))),
            "product_id": columns.chosen(catalogue.ids, product),
            "shop_customer_id": columns.only(ids, is_account),
            "email": columns.only(people.addresses(person), ~is_account),
            "rating": pa.array(stars.astype(np.int64)),
            "reviewed_at": columns.moments(world, at[line]),
        }
    )
