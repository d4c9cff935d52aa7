"""Who is on the list, and what was mailed to them."""

from dataclasses import dataclass

import numpy as np

SLOTS = 4
SCANNED_LINKS = 3


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


class MailEvents:
    """Events of sends before the end, by time.

    send : place in Sends. kind : index of the kinds below. at : seconds since start.
    name : index of `names`. cause : 0 the platform, 1 a proxy, 2 a scanner, 3 a person.
    """

    def __init__(self, sends: Sends, end: float):
        scanned = sends.scanned
        kinds = [
            ("delivered", sends.delivered, 0),
            ("open", sends.machine_opened, 1),
            ("open", sends.opened, 3),
            ("click", sends.clicked, 3),
            ("open", scanned, 2),
            *(("click", scanned + 1 + link, 2) for link in range(SCANNED_LINKS)),
            ("bounce", sends.bounced, 0),
            ("complaint", sends.complained, 3),
            ("unsubscribe", sends.unsubscribed, 3),
        ]
        at = np.concatenate([times for _, times, _ in kinds])
        send = np.tile(np.arange(len(sends.sent)), len(kinds))
        kind = np.repeat(np.arange(len(kinds)), len(sends.sent))
        order = np.flatnonzero(at < end)
        order = order[np.lexsort((kind[order], send[order], at[order]))]
        self.at, self.send, self.kind = at[order], send[order], kind[order]
        self.names = list(dict.fromkeys(name for name, _, _ in kinds))
        self.name = np.array([self.names.index(name) for name, _, _ in kinds])[self.kind]
        self.cause = np.array([cause for _, _, cause in kinds])[self.kind]

    def __len__(self) -> int:
        """How many events these are."""
        return len(self.at)

    def are(self, name: str) -> np.ndarray:
        """Return which events are of this name."""
        return self.name == self.names.index(name)

    @property
    def by_machine(self) -> np.ndarray:
        """Return which events no person caused."""
        return (self.cause == 1) | (self.cause == 2)
