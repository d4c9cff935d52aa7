"""Touches on other channels, and what the paid ones cost."""

import numpy as np
import pyarrow as pa

from personalization.simulation import columns
from personalization.simulation.browsing import CHANNELS
from personalization.simulation.lot import Lot, anonymous_ids
from personalization.simulation.vocabulary import CURRENCIES
from personalization.simulation.web import campaign_name
from personalization.simulation.world import DAY, World

PAID = ("paid_search", "paid_social", "affiliate")
REGIONS = ("eu", "us")
_CLICK_CENTS = {"paid_search": 45, "paid_social": 38, "affiliate": 60}
_KINDS = ["sent", "impression", "click"]
_SENT, _IMPRESSION, _CLICK = range(3)
# Channel, day of the first mailing, days between two, who gets it, share that clicks.
_MAILINGS = (("sms", 40, 90, 0.05), ("push", 12, 30, 0.04), ("direct_mail", 150, 180, 0.0))


class Spend:
    """Paid clicks per day, channel and region, added up over all people of a world."""

    def __init__(self, world: World):
        self._clicks = np.zeros((world.days, len(PAID), len(REGIONS)), dtype=np.int64)

    def add(self, lot: Lot) -> None:
        """Count the paid clicks of a lot."""
        paid, channel, region = _paid_visits(lot)
        day = (lot.visits.starts[paid] // DAY).astype(int)
        np.add.at(self._clicks, (day, channel, region), 1)

    def table(self, world: World) -> pa.Table:
        """Return ad_spend: a row per day, channel and campaign with clicks."""
        chance = world.chance("spend")
        day, channel, region = np.nonzero(self._clicks)
        clicks = self._clicks[day, channel, region]
        price = np.array([_CLICK_CENTS[name] for name in PAID])[channel]
        names = [campaign_name(name, place) for name in PAID for place in REGIONS]
        campaigns = columns.chosen(names, channel * len(REGIONS) + region)
        days = np.datetime64(world.start, "D").astype(int) + day
        return pa.table(
            {
                "spend_date": pa.array(days.astype(np.int32)).cast(pa.date32()),
                "channel": columns.chosen(PAID, channel),
                "campaign_id": campaigns,
                "campaign_name": campaigns,
                "spend": columns.money(
                    np.round(clicks * price * chance.uniform(0.8, 1.2, len(day))).astype(np.int64)
                ),
                "currency": columns.chosen(CURRENCIES, region),
                "impressions": pa.array(clicks * chance.integers(25, 60, len(day))),
                "clicks": pa.array(clicks),
            }
        )


def _paid_visits(lot: Lot) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return visits that began with a click on an ad: their place, index of PAID, and region."""
    visits = lot.visits
    code = np.array([PAID.index(name) if name in PAID else -1 for name in CHANNELS])[visits.channel]
    paid = np.flatnonzero((code >= 0) & ~np.isnan(visits.starts))
    person = visits.person[paid]
    region = np.where(person >= 0, lot.people.region[np.maximum(person, 0)], 0)
    return paid, code[paid], region


def touches(lot: Lot) -> pa.Table:
    """Return channel_events by time: clicks on ads, banners seen, texts and notices sent."""
    world, people, visits, chance = lot.world, lot.people, lot.visits, lot.chance("outreach")
    paid, paid_channel, region = _paid_visits(lot)
    clicked, ad = visits.starts[paid], paid_channel * len(REGIONS) + region
    # Of every paid click on social media two banners were seen before.
    social = np.flatnonzero(paid_channel == PAID.index("paid_social"))
    seen = np.repeat(social, 2)
    seen_at = clicked[seen] - chance.exponential(2 * DAY, len(seen))
    names = [*PAID, *(name for name, *_ in _MAILINGS)]
    campaigns = [campaign_name(name, place) for name in PAID for place in REGIONS]
    # person (-1: nobody known), device (-1: none), channel, kind, campaign, time
    device = visits.device[paid]
    parts = [
        (np.full(len(paid), -1), device, paid_channel, _CLICK, ad, clicked),
        (np.full(len(seen), -1), device[seen], paid_channel[seen], _IMPRESSION, ad[seen], seen_at),
    ]
    is_reached = {
        "sms": people.has_phone & people.has_account & (chance.random(len(people)) < 0.3),
        "push": people.has_account & (people.devices > 1) & (chance.random(len(people)) < 0.5),
        "direct_mail": people.has_contact & (chance.random(len(people)) < 0.3),
    }
    for place, (name, first, step, clicks) in enumerate(_MAILINGS):
        for day in range(first, world.days, step):
            campaigns.append(f"{name}-{day:03d}")
            at = day * DAY + 10 * 3600.0
            reached = np.flatnonzero(is_reached[name] & (people.arrived < at - 2 * DAY))
            n, channel = len(reached), len(PAID) + place
            minute = at + np.floor(chance.random(n) * 1200)
            answers = np.flatnonzero(chance.random(n) < clicks)
            sent = (reached, reached * 0 - 1, channel, _SENT, len(campaigns) - 1, minute)
            later = minute[answers] + chance.exponential(3600, len(answers))
            parts += [
                sent,
                (reached[answers], answers * 0 - 1, channel, _CLICK, len(campaigns) - 1, later),
            ]
    person, device, channel, kind, campaign, at = (
        np.concatenate([np.broadcast_to(part[i], len(part[0])) for part in parts]) for i in range(6)
    )
    place = np.flatnonzero((at >= 0) & (at < world.seconds))
    place = place[np.argsort(at[place], kind="stable")]
    person, device, channel = person[place], device[place], channel[place]
    known = np.maximum(person, 0)
    by_phone = channel == names.index("sms")
    named = columns.chosen(campaigns, campaign[place])
    return lot.told(
        {
            "event_id": columns.numbered("t", lot.numbers("channel_events", len(place))),
            "channel": columns.chosen(names, channel),
            "event_type": columns.chosen(_KINDS, kind[place]),
            "occurred_at": columns.moments(world, at[place]),
            "anonymous_id": columns.only(anonymous_ids(device), (person < 0)),
            "user_id": columns.only(lot.account_ids(known), (person >= 0) & ~by_phone),
            "email": columns.nothing(len(place)),
            "phone": columns.only(people.phones(known), by_phone & (person >= 0)),
            "campaign_id": named,
            "campaign_name": named,
        },
        person,
    )
