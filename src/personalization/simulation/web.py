"""The table web_events."""

import numpy as np
import pyarrow as pa

from personalization.simulation import columns
from personalization.simulation.browsing import (
    ADD,
    CHANNELS,
    CHECKOUT,
    COMPLETED,
    EMAIL,
    EVENTS,
    IDENTIFIED,
    LINK,
    LIST,
    PAGE,
    REMOVE,
    SEARCH,
    VIEW,
)
from personalization.simulation.lot import Lot, anonymous_ids
from personalization.simulation.vocabulary import DEPARTMENTS, PLACES

_SOURCES = {
    "paid_search": "google",
    "paid_social": "meta",
    "affiliate": "partner",
    "email": "newsletter",
}
_MEDIA = {
    "paid_search": "cpc",
    "paid_social": "paid_social",
    "affiliate": "affiliate",
    "email": "email",
}
_REFERRERS = {
    "organic": "https://www.google.com/",
    "paid_search": "https://www.google.com/",
    "paid_social": "https://www.instagram.com/",
    "affiliate": "https://deals.example/",
}
_PLATFORMS, _DEVICES = ["web", "ios", "android"], ["desktop", "mobile", "tablet"]
_SHOP = "https://shop.example/"


def campaign_name(channel: str, region: str) -> str:
    """Return the campaign that a paid channel runs in a region, eu or us."""
    return f"{channel}-{region}"


def events(lot: Lot) -> pa.Table:
    """Return web_events."""
    people, visits, events, chance = lot.people, lot.visits, lot.events, lot.chance("web")
    n, visit, name = len(events.visit), events.visit, events.name
    person = visits.person[visit]
    known = np.maximum(person, 0)
    place = np.where(person >= 0, people.place[known], 0)
    is_landing = (name == PAGE) | (name == LINK)
    channel = np.where(is_landing, visits.channel[visit], -1)
    has_product = np.isin(name, (VIEW, ADD, REMOVE))
    product = np.where(has_product, events.product, -1)
    topic = lot.catalogue.category[events.product]
    words = topic * 3 + visit % 3
    is_logged_in = visits.is_logged_in[visit]
    is_second = np.zeros(len(visits), dtype=bool)
    with_order = visits.order >= 0
    is_second[with_order] = lot.facts.is_second[visits.order[with_order]]
    device = visits.device[visit]
    kind = np.where(device < 0, 3, device * 7919 % 10 % 7)
    is_late = chance.random(n) < 0.01
    delay = np.where(is_late, chance.exponential(4 * 3600, n), chance.integers(0, 3, n))
    tells = visits.says_email[visit] & ((name == IDENTIFIED) | (name == COMPLETED))
    return lot.told(
        {
            "event_id": columns.numbered("w", lot.numbers("web_events", n)),
            "event_name": columns.chosen(EVENTS, name),
            "anonymous_id": anonymous_ids(visits.device).take(pa.array(visit)),
            "user_id": columns.only(lot.account_ids(known, is_second[visit]), is_logged_in),
            "email": columns.only(people.addresses(known), tells),
            "occurred_at": columns.moments(lot.world, events.at),
            "received_at": columns.moments(lot.world, np.floor(events.at) + np.floor(delay)),
            # Eight in ten on the web, the rest in the apps.
            "platform": columns.chosen(_PLATFORMS, np.select([kind == 5, kind == 6], [1, 2], 0)),
            "page_url": _pages(lot, name, product, topic),
            "referrer": _of_channel(_REFERRERS, channel),
            "utm_source": _of_channel(_SOURCES, channel),
            "utm_medium": _of_channel(_MEDIA, channel),
            "utm_campaign": _campaigns(lot, known, channel, visits.send[visit]),
            "click_id": columns.numbered(
                "gclid-",
                lot.next["web_events"] * 7 + np.arange(n) * 13,
                channel == CHANNELS.index("paid_search"),
            ),
            "product_id": columns.chosen(lot.catalogue.ids, product),
            "category": columns.chosen(_paths(), np.where(has_product | (name == LIST), topic, -1)),
            "search_query": columns.chosen(_searches(), np.where(name == SEARCH, words, -1)),
            "order_id": columns.only(lot.order_ids(visits.order[visit]), name == COMPLETED),
            "engaged_seconds": pa.array(events.engaged, mask=events.engaged == 0),
            "device_type": columns.chosen(_DEVICES, np.select([kind < 3, kind == 3], [0, 2], 1)),
            "country": columns.chosen([country for _, country, *_ in PLACES], place),
            "send_id": columns.only(lot.send_ids(visits.send[visit]), name == LINK),
        },
        person,
    )


def _paths() -> list[str]:
    return [f"{top} > {name}" for top, (_, kinds) in DEPARTMENTS.items() for name in kinds]


def _searches() -> list[str]:
    kinds = [kind for _, kinds in DEPARTMENTS.values() for kind in kinds.values()]
    return [noun.lower() for nouns, *_ in kinds for noun in nouns]


def _of_channel(words: dict[str, str], channel: np.ndarray) -> pa.Array:
    known = [name for name in CHANNELS if name in words]
    code = np.array([known.index(name) if name in words else -1 for name in [*CHANNELS, ""]])
    return columns.chosen([words[name] for name in known], code[channel])


def _campaigns(lot: Lot, known, channel, send) -> pa.Array:
    """Return the campaign parameter: a mail's campaign, or that of an ad in the region."""
    paid = [name for name in _SOURCES if name != "email"]
    names = [campaign_name(name, region) for name in paid for region in ("eu", "us")]
    code = np.array([paid.index(name) * 2 if name in paid else -1 for name in [*CHANNELS, ""]])
    ads = np.where(code[channel] >= 0, code[channel] + lot.people.region[known], -1)
    mails = len(names) + lot.sends.campaign[send] if len(lot.sends.campaign) else send
    names += [f"c{campaign.number + 1:03d}" for campaign in lot.plan]
    by_mail = (channel == EMAIL) & (send >= 0)
    return columns.chosen(names, np.where(by_mail, mails, ads))


def _pages(lot: Lot, name, product, topic) -> pa.Array:
    pages = [
        _SHOP,
        _SHOP + "checkout",
        _SHOP + "thanks",
        *(f"{_SHOP}c/{i}" for i in range(len(_paths()))),
    ]
    paths = pa.concat_arrays([pa.array(pages), columns.joined(_SHOP + "p/", lot.catalogue.ids)])
    at_checkout = np.isin(name, (IDENTIFIED, CHECKOUT))
    index = np.select(
        [product >= 0, name == LIST, at_checkout, name == COMPLETED],
        [len(pages) + product, 3 + topic, 1, 2],
        0,
    )
    return columns.chosen(paths, index)
