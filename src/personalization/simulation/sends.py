"""Who is on the list, and what was mailed to them."""

from dataclasses import dataclass

import numpy as np

SLOTS = 4


@dataclass
class Subscribers:
    """Addresses on the list, one place per subscriber.

    person : place in People. second : whether it is their second address.
    subscribed, left, cleaned : seconds since start; inf where they never left or never bounced.
    arms : (subscribers, experiments) int, the arm each is in.
    """

    person: np.ndarray
    second: np.ndarray
    subscribed: np.ndarray
    left: np.ndarray
    cleaned: np.ndarray
    arms: np.ndarray


@dataclass
class Sends:
    """Mails sent, in the order of the walk; one place per send. Times in seconds since start.

    subscriber, campaign, arm : arm is -1 outside experiments. shown : (sends, SLOTS) products, -1
    where none. propensity : (sends, SLOTS) chance that the slot showed just that product.
    open_probability, human_open_probability (within 24 hours), click_probability (of a person, at
    any time), purchase_probability (within 48 hours, of an order that is not cancelled).
    delivered, machine_opened, opened, clicked, scanned, bounced, complained, unsubscribed : NaN
    where it did not happen. clicked_slot : -1 where no product was clicked.
    """

    subscriber: np.ndarray
    campaign: np.ndarray
    arm: np.ndarray
    sent: np.ndarray
    shown: np.ndarray
    propensity: np.ndarray
    open_probability: np.ndarray
    human_open_probability: np.ndarray
    click_probability: np.ndarray
    purchase_probability: np.ndarray
    delivered: np.ndarray
    machine_opened: np.ndarray
    opened: np.ndarray
    clicked: np.ndarray
    clicked_slot: np.ndarray
    scanned: np.ndarray
    bounced: np.ndarray
    is_hard: np.ndarray
    complained: np.ndarray
    unsubscribed: np.ndarray
    ordered: np.ndarray

    @staticmethod
    def together(parts: list["Sends"]) -> "Sends":
        """Return all sends of several campaigns."""
        return Sends(
            *(np.concatenate([getattr(p, name) for p in parts]) for name in Sends.__annotations__)
        )

    def where(self, mask: np.ndarray) -> "Sends":
        """Return some of the sends."""
        return Sends(*(getattr(self, name)[mask] for name in Sends.__annotations__))
