"""The settings of a simulated world, and its sources of chance."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

DAY = 86_400.0
PEOPLE_AT_ONCE = 10_000


@dataclass(frozen=True)
class World:
    """What makes two worlds equal: the same settings give the same rows.

    customers : people behind the raw tables, whether or not they ever buy.
    seed : of all that is left to chance.
    months : how long the shop is watched; the world always begins on 1 April 2025.
    """

    customers: int
    seed: int
    months: int = 18

    @property
    def start(self) -> datetime:
        """The first moment, midnight UTC."""
        return datetime(2025, 4, 1)

    @property
    def end(self) -> datetime:
        """The moment nothing happens at or after, but for broken clocks."""
        months = self.start.month - 1 + self.months
        return self.start.replace(year=self.start.year + months // 12, month=months % 12 + 1)

    @property
    def days(self) -> int:
        """Whole days from start to end."""
        return (self.end - self.start).days

    @property
    def seconds(self) -> float:
        """Seconds from start to end."""
        return self.days * DAY

    @property
    def products(self) -> int:
        """How many products the shop ever sells: 450 for 3,000 customers, 50,300 for a million."""
        return 300 + self.customers // 20

    def date(self, day: int) -> datetime:
        """Return midnight UTC of a day since start."""
        return self.start + timedelta(days=int(day))

    def chance(self, part: str, chunk: int = 0) -> np.random.Generator:
        """Return the source of chance of one part of the world, independent of all others."""
        return np.random.default_rng([self.seed, zlib.crc32(part.encode()), chunk])


def one_of(chance: np.random.Generator, rows: int, shares: tuple[float, ...]) -> np.ndarray:
    """Draw the index of a share for each row, -1 for what they leave over."""
    place = (chance.random(rows)[:, None] > np.cumsum(shares)).sum(axis=1)
    return np.where(place < len(shares), place, -1)
