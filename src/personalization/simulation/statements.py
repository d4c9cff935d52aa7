"""What people say about themselves: consents, withdrawals, preferences, privacy requests."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from personalization.simulation import columns
from personalization.simulation.lot import Lot
from personalization.simulation.vocabulary import DEPARTMENTS, PLACES
from personalization.simulation.world import DAY

_PURPOSES = ["email_marketing", "profiling", "advertising", "sms_marketing", "push_marketing"]
_STATUSES = ["granted", "denied", "withdrawn"]
_GRANTED, _DENIED, _WITHDRAWN = range(3)
_FREQUENCIES = ["weekly", "monthly"]


def consents(lot: Lot) -> pa.Table:
    """Return consent_events by time: what was granted or denied on arrival, withdrawn later."""
    people, subscribers, chance = lot.people, lot.subscribers, lot.chance("consents")
    can_be_named = people.has_account | people.is_subscriber
    n = len(people)
    parts = []  # person, purpose, status, at

    def say(purpose: str, who: np.ndarray, status: int, at: np.ndarray) -> None:
        who = np.flatnonzero(who)
        parts.append(
            (who, np.full(len(who), _PURPOSES.index(purpose)), np.full(len(who), status), at[who])
        )

    on_arrival = people.arrived + 900.0
    later = np.maximum(on_arrival, 0) + chance.exponential(300 * DAY, n)
    luck = chance.random((len(_PURPOSES), n))
    say("profiling", can_be_named & (luck[1] < 0.84), _GRANTED, on_arrival)
    say("profiling", can_be_named & (luck[1] > 0.93), _DENIED, on_arrival)
    say("profiling", can_be_named & (luck[1] < 0.05), _WITHDRAWN, later)
    say("advertising", can_be_named & (luck[2] < 0.45), _GRANTED, on_arrival)
    say("advertising", can_be_named & (luck[2] < 0.04), _WITHDRAWN, later)
    say(
        "sms_marketing",
        people.has_phone & people.has_account & (luck[3] < 0.3),
        _GRANTED,
        on_arrival,
    )
    say(
        "push_marketing",
        (people.devices > 1) & people.has_account & (luck[4] < 0.5),
        _GRANTED,
        on_arrival,
    )
    person, purpose, status, at = (np.concatenate(part) for part in zip(*parts, strict=True))
    # Of e-mail people speak as subscribers, of all else as account holders where they are.
    is_account = people.has_account[person]
    types = columns.chosen(["shop_customer_id", "email"], np.where(is_account, 0, 1))
    values = pc.if_else(pa.array(is_account), lot.account_ids(person), people.addresses(person))
    named = np.flatnonzero(chance.random(len(subscribers.person)) < 0.96)
    left = named[np.isfinite(subscribers.left[named]) & (chance.random(len(named)) < 0.8)]
    mailed = np.r_[named, left]
    word = np.r_[np.full(len(named), _GRANTED), np.full(len(left), _WITHDRAWN)]
    moment = np.r_[subscribers.subscribed[named], subscribers.left[left] + 60]
    table = lot.told(
        {
            "subject_type": pa.concat_arrays(
                [types.cast(pa.string()), pa.array(["email"] * len(mailed), pa.string())]
            ),
            "subject_value": pa.concat_arrays([values, lot.subscriber_addresses(mailed)]),
            "purpose": columns.chosen(_PURPOSES, np.r_[purpose, np.zeros(len(mailed), dtype=int)]),
            "status": columns.chosen(_STATUSES, np.r_[status, word]),
            "legal_basis": columns.chosen(
                ["consent"], np.zeros(len(person) + len(mailed), dtype=int)
            ),
            "jurisdiction": columns.chosen(
                ["EU", "US"],
                np.array([int(country == "US") for _, country, *_ in PLACES])[
                    people.place[np.r_[person, subscribers.person[mailed]]]
                ],
            ),
        },
        np.r_[person, subscribers.person[mailed]],
    )
    return _stamped(
        lot, "consent_events", table, ("consent_event_id", "k"), "occurred_at", np.r_[at, moment]
    )


def _stamped(lot: Lot, name: str, table: pa.Table, key: tuple[str, str], time: str, at) -> pa.Table:
    """Return what happened within the world, by time, with ids before it and times behind.

    key : name of the id's column, and prefix of the ids.
    """
    place = np.flatnonzero(at < lot.world.seconds)
    place = place[np.argsort(at[place], kind="stable")]
    ids = columns.numbered(key[1], lot.numbers(name, len(place)))
    table = table.take(pa.array(place)).add_column(0, key[0], ids)
    return table.append_column(time, columns.moments(lot.world, at[place]))


def preferences(lot: Lot) -> pa.Table:
    """Return stated_preferences: true ones, of a few account holders."""
    people, chance = lot.people, lot.chance("preferences")
    person = np.flatnonzero(people.has_account & (chance.random(len(people)) < 0.08))
    best = people.taste[person].argmax(axis=1)
    hour = lot.seasons.hours.argmax(axis=1)[people.curve[person]]
    said = [
        ("category", columns.chosen(list(DEPARTMENTS), best)),
        ("brand", columns.chosen(lot.catalogue.brand_names, people.brands[person, 0])),
        ("hour", columns.numbered("", hour)),
        ("frequency", columns.chosen(_FREQUENCIES, (people.opening[person] < -1).astype(int))),
    ]
    ids = lot.account_ids(person)
    tables, times = [], []
    for kind, values in said:
        chosen = np.flatnonzero(chance.random(len(person)) < 0.6)
        tables.append(
            lot.told(
                {
                    "subject_type": pa.array(["shop_customer_id"] * len(chosen), pa.string()),
                    "subject_value": ids.take(pa.array(chosen)),
                    "preference_type": pa.array([kind] * len(chosen), pa.string()),
                    "preference_value": values.cast(pa.string()).take(pa.array(chosen)),
                },
                person[chosen],
            )
        )
        times.append(
            np.maximum(people.arrived[person[chosen]], 0)
            + chance.exponential(40 * DAY, len(chosen))
        )
    table, at = pa.concat_tables(tables), np.concatenate(times)
    return _stamped(lot, "stated_preferences", table, ("preference_id", "f"), "stated_at", at)


def privacy_requests(lot: Lot) -> pa.Table:
    """Return privacy_requests, by address."""
    people, chance = lot.people, lot.chance("requests")
    luck = chance.random(len(people))
    person = np.flatnonzero((luck < 0.008) & (people.has_account | people.is_subscriber))
    kind = np.digitize(luck[person], (0.002, 0.003))
    at = np.maximum(people.arrived[person], 0) + chance.exponential(250 * DAY, len(person))
    table = lot.told(
        {
            "request_type": columns.chosen(["erasure", "access", "do_not_sell"], kind),
            "subject_type": columns.chosen(["email"], np.zeros(len(person), dtype=int)),
            "subject_value": people.addresses(person),
        },
        person,
    )
    return _stamped(lot, "privacy_requests", table, ("request_id", "q"), "requested_at", at)
