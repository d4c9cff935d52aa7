"""The tables of the e-mail platform: subscribers, sends, and the events of sends."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from personalization.simulation import columns, shop
from personalization.simulation.campaigns import EXPERIMENTS, Campaign
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.mailing import SLOTS, Sends, Subscribers
from personalization.simulation.people import People
from personalization.simulation.vocabulary import PLACES
from personalization.simulation.world import World

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
_SCANNED_LINKS = 3
_PAGES = ["https://shop.example/sale", "https://shop.example/", "https://shop.example/unsubscribe"]


def subscriber_ids(people: People, subscribers: Subscribers, which: np.ndarray) -> pa.Array:
    """Return ids of some subscribers."""
    suffix = columns.chosen(["", "-2"], subscribers.second[which].astype(int))
    return columns.joined(columns.numbered("S", people.number[subscribers.person[which]]), suffix)


def addresses(people: People, subscribers: Subscribers, which: np.ndarray) -> pa.Array:
    """Return normalised addresses of some subscribers."""
    person = subscribers.person[which]
    return pc.if_else(
        pa.array(subscribers.second[which]),
        people.addresses(person, second=True),
        people.addresses(person),
    )


def subscribers_table(
    world: World, people: People, subscribers: Subscribers, chance
) -> tuple[pa.Table, np.ndarray]:
    """Return esp_subscribers as they stand at the end, and which subscribers these are."""
    there = np.flatnonzero(subscribers.subscribed < world.seconds)
    n, person = len(there), subscribers.person[there]
    left, cleaned = subscribers.left[there], subscribers.cleaned[there]
    pending = np.isinf(left) & np.isinf(cleaned) & (chance.random(n) < 0.015)
    status = np.select([np.isfinite(cleaned), np.isfinite(left), pending], [2, 1, 3], 0)
    changed = np.fmin(left, cleaned)
    refers = people.has_account[person] & (chance.random(n) < 0.5)
    languages = ["en" if country == "US" else country.lower() for _, country, *_ in PLACES]
    table = pa.table(
        {
            "subscriber_id": subscriber_ids(people, subscribers, there),
            "email": shop.in_some_case(addresses(people, subscribers, there), chance),
            "status": columns.chosen(["subscribed", "unsubscribed", "cleaned", "pending"], status),
            # A second address is known to be theirs by the reference alone.
            "contact_id": columns.numbered(
                "C", people.number[person], subscribers.second[there] & people.has_contact[person]
            ),
            "shop_customer_id": columns.only(
                shop.account_ids(people, person, np.zeros(n, dtype=bool)),
                refers | subscribers.second[there],
            ),
            "language": columns.chosen(languages, people.place[person]),
            "timezone": columns.only(
                columns.chosen([zone for zone, *_ in PLACES], people.place[person]),
                chance.random(n) < 0.8,
            ),
            "subscribed_at": columns.moments(world, subscribers.subscribed[there]),
            "updated_at": columns.moments(world, np.where(np.isfinite(changed), changed, np.nan)),
        }
    )
    return table, there


def send_ids(numbers: np.ndarray) -> pa.Array:
    """Return ids of sends by their number over the world."""
    return columns.numbered("s", numbers)


def sends_table(
    world: World,
    people: People,
    catalogue: Catalogue,
    subscribers: Subscribers,
    campaigns: list[Campaign],
    sends: Sends,
    first: int,
) -> pa.Table:
    """Return esp_sends; `first` is the number of the first of them."""
    n = len(sends.sent)
    message = np.array([c.first_message for c in campaigns])[sends.campaign]
    message = message + np.maximum(sends.arm, 0)
    experiment = np.array([c.experiment for c in campaigns])[sends.campaign]
    arms = [arm for trial in EXPERIMENTS for arm in trial.arms]
    offset = np.cumsum([0] + [len(trial.arms) for trial in EXPERIMENTS])
    arm = np.where(experiment >= 0, offset[experiment] + sends.arm, -1)
    has_products = sends.shown[:, 0] >= 0
    ids = columns.joined('"', catalogue.ids, '"')
    quoted = [columns.chosen(ids, sends.shown[:, slot]) for slot in range(SLOTS)]
    rounded = np.round(np.nan_to_num(sends.propensity), 6)
    decimals = [pc.cast(pa.array(rounded[:, slot]), pa.string()) for slot in range(SLOTS)]
    run = np.array([c.day for c in campaigns])[sends.campaign]
    return pa.table(
        {
            "send_id": send_ids(first + np.arange(n)),
            "message_id": columns.chosen(
                [f"m{k + 1:04d}" for k in range(message.max(initial=0) + 1)], message
            ),
            "subscriber_id": subscriber_ids(people, subscribers, sends.subscriber),
            "sent_at": columns.moments(world, sends.sent),
            "experiment_key": columns.chosen([trial.key for trial in EXPERIMENTS], experiment),
            "variant_key": columns.chosen(arms, arm),
            "recommendation_run_id": columns.numbered("run-", run, has_products),
            "recommended_product_ids": columns.only(_array(quoted), has_products),
            "recommended_propensities": columns.only(_array(decimals), has_products),
        }
    )


def _array(values: list[pa.Array]) -> pa.Array:
    """Return a JSON array per row."""
    texts = [value.cast(pa.string()) for value in values]
    return columns.joined("[", pc.binary_join_element_wise(*texts, ","), "]")


def events(
    world: World,
    people: People,
    catalogue: Catalogue,
    subscribers: Subscribers,
    sends: Sends,
    first_send: int,
    next_id: int,
    chance,
) -> tuple[pa.Table, pa.Table]:
    """Return esp_events of these sends by time, and which of them no person caused."""
    person = subscribers.person[sends.subscriber]
    # Name, times, and who caused it: 0 the platform, 1 a proxy, 2 a scanner, 3 a person.
    kinds = [
        ("delivered", sends.delivered, 0),
        ("open", sends.machine_opened, 1),
        ("open", sends.opened, 3),
        ("click", sends.clicked, 3),
        ("open", sends.scanned, 2),
        *(("click", sends.scanned + 1 + link, 2) for link in range(_SCANNED_LINKS)),
        ("bounce", sends.bounced, 0),
        ("complaint", sends.complained, 3),
        ("unsubscribe", sends.unsubscribed, 3),
    ]
    names = list(dict.fromkeys(name for name, _, _ in kinds))
    at = np.concatenate([times for _, times, _ in kinds])
    send = np.tile(np.arange(len(sends.sent)), len(kinds))
    kind = np.repeat(np.arange(len(kinds)), len(sends.sent))
    happened = at < world.seconds
    order = np.flatnonzero(happened)
    order = order[np.lexsort((kind[order], send[order], at[order]))]
    at, send, kind = at[order], send[order], kind[order]
    name = np.array([names.index(k[0]) for k in kinds])[kind]
    cause = np.array([k[2] for k in kinds])[kind]
    n = len(at)
    own_agent = np.where(people.has_proxy, _PROXY, 1 + people.number % 3)[person[send]]
    agent = np.select([cause == 1, cause == 2, cause == 3], [_PROXY, _SCANNER, own_agent], -1)
    is_open, is_click = name == names.index("open"), name == names.index("click")
    network = np.select([cause == 1, cause == 2], [0, 1], 2)
    # A person who opens behind a proxy shows the proxy's network.
    network = np.where(is_open & people.has_proxy[person[send]] & (cause == 3), 0, network)
    product = np.where(is_click & (cause == 3), sends.shown[send, sends.clicked_slot[send]], -1)
    page = np.select([cause == 3], [send % 2], np.maximum(kind - 5, 0) % len(_PAGES))
    links = columns.chosen(_PAGES, np.where(is_click & (product < 0), page, -1)).cast(pa.string())
    products = columns.chosen(columns.joined("https://shop.example/p/", catalogue.ids), product)
    is_machine = (cause == 1) | (cause == 2)
    # Some platforms say what they think was a machine; they are right when they speak.
    speaks = (is_open | is_click) & (chance.random(n) < 0.3)
    ids = columns.numbered("e", next_id + np.arange(n))
    table = pa.table(
        {
            "event_id": ids,
            "send_id": send_ids(first_send + send),
            "event_type": columns.chosen(names, name),
            "occurred_at": columns.moments(world, at),
            "url": pc.coalesce(links, products.cast(pa.string())),
            "product_id": columns.chosen(catalogue.ids, product),
            "user_agent": columns.chosen(_AGENTS, np.where(is_open | is_click, agent, -1)),
            "ip": columns.only(
                columns.joined(
                    columns.chosen(_NETWORKS, network),
                    columns.numbered("", people.number[person[send]] % 254 + 1),
                ),
                is_open | is_click,
            ),
            "is_machine": columns.flags(is_machine, speaks),
            "bounce_type": columns.chosen(
                ["soft", "hard"],
                np.where(name == names.index("bounce"), sends.is_hard[send].astype(int), -1),
            ),
        }
    )
    machine = np.flatnonzero(is_machine)
    truth = pa.table(
        {
            "event_id": ids.take(pa.array(machine)),
            "caused_by": columns.chosen(["privacy proxy", "link scanner"], cause[machine] - 1),
        }
    )
    return table, truth


def exposures(
    world: World, people: People, subscribers: Subscribers, campaigns: list[Campaign], sends: Sends
) -> pa.Table:
    """Return experiment_exposures: the first mail of each subscriber in a trial that logs them."""
    experiment = np.array([c.experiment for c in campaigns])[sends.campaign]
    tables = []
    for index, trial in enumerate(EXPERIMENTS):
        if trial.has_exposures:
            mine = np.flatnonzero(experiment == index)
            mine = mine[np.argsort(sends.sent[mine], kind="stable")]
            _, firsts = np.unique(sends.subscriber[mine], return_index=True)
            mine = mine[np.sort(firsts)]
            tables.append(
                pa.table(
                    {
                        "experiment_key": columns.chosen(
                            [trial.key], np.zeros(len(mine), dtype=int)
                        ),
                        "variant_key": columns.chosen(trial.arms, sends.arm[mine]),
                        "subject_type": columns.chosen(
                            ["subscriber_id"], np.zeros(len(mine), dtype=int)
                        ),
                        "subject_value": subscriber_ids(
                            people, subscribers, sends.subscriber[mine]
                        ),
                        "exposed_at": columns.moments(world, sends.sent[mine]),
                    }
                )
            )
    return pa.concat_tables(tables)
