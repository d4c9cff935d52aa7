"""The tables of the shop and the CRM: accounts, contacts, orders, lines, refunds, reviews."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from personalization.simulation import columns
from personalization.simulation.lot import Lot, anonymous_ids
from personalization.simulation.vocabulary import CURRENCIES, PLACEHOLDERS, PLACES, SOURCES
from personalization.simulation.world import DAY, one_of

_TAX = np.array([0.19, 0.08])
_FREE_SHIPPING_CENTS, _SHIPPING_CENTS = 5000, 490


def accounts(lot: Lot) -> pa.Table:
    """Return shop_customers: one account each, for a few a second one under their address."""
    world, people, chance = lot.world, lot.people, lot.chance("accounts")
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
    return lot.told(
        {
            "shop_customer_id": lot.account_ids(person, is_second),
            "contact_id": lot.contact_ids(person, refers),
            "email": in_some_case(people.addresses(person), chance),
            "phone": columns.only(people.phones(person), has_phone),
            "first_name": people.first_names.take(pa.array(person)),
            "last_name": people.last_names.take(pa.array(person)),
            "country": columns.chosen([place[1] for place in PLACES], people.place[person]),
            "created_at": columns.moments(world, created),
            "updated_at": columns.moments(
                world, np.where(changed & (updated < world.seconds), updated, np.nan)
            ),
        },
        person,
    )


def in_some_case(addresses: pa.Array, chance) -> pa.Array:
    """Return addresses as people type them: a few in capitals, a few with a blank behind."""
    luck = chance.random(len(addresses))
    typed = pc.if_else(pa.array(luck < 0.06), pc.utf8_upper(addresses), addresses)
    return pc.if_else(pa.array(luck > 0.98), columns.joined(typed, " "), typed)


def contacts(lot: Lot) -> pa.Table:
    """Return crm_contacts."""
    world, people, chance = lot.world, lot.people, lot.chance("contacts")
    person = np.flatnonzero(people.has_contact)
    n = len(person)
    of_place = people.place[person]
    birth_day = chance.integers(-9000, 13000, n)  # 1945 to 2005, as days since 1970
    languages = ["en" if country == "US" else country.lower() for _, country, *_ in PLACES]
    return lot.told(
        {
            "contact_id": lot.contact_ids(person),
            "email": columns.only(people.addresses(person), chance.random(n) < 0.93),
            "phone": people.phones(person),
            "first_name": people.first_names.take(pa.array(person)),
            "last_name": people.last_names.take(pa.array(person)),
            "birth_date": pa.array(birth_day.astype(np.int32), mask=chance.random(n) < 0.4).cast(
                pa.date32()
            ),
            "gender": columns.chosen(
                ["female", "male", "diverse"], one_of(chance, n, (0.4, 0.35, 0.02))
            ),
            "country": columns.chosen([place[1] for place in PLACES], of_place),
            "region": columns.chosen([place[3] for place in PLACES], of_place),
            "city": columns.chosen([place[4] for place in PLACES], of_place),
            "postal_code": columns.numbered("", 10_000 + people.number[person] * 37 % 89_999),
            "timezone": columns.chosen([place[0] for place in PLACES], of_place),
            "language": columns.chosen(languages, of_place),
            "created_at": columns.moments(world, people.arrived[person] + DAY),
            "updated_at": columns.nothing(n, pa.timestamp("ms")),
        },
        person,
    )


def orders(lot: Lot) -> pa.Table:
    """Return shop_orders."""
    people, orders, facts, lines = lot.people, lot.orders, lot.facts, lot.lines
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
    devices = anonymous_ids(people.device_numbers(person, facts.which_device))
    cancelled = np.where(facts.cancelled < lot.world.seconds, facts.cancelled, np.nan)
    return lot.told(
        {
            "order_id": lot.order_ids(np.arange(len(orders))),
            "shop_customer_id": columns.only(
                lot.account_ids(person, facts.is_second), facts.uses_account
            ),
            "email": pc.coalesce(
                columns.chosen(PLACEHOLDERS, facts.placeholder).cast(pa.string()),
                columns.only(people.addresses(person), says_email),
            ),
            "phone": columns.only(people.phones(person), facts.is_named & facts.says_phone),
            "anonymous_id": columns.only(devices, facts.is_online),
            "ordered_at": columns.moments(lot.world, orders.at),
            "cancelled_at": columns.moments(lot.world, cancelled),
            "currency": columns.chosen(CURRENCIES, region),
            "subtotal": columns.money(subtotal),
            "discount_total": columns.money(discount),
            "tax_total": columns.money(tax),
            "shipping_total": columns.money(shipping),
            "total": columns.money(subtotal - discount + tax + shipping),
            "discount_codes": columns.chosen(["SALE20"], np.where(discount > 0, 0, -1)),
            "source_name": columns.chosen(SOURCES, facts.source),
            "is_test": columns.flags(facts.is_test),
        },
        person,
    )


def lines(lot: Lot) -> pa.Table:
    """Return shop_order_lines."""
    lines = lot.lines
    return lot.told(
        {
            "order_line_id": lot.line_ids(np.arange(len(lines))),
            "order_id": lot.order_ids(lines.order),
            "product_id": columns.chosen(lot.catalogue.ids, lines.product),
            "quantity": pa.array(lines.quantity),
            "unit_price": columns.money(lines.cents),
            "discount_total": columns.money(lines.discount_cents),
        },
        lot.orders.person[lines.order],
    )


def refunds(lot: Lot) -> pa.Table:
    """Return shop_refunds: some lines sent back, a few amounts given back for the whole order."""
    world, orders, facts, lines = lot.world, lot.orders, lot.facts, lot.lines
    chance = lot.chance("refunds")
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
    return lot.told(
        {
            "refund_id": columns.numbered("R", lot.numbers("shop_refunds", m)),
            "order_id": lot.order_ids(lines.order[line]),
            "order_line_id": columns.only(lot.line_ids(line), ~is_goodwill),
            "refunded_at": columns.moments(world, at[line]),
            "quantity": pa.array(taken, mask=is_goodwill),
            "amount": columns.money(np.round(lines.net_cents[line] * share).astype(np.int64)),
        },
        orders.person[lines.order[line]],
    )


def reviews(lot: Lot) -> pa.Table:
    """Return shop_reviews: stars that follow how well the product suits the person."""
    world, people, catalogue, orders = lot.world, lot.people, lot.catalogue, lot.orders
    facts, lines, chance = lot.facts, lot.lines, lot.chance("reviews")
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
    ids = lot.account_ids(person, facts.is_second[order])
    return lot.told(
        {
            "review_id": columns.numbered("V", lot.numbers("shop_reviews", len(line))),
            "product_id": columns.chosen(catalogue.ids, product),
            "shop_customer_id": columns.only(ids, is_account),
            "email": columns.only(people.addresses(person), ~is_account),
            "rating": pa.array(stars.astype(np.int64)),
            "reviewed_at": columns.moments(world, at[line]),
        },
        person,
    )
