"""Who the customers are, what drives them, and the identifiers they leave behind."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from personalization.simulation import columns
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.seasons import Seasons
from personalization.simulation.vocabulary import (
    DEPARTMENTS,
    FIRST_NAMES,
    LAST_NAMES,
    MAIL_DOMAINS,
    PLACES,
)
from personalization.simulation.world import DAY, World

FAVOURITES = 8
MAX_DEVICES = 3
_PHONES = {
    "DE": ("+491590", 1_000_000),
    "AT": ("+43660", 1_000_000),
    "FR": ("+336", 10_000_000),
    "NL": ("+316", 10_000_000),
    "US": ("+1", 0),
}
_COUNTRIES = list(_PHONES)


@dataclass
class People:
    """Some people of a world, one place per person; times in seconds since start.

    number : counts over the whole world. arrived : first contact, negative before the start.
    place : index of PLACES. curve : kind of day, see Seasons.hours.
    has_account, has_contact, is_subscriber, has_phone : which identifiers they have.
    second_address : has a second subscription under another address.
    second_account : opened a second account under the same address.
    shares_phone, shares_device : use those of the person before them, who lives with them.
    born_operational, ends_operational : when they begin and cease to buy, in operational days; they
        cease when they churn or when the world ends, whatever is first.
    churns_operational : when they churn, which may lie after the end.
    gap : mean operational days between orders; inf for those who never buy.
    churn_rate : hazard of churn per operational day.
    basket : mean lines of an order beyond the first.
    taste : (people, departments) float, shares that sum to 1.
    price_level : the price they like, as log of price over the category's median.
    brands : (people, 2) int. favourites : (people, FAVOURITES) int, products they come back to.
    thrift : how fast they use things up, as a factor of Catalogue.lasts_days.
    opening, clicking, leaving : logits of opening a mail, clicking in an opened one, unsubscribing.
    has_proxy, has_scanner : their mailbox opens mails, or clicks links, by itself.
    devices : number of own devices. visits_per_gap : visits beside those that end in an order.
    """

    number: np.ndarray
    arrived: np.ndarray
    place: np.ndarray
    curve: np.ndarray
    has_account: np.ndarray
    has_contact: np.ndarray
    is_subscriber: np.ndarray
    has_phone: np.ndarray
    second_address: np.ndarray
    second_account: np.ndarray
    shares_phone: np.ndarray
    shares_device: np.ndarray
    born_operational: np.ndarray
    ends_operational: np.ndarray
    churns_operational: np.ndarray
    gap: np.ndarray
    churn_rate: np.ndarray
    basket: np.ndarray
    taste: np.ndarray
    price_level: np.ndarray
    brands: np.ndarray
    favourites: np.ndarray
    thrift: np.ndarray
    opening: np.ndarray
    clicking: np.ndarray
    leaving: np.ndarray
    has_proxy: np.ndarray
    has_scanner: np.ndarray
    devices: np.ndarray
    visits_per_gap: np.ndarray

    def __len__(self) -> int:
        """How many people these are."""
        return len(self.number)

    def departments(self, chance, person: np.ndarray) -> np.ndarray:
        """Draw a department for each person named, by taste."""
        upto = np.cumsum(self.taste, axis=1)[person]
        drawn = (chance.random(len(person))[:, None] > upto).sum(axis=1)
        return np.minimum(drawn, self.taste.shape[1] - 1)

    @property
    def region(self) -> np.ndarray:
        """0 where the person pays in EUR, 1 in USD."""
        return np.array([currency != "EUR" for _, _, currency, *_ in PLACES])[self.place].astype(
            int
        )

    @property
    def ids(self) -> pa.Array:
        """Ids of the truth, by place."""
        return columns.numbered("person-", self.number)

    @property
    def first_names(self) -> pa.DictionaryArray:
        """Given names, by place."""
        return columns.chosen(FIRST_NAMES, self.number * 7 % len(FIRST_NAMES))

    @property
    def last_names(self) -> pa.DictionaryArray:
        """Family names; who lives together bears one name."""
        household = self.number - (self.shares_phone | self.shares_device)
        return columns.chosen(LAST_NAMES, household * 11 // 3 % len(LAST_NAMES))

    def addresses(self, person: np.ndarray, second: bool = False) -> pa.Array:
        """Return normalised e-mail addresses; the second ones are at work."""
        person = np.asarray(person)
        domains = ["work.example"] if second else MAIL_DOMAINS
        return columns.joined(
            pa.array([_plain(name) for name in FIRST_NAMES]).take(
                pa.array(self.number[person] * 7 % len(FIRST_NAMES))
            ),
            columns.numbered(".", self.number[person]),
            "@",
            columns.chosen(domains, self.number[person] % len(domains)),
        )

    def phones(self, person: np.ndarray) -> pa.Array:
        """Return numbers in international form; who shares one has that of the person before."""
        person = np.asarray(person)
        number = self.number[person] - self.shares_phone[person]
        country = np.array([_COUNTRIES.index(country) for _, country, *_ in PLACES])
        prefix, base = zip(*(_PHONES[country] for country in _COUNTRIES), strict=True)
        mine = country[self.place[person]]
        american = np.array(_COUNTRIES)[mine] == "US"
        # An American number is its area, an exchange nobody has, and four digits.
        digits = np.where(
            american,
            (201 + number // 10_000 % 700) * 10_000_000 + 5_550_000 + number % 10_000,
            np.array(base)[mine] + number,
        )
        return columns.only(
            columns.joined(columns.chosen(prefix, mine), columns.numbered("", digits)),
            self.has_phone[person],
        )

    def device_numbers(self, person: np.ndarray, which: np.ndarray) -> np.ndarray:
        """Return the number of the which-th device of each person named."""
        owner = self.number[person] - (self.shares_device[person] & (which == 0))
        return owner * MAX_DEVICES + which


def _plain(name: str) -> str:
    return name.lower().translate(str.maketrans("éè", "ee"))


def make_people(
    world: World, seasons: Seasons, catalogue: Catalogue, first: int, count: int
) -> People:
    """Make `count` people, numbered from `first`."""
    chance = world.chance("people", first)
    pick = chance.random
    # Two in five were there before the shop was watched; of the others half more come per day at
    # the end than at the start.
    was_there = pick(count) < 0.4
    arrived = np.where(
        was_there,
        -chance.exponential(400 * DAY, count),
        world.seconds * (np.sqrt(4 + 5 * pick(count)) - 2),
    )
    place = chance.choice(len(PLACES), count, p=[share for *_, share in PLACES])
    curve = chance.integers(0, len(seasons.hours), count)
    kind = pick(count)
    has_account, is_guest = kind < 0.76, (kind >= 0.76) & (kind < 0.9)
    is_subscriber = np.where(
        has_account, pick(count) < 0.66, np.where(is_guest, pick(count) < 0.2, True)
    )
    lives_with_previous = (np.arange(count) % 2 == 1) & (pick(count) < 0.14)
    place = np.where(lives_with_previous, np.roll(place, 1), place)
    churn_rate = 1 / chance.lognormal(np.log(420), 0.6, count)
    born = seasons.operational(np.maximum(arrived, 0), place, curve)
    # Half of the old accounts are asleep for good when the watch begins.
    sleeps = was_there & (pick(count) < 0.5)
    churns = np.where(sleeps, born, born + chance.exponential(1, count) / churn_rate)
    gap = chance.lognormal(np.log(95), 0.9, count)
    gap[~(has_account | is_guest) | (pick(count) < 0.15)] = np.inf
    gap[is_guest] *= 2.5
    appetite = np.array([14, 11, 12, 10, 6, 9, 9, 10, 9, 6]) / 96
    taste = chance.gamma(0.28 * len(DEPARTMENTS) * appetite, 1.0, (count, len(DEPARTMENTS))) + 1e-3
    taste /= taste.sum(axis=1, keepdims=True)
    level = chance.normal(0, 0.3, count)
    brands_each = len(catalogue.brand_names) // len(DEPARTMENTS)
    liked = np.argsort(-taste, axis=1, kind="stable")[:, :2]
    brands = liked * brands_each + chance.integers(0, brands_each, (count, 2))
    people = People(
        number=first + np.arange(count),
        arrived=arrived,
        place=place,
        curve=curve,
        has_account=has_account,
        # The CRM hears of them a day later.
        has_contact=has_account & (pick(count) < 0.55) & (arrived + DAY < world.seconds),
        is_subscriber=is_subscriber,
        has_phone=pick(count) < 0.6,
        second_address=is_subscriber & has_account & (pick(count) < 0.03),
        second_account=has_account & (pick(count) < 0.03),
        shares_phone=lives_with_previous & (pick(count) < 0.57),
        shares_device=lives_with_previous & (pick(count) < 0.43),
        born_operational=born,
        ends_operational=np.minimum(churns, seasons.end),
        churns_operational=churns,
        gap=gap,
        churn_rate=churn_rate,
        basket=chance.gamma(1.2, 1.15, count),
        taste=taste,
        price_level=level,
        brands=brands,
        favourites=np.empty((count, FAVOURITES), dtype=np.int64),
        thrift=chance.lognormal(0, 0.25, count),
        opening=chance.normal(-1.0, 0.9, count),
        clicking=chance.normal(-1.9, 0.6, count),
        leaving=chance.normal(-5.1, 0.8, count),
        has_proxy=pick(count) < 0.4,
        has_scanner=pick(count) < 0.04,
        devices=1 + (pick(count) < 0.45) + (pick(count) < 0.12),
        visits_per_gap=chance.lognormal(np.log(2.5), 0.6, count),
    )
    _choose_favourites(people, catalogue, chance)
    return people


def _choose_favourites(people: People, catalogue: Catalogue, chance) -> None:
    """Let everybody find the products they will come back to, on the day they arrive."""
    person = np.arange(len(people))
    month = catalogue.month_of(np.maximum(people.arrived, 0))
    for place in range(FAVOURITES):
        department = people.departments(chance, person)
        people.favourites[:, place] = catalogue.choose(
            chance, department, month, people.price_level, people.brands
        )
