"""What really lies behind the raw tables: who is who, what drives them, who caused what."""

import numpy as np
import pyarrow as pa

from personalization.simulation import columns
from personalization.simulation.lot import Lot, anonymous_ids
from personalization.simulation.mail import event_ids
from personalization.simulation.people import FAVOURITES
from personalization.simulation.vocabulary import DEPARTMENTS


def people(lot: Lot) -> pa.Table:
    """Return what drives each person: what a model would have to find out.

    Days between orders and hazards run on operational days, see Seasons; logits are before what the
    mail, the hour and churn add to them.
    """
    people, seasons, catalogue = lot.people, lot.seasons, lot.catalogue
    churned = people.churns_operational < seasons.end
    churned_at = np.where(
        churned,
        seasons.moment(
            np.minimum(people.churns_operational, seasons.end - 1e-6), people.place, people.curve
        ),
        np.nan,
    )
    ids, brand_names = catalogue.ids, pa.array(catalogue.brand_names)
    return pa.table(
        {
            "person_id": people.ids,
            "arrived_at": columns.moments(lot.world, people.arrived),
            "churned_at": columns.moments(lot.world, churned_at),
            "is_asleep_from_start": columns.flags(
                people.churns_operational <= people.born_operational
            ),
            "mean_days_between_orders": pa.array(
                np.round(people.gap, 6), mask=np.isinf(people.gap)
            ),
            "churn_hazard_per_day": np.round(people.churn_rate, 9),
            **{
                "taste_" + "_".join(name.lower().replace("&", "").split()): np.round(share, 6)
                for name, share in zip(DEPARTMENTS, people.taste.T, strict=True)
            },
            "price_level": np.round(people.price_level, 6),
            "brands": _lists(brand_names.take(pa.array(people.brands.ravel())), 2),
            "favourite_product_ids": _lists(
                ids.take(pa.array(people.favourites.ravel())), FAVOURITES
            ),
            "best_hour": seasons.hours.argmax(axis=1)[people.curve],
            "opening_logit": np.round(people.opening, 6),
            "clicking_logit": np.round(people.clicking, 6),
            "has_privacy_proxy": columns.flags(people.has_proxy),
            "has_link_scanner": columns.flags(people.has_scanner),
            "lives_with_person_id": columns.numbered(
                "person-", people.number - 1, people.shares_phone | people.shares_device
            ),
        }
    )


def _lists(values, length: int) -> pa.Array:
    fixed = pa.FixedSizeListArray.from_arrays(pa.array(values), length)
    return fixed.cast(pa.list_(fixed.type.value_type))


def orders(lot: Lot) -> pa.Table:
    """Return who placed each order, and which mail led to it."""
    orders = lot.orders
    return pa.table(
        {
            "order_id": lot.order_ids(np.arange(len(orders))),
            "person_id": lot.people.ids.take(pa.array(orders.person)),
            "caused_by_send_id": columns.only(lot.send_ids(orders.send), orders.send >= 0),
        }
    )


def identifiers(lot: Lot) -> pa.Table:
    """Return every identifier of every person, as the raw tables write it."""
    people, subscribers, visits = lot.people, lot.subscribers, lot.visits
    n = len(people)
    everybody, account = np.arange(n), np.flatnonzero(people.has_account)
    second = np.flatnonzero(people.second_account)
    contact = np.flatnonzero(people.has_contact)
    phoned = np.flatnonzero(people.has_phone)
    listed = np.flatnonzero(subscribers.subscribed < lot.world.seconds)
    seen = np.unique(np.stack([visits.person, visits.device]), axis=1)
    seen = seen[:, (seen[0] >= 0) & (seen[1] >= 0)]
    parts = [
        ("email", everybody, people.addresses(everybody)),
        ("email", subscribers.person[listed], lot.subscriber_addresses(listed)),
        ("phone", phoned, people.phones(phoned)),
        ("shop_customer_id", account, lot.account_ids(account)),
        ("shop_customer_id", second, lot.account_ids(second, True)),
        ("contact_id", contact, lot.contact_ids(contact)),
        ("subscriber_id", subscribers.person[listed], lot.subscriber_ids(listed)),
        ("anonymous_id", seen[0], anonymous_ids(seen[1]).cast(pa.string())),
    ]
    ids = people.ids
    table = pa.table(
        {
            "person_id": pa.concat_arrays([ids.take(pa.array(who)) for _, who, _ in parts]),
            "identifier_type": pa.concat_arrays(
                [pa.array([kind] * len(who), pa.string()) for kind, who, _ in parts]
            ),
            "identifier_value": pa.concat_arrays(
                [values.cast(pa.string()) for *_, values in parts]
            ),
        }
    )
    return table.group_by(table.column_names, use_threads=False).aggregate([])


def sends(lot: Lot) -> pa.Table:
    """Return the true probabilities of every send."""
    sends = lot.sends
    return pa.table(
        {
            "send_id": lot.send_ids(np.arange(len(sends.sent))),
            "open_24h_probability": np.round(sends.open_probability, 6),
            "human_open_24h_probability": np.round(sends.human_open_probability, 6),
            "human_click_probability": np.round(sends.click_probability, 6),
            "purchase_48h_probability": np.round(sends.purchase_probability, 6),
        }
    )


def machine_events(lot: Lot) -> pa.Table:
    """Return the opens and clicks that no person caused."""
    found = lot.mail_events
    machine = np.flatnonzero(found.by_machine)
    return pa.table(
        {
            "event_id": event_ids(lot, machine),
            "caused_by": columns.chosen(
                ["privacy proxy", "link scanner"], found.cause[machine] - 1
            ),
        }
    )
