"""When people are active: days of the year and of the week, hours of the day, in local time.

Activity runs on *operational time*: a busy day is long in it and a quiet hour short. A process that
is simple in operational time (a renewal process, say) becomes seasonal once it is mapped back, and
its probabilities stay exact.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from personalization.simulation.vocabulary import PLACES
from personalization.simulation.world import DAY, World

SALE_DISCOUNT = 0.2
_WEEK = np.array([1.06, 1.0, 0.99, 0.98, 0.94, 0.88, 1.15])
# Relative activity per hour of the local day, for five kinds of people.
_HOURS = np.array(
    [
        [1, 1, 0, 0, 1, 4, 9, 10, 8, 7, 6, 5, 5, 4, 4, 4, 4, 4, 4, 5, 5, 4, 3, 2],
        [2, 1, 0, 0, 0, 1, 2, 3, 4, 6, 7, 9, 11, 10, 7, 5, 5, 5, 5, 6, 6, 5, 4, 3],
        [3, 1, 1, 0, 0, 1, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5, 7, 9, 11, 13, 12, 9, 5],
        [9, 6, 3, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 5, 6, 8, 10, 12, 11],
        [2, 1, 1, 0, 0, 1, 3, 5, 7, 8, 8, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 7, 5, 3],
    ],
    dtype=float,
)


class Seasons:
    """The intensity of every day and hour of a world.

    intensity : (days,) float, operational days in each local day, about 1.
    is_sale : (days,) bool, days with everything reduced by SALE_DISCOUNT.
    hours : (curves, 24) float, mean 1; three neighbours (an hour earlier, as it is, an hour later)
        of each of five kinds.
    """

    def __init__(self, world: World):
        dates = [world.date(day) for day in range(world.days)]
        of_year = np.array([date.timetuple().tm_yday for date in dates])
        weekday = np.array([date.weekday() for date in dates])
        # Black week before the last Friday of November, and a week in late June.
        self.is_sale = ((of_year >= 325) & (of_year <= 333)) | ((of_year >= 172) & (of_year <= 179))
        christmas = (of_year >= 334) & (of_year <= 355)
        quiet = (of_year >= 358) | (of_year <= 6) | ((of_year >= 200) & (of_year <= 235))
        season = np.select([self.is_sale, christmas, quiet], [1.7, 1.35, 0.82], 1.0)
        self.intensity = season * _WEEK[weekday]
        self.cumulative = np.concatenate([[0.0], np.cumsum(self.intensity)])
        self.of_year = of_year
        shifted = np.concatenate([np.roll(_HOURS, shift, axis=1) for shift in (-1, 0, 1)])
        smooth = shifted + 0.3
        self.hours = smooth / smooth.mean(axis=1, keepdims=True)
        self._hours_passed = np.concatenate(
            [np.zeros((len(smooth), 1)), np.cumsum(self.hours, axis=1) / 24], axis=1
        )
        zones = [ZoneInfo(zone) for zone, *_ in PLACES]
        noons = [date.replace(tzinfo=UTC) + timedelta(hours=12) for date in dates]
        self.offsets = np.array(
            [
                [noon.astimezone(zone).utcoffset().total_seconds() for noon in noons]
                for zone in zones
            ]
        )

    @property
    def end(self) -> float:
        """Operational days in the whole world."""
        return float(self.cumulative[-1])

    def day_of(self, operational: np.ndarray) -> np.ndarray:
        """Return the local day, an int from 0, that each operational time falls on."""
        day = np.searchsorted(self.cumulative, operational, side="right") - 1
        return np.clip(day, 0, len(self.intensity) - 1)

    def moment(self, operational, place, curve) -> np.ndarray:
        """Return UTC seconds since start for operational times of people at places."""
        day = self.day_of(operational)
        share = (operational - self.cumulative[day]) / self.intensity[day]
        hour = np.empty_like(share)
        for kind in range(len(self.hours)):
            mine = curve == kind
            hour[mine] = np.interp(share[mine], self._hours_passed[kind], np.arange(25))
        return day * DAY + hour * 3600 - self.offsets[place, day]

    def operational(self, seconds, place, curve) -> np.ndarray:
        """Return the operational time of UTC seconds since start: the inverse of `moment`."""
        guess = np.clip(seconds // DAY, 0, len(self.intensity) - 1).astype(np.int64)
        local = np.clip(seconds + self.offsets[place, guess], 0, len(self.intensity) * DAY - 1)
        day = (local // DAY).astype(np.int64)
        hour, passed = (local - day * DAY) / 3600, np.empty(len(local))
        for kind in range(len(self.hours)):
            mine = curve == kind
            passed[mine] = np.interp(hour[mine], np.arange(25), self._hours_passed[kind])
        return self.cumulative[day] + self.intensity[day] * passed

    def engagement(self, seconds, place, curve) -> np.ndarray:
        """Return how active people are at these UTC seconds, relative to their own mean of 1."""
        day = np.clip(seconds // DAY, 0, len(self.intensity) - 1).astype(np.int64)
        hour = ((seconds + self.offsets[place, day]) // 3600 % 24).astype(np.int64)
        return self.hours[curve, hour]
