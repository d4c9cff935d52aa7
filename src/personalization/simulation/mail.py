"""The tables of the e-mail platform: subscribers, sends, and the events of sends."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from personalization.simulation import columns
from personalization.simulation.campaigns import EXPERIMENTS
from personalization.simulation.lot import Lot
from personalization.simulation.sends import SLOTS
from personalization.simulation.shop import in_some_case
from personalization.simulation.vocabulary import PLACES

_AGENTS = [
    # Apple's privacy proxy calls itself just this.
    "Mozilla/5.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Outlook/16.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/136.0 Mobile",
    "MailScanner/2.4 (link protection)",
]
_PROXY, _SCANNER = 0, 4
# Networks reserved for documentation: the proxy's, the scanner's, people's.
_NETWORKS = ["192.0.2.", "198.51.100.", "203.0.113."]
_PAGES = ["https://shop.example/sale", "https://shop.example/", "https://shop.example/unsubscribe"]


def subscribers(lot: Lot) -> pa.Table:
    """Return esp_subscribers as they stand at the end."""
    world, people, subscribers = lot.world, lot.people, lot.subscribers
    chance = lot.chance("subscribers")
    there = np.flatnonzero(subscribers.subscribed < world.seconds)
    n, person = len(there), subscribers.person[there]
    left, cleaned = subscribers.left[there], subscribers.cleaned[there]
    pending = np.isinf(left) & np.isinf(cleaned) & (chance.random(n) < 0.015)
    status = np.select([np.isfinite(cleaned), np.isfinite(left), pending], [2, 1, 3], 0)
    changed = np.fmin(left, cleaned)
    refers = people.has_account[person] & (chance.random(n) < 0.5)
    languages = ["en" if country == "US" else country.lower() for _, country, *_ in PLACES]
    return lot.told(
        {
            "subscriber_id": lot.subscriber_ids(there),
            "email": in_some_case(lot.subscriber_addresses(there), chance),
            "status": columns.chosen(["subscribed", "unsubscribed", "cleaned", "pending"], status),
            # A second address is known to be theirs by the reference alone.
            "contact_id": lot.contact_ids(
                person, subscribers.second[there] & people.has_contact[person]
            ),
            "shop_customer_id": columns.only(
                lot.account_ids(person), refers | subscribers.second[there]
            ),
            "language": columns.chosen(languages, people.place[person]),
            "timezone": columns.only(
                columns.chosen([zone for zone, *_ in PLACES], people.place[person]),
                chance.random(n) < 0.8,
            ),
            "subscribed_at": columns.moments(world, subscribers.subscribed[there]),
            "updated_at": columns.moments(world, np.where(np.isfinite(changed), changed, np.nan)),
        },
        person,
    )


def sends(lot: Lot) -> pa.Table:
    """Return esp_sends."""
    sends, n = lot.sends, len(lot.sends.sent)
    message = lot.of_campaigns("first_message") + np.maximum(sends.arm, 0)
    experiment = lot.of_campaigns("experiment")
    arms = [arm for trial in EXPERIMENTS for arm in trial.arms]
    offset = np.cumsum([0] + [len(trial.arms) for trial in EXPERIMENTS])
    arm = np.where(experiment >= 0, offset[experiment] + sends.arm, -1)
    has_products = sends.shown[:, 0] >= 0
    ids = columns.joined('"', lot.catalogue.ids, '"')
    quoted = [columns.chosen(ids, sends.shown[:, slot]) for slot in range(SLOTS)]
    rounded = np.round(np.nan_to_num(sends.propensity), 6)
    decimals = [pc.cast(pa.array(rounded[:, slot]), pa.string()) for slot in range(SLOTS)]
    return lot.told(
        {
            "send_id": lot.send_ids(np.arange(n)),
            "message_id": columns.chosen(
                [f"m{k + 1:04d}" for k in range(message.max(initial=0) + 1)], message
            ),
            "subscriber_id": lot.subscriber_ids(sends.subscriber),
            "sent_at": columns.moments(lot.world, sends.sent),
            "experiment_key": columns.chosen([trial.key for trial in EXPERIMENTS], experiment),
            "variant_key": columns.chosen(arms, arm),
            "recommendation_run_id": columns.numbered(
                "run-", lot.of_campaigns("day"), has_products
            ),
            "recommended_product_ids": columns.only(_array(quoted), has_products),
            "recommended_propensities": columns.only(_array(decimals), has_products),
        },
        lot.subscribers.person[sends.subscriber],
    )


def _array(values: list[pa.Array]) -> pa.Array:
    """Return a JSON array per row."""
    texts = [value.cast(pa.string()) for value in values]
    return columns.joined("[", pc.binary_join_element_wise(*texts, ","), "]")


def event_ids(lot: Lot, event: np.ndarray) -> pa.Array:
    """Return ids of events by their place in MailEvents."""
    return columns.numbered("e", lot.next["esp_events"] + event)


def events(lot: Lot) -> pa.Table:
    """Return esp_events."""
    found, people, sends = lot.mail_events, lot.people, lot.sends
    send, kind, cause, n = found.send, found.kind, found.cause, len(found)
    person = lot.subscribers.person[sends.subscriber][send]
    is_open, is_click = found.are("open"), found.are("click")
    own_agent = np.where(people.has_proxy, _PROXY, 1 + people.number % 3)[person]
    agent = np.select([cause == 1, cause == 2, cause == 3], [_PROXY, _SCANNER, own_agent], -1)
    network = np.select([cause == 1, cause == 2], [0, 1], 2)
    # A person who opens behind a proxy shows the proxy's network.
    network = np.where(is_open & people.has_proxy[person] & (cause == 3), 0, network)
    product = np.where(is_click & (cause == 3), sends.shown[send, sends.clicked_slot[send]], -1)
    page = np.select([cause == 3], [send % 2], np.maximum(kind - 5, 0) % len(_PAGES))
    links = columns.chosen(_PAGES, np.where(is_click & (product < 0), page, -1)).cast(pa.string())
    pages = columns.joined("https://shop.example/p/", lot.catalogue.ids)
    # Some platforms say what they think was a machine; they are right when they speak.
    speaks = (is_open | is_click) & (lot.chance("mail events").random(n) < 0.3)
    address = columns.joined(
        columns.chosen(_NETWORKS, network), columns.numbered("", people.number[person] % 254 + 1)
    )
    return lot.told(
        {
            "event_id": event_ids(lot, np.arange(n)),
            "send_id": lot.send_ids(send),
            "event_type": columns.chosen(found.names, found.name),
            "occurred_at": columns.moments(lot.world, found.at),
            "url": pc.coalesce(links, columns.chosen(pages, product).cast(pa.string())),
            "product_id": columns.chosen(lot.catalogue.ids, product),
            "user_agent": columns.chosen(_AGENTS, np.where(is_open | is_click, agent, -1)),
            "ip": columns.only(address, is_open | is_click),
            "is_machine": columns.flags(found.by_machine, speaks),
            "bounce_type": columns.chosen(
                ["soft", "hard"], np.where(found.are("bounce"), sends.is_hard[send].astype(int), -1)
            ),
        },
        person,
    )


def exposures(lot: Lot) -> pa.Table:
    """Return experiment_exposures: the first mail of each subscriber in a trial that logs them."""
    sends, experiment = lot.sends, lot.of_campaigns("experiment")
    tables = []
    for index, trial in enumerate(EXPERIMENTS):
        if trial.has_exposures:
            mine = np.flatnonzero(experiment == index)
            mine = mine[np.argsort(sends.sent[mine], kind="stable")]
            _, firsts = np.unique(sends.subscriber[mine], return_index=True)
            mine = mine[np.sort(firsts)]
            same = np.zeros(len(mine), dtype=int)
            exposed = {
                "experiment_key": columns.chosen([trial.key], same),
                "variant_key": columns.chosen(trial.arms, sends.arm[mine]),
                "subject_type": columns.chosen(["subscriber_id"], same),
                "subject_value": lot.subscriber_ids(sends.subscriber[mine]),
                "exposed_at": columns.moments(lot.world, sends.sent[mine]),
            }
            person = lot.subscribers.person[sends.subscriber[mine]]
            tables.append(lot.told(exposed, person))
    return pa.concat_tables(tables)
