"""A small shop whose mails have known effects: what each of them causes follows from a formula.

People are of three types. Every week they may visit, order and spend, before the trial and in it.
In the trial each week has a mail; it adds to a stock of attention that fades from week to week
(adstock), and the stock adds to the logits of visiting and ordering. Whoever unsubscribes gets no
further mail. The arms differ in how strong their mails are; arm 0 is the control, with strength 0 a
holdout that gets none.
"""

from dataclasses import dataclass, replace

import numpy as np

WEEKS = 8
WEEKS_BEFORE = 12
METRICS = ("conversion", "revenue", "visit", "open", "click", "unsubscribe")
# Types: their share, then per week the chance of a visit, of an order by a visitor, of an open, of
# a click by an opener.
_SHARES = np.array([0.6, 0.3, 0.1])
_VISITS = np.array([0.03, 0.15, 0.4])
_ORDERS = np.array([0.05, 0.15, 0.3])
_OPENS = np.array([0.08, 0.25, 0.5])
_CLICKS = np.array([0.1, 0.15, 0.25])
_LEAVES = 0.004


@dataclass(frozen=True)
class CausalWorld:
    """What makes a world: the strength of each arm's mails, and how its money is spread.

    strengths : per arm, logits a fresh mail adds; 0 is no mail at all. appeal : per arm, logits it
    adds to opening and clicking. decay : share of the stock that is left a week later.
    basket : mean of an order per type. sigma : of the logarithm of a basket, 1 is skewed, 1.5 very.
    left_out : per arm, the week whose mail it does not get.
    """

    strengths: tuple[float, ...]
    appeal: tuple[float, ...]
    decay: float = 0.5
    basket: tuple[float, ...] = (40.0, 50.0, 70.0)
    sigma: float = 1.0
    left_out: tuple[int | None, ...] = (None, None, None)


@dataclass(frozen=True)
class Units:
    """Outcomes of the units of one arm, each (worlds, units); `before`: before the trial."""

    outcomes: dict[str, np.ndarray]
    before: dict[str, np.ndarray]


def truth(world: CausalWorld, arm: int) -> dict[str, float]:
    """Return the expected outcome of a unit in an arm, exactly."""
    expected = dict.fromkeys(METRICS, 0.0)
    mailed = _mailed(world, arm)
    for last, chance in _last_mails(mailed):
        received = mailed & (np.arange(WEEKS) <= last)
        visits = _weekly(_VISITS, _stock(world, arm, received))
        orders = visits * _ORDERS[:, None]
        opens, clicks = _responses(world, arm)
        happens = {
            "conversion": 1 - np.prod(1 - orders, axis=1),
            "revenue": orders.sum(axis=1) * np.array(world.basket),
            "visit": 1 - np.prod(1 - visits, axis=1),
            "open": 1 - (1 - opens) ** received.sum(),
            "click": 1 - (1 - opens * clicks) ** received.sum(),
            "unsubscribe": np.full(3, float(last < WEEKS)),
        }
        for metric, by_type in happens.items():
            expected[metric] += chance * float(_SHARES @ by_type)
    return expected


def mail_effects(world: CausalWorld, arm: int) -> dict[int, dict[str, float]]:
    """Return what the mail of each week causes per unit of an arm, all its others being sent."""
    whole, effects = truth(world, arm), {}
    for week in np.flatnonzero(_mailed(world, arm)):
        weeks = tuple(int(week) if a == arm else w for a, w in enumerate(world.left_out))
        without = truth(replace(world, left_out=weeks), arm)
        effects[int(week)] = {metric: whole[metric] - without[metric] for metric in METRICS}
    return effects


def draw(world: CausalWorld, arm: int, shape: tuple[int, int], chance) -> Units:
    """Draw the units of an arm in many worlds at once; shape : (worlds, units)."""
    kind = chance.choice(3, shape, p=_SHARES)
    baskets, sigma = np.array(world.basket)[kind], world.sigma
    opens, clicks = _responses(world, arm)
    stock, here = np.zeros(shape), np.ones(shape, dtype=bool)
    mailed = _mailed(world, arm)
    now = {name: np.zeros(shape) for name in METRICS}
    past = {name: np.zeros(shape) for name in METRICS}
    for week in range(-WEEKS_BEFORE, WEEKS):
        into = now if week >= 0 else past
        if week >= 0:
            stock = stock * world.decay
        if week >= 0 and mailed[week]:
            opened = here & (chance.random(shape) < opens[kind])
            into["open"] += opened
            into["click"] += opened & (chance.random(shape) < clicks[kind])
            stock = stock + np.where(here, world.strengths[arm], 0)
            leaves = here & (chance.random(shape) < _LEAVES)
            into["unsubscribe"] += leaves
            here = here & ~leaves
        visited = chance.random(shape) < _probability(_logit(_VISITS)[kind] + stock)
        ordered = visited & (chance.random(shape) < _ORDERS[kind])
        into["visit"] += visited
        into["conversion"] += ordered
        spent = baskets * np.exp(sigma * chance.standard_normal(shape) - sigma**2 / 2)
        # In cents, as shops charge it.
        into["revenue"] += np.where(ordered, np.round(spent, 2), 0)
    for values in (now, past):
        for metric in METRICS:
            if metric != "revenue":
                values[metric] = (values[metric] > 0).astype(float)
    # Whoever clicks shows it before, as visitors: mails before the trial are not simulated.
    past["open"] = past["click"] = past["visit"]
    return Units({m: now[m] for m in METRICS}, past)


def _mailed(world: CausalWorld, arm: int) -> np.ndarray:
    return (world.strengths[arm] > 0) & (np.arange(WEEKS) != world.left_out[arm])


def _last_mails(mailed: np.ndarray) -> list[tuple[int, float]]:
    """(week of the last mail that is received, chance of it); WEEKS for who never unsubscribes."""
    weeks = np.flatnonzero(mailed)
    stays = (1 - _LEAVES) ** np.arange(len(weeks))
    left = [(int(week), _LEAVES * stay) for week, stay in zip(weeks, stays, strict=True)]
    return [*left, (WEEKS, (1 - _LEAVES) ** len(weeks))]


def _stock(world: CausalWorld, arm: int, received: np.ndarray) -> np.ndarray:
    stock, level = np.zeros(WEEKS), 0.0
    for week in range(WEEKS):
        level = level * world.decay + world.strengths[arm] * received[week]
        stock[week] = level
    return stock


def _weekly(base: np.ndarray, stock: np.ndarray) -> np.ndarray:
    """(types, weeks) chances."""
    return _probability(_logit(base)[:, None] + stock)


def _responses(world: CausalWorld, arm: int) -> tuple[np.ndarray, np.ndarray]:
    """Chances per type of an open, and of a click by an opener."""
    return tuple(_probability(_logit(base) + world.appeal[arm]) for base in (_OPENS, _CLICKS))


def _logit(probability: np.ndarray) -> np.ndarray:
    return np.log(probability / (1 - probability))


def _probability(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))
