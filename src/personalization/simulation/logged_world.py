"""Lists that were sent under exploration in a world whose chances of clicks are known.

Places are explored as ml_recommendations_explored does it: each shows the list's own product, or
with the explored share one of a pool that is the place's own. What a policy earns is a formula.
"""

from dataclasses import dataclass, field

import numpy as np

TYPES, PLACES, PRODUCTS = 6, 4, 18


@dataclass(frozen=True)
class LoggedWorld:
    """Customers of a few types, with lists and tastes of each, all drawn once from the seed.

    share : that is explored. pool : products behind each place. eagerness : how unlike customers of
    one type are; each clicks (1 +- eagerness) times as often as the type does, with equal chances.
    """

    share: float
    pool: int
    eagerness: float = 0.5
    seed: int = 1
    products: np.ndarray = field(init=False)
    clicks: np.ndarray = field(init=False)
    wanted: np.ndarray = field(init=False)

    def __post_init__(self):
        """Draw lists, tastes and the new ranker."""
        chance = np.random.default_rng(self.seed)
        shape = (TYPES, PLACES, self.pool + 1)
        appeal = chance.beta(2, 6, PRODUCTS)
        taste = chance.uniform(0.4, 1.6, (TYPES, PRODUCTS))
        products = np.array(
            [chance.permutation(PRODUCTS)[: PLACES * (self.pool + 1)] for _ in range(TYPES)]
        ).reshape(shape)
        kinds = np.arange(TYPES)[:, None, None]
        seen = np.linspace(1, 0.5, PLACES)[None, :, None]
        clicks = np.clip(appeal[products] * taste[kinds, products] * seen, 0.01, 0.5)
        # A ranker that knows taste, but for some noise.
        guessed = clicks * chance.lognormal(0, 0.3, shape)
        object.__setattr__(self, "products", products)
        object.__setattr__(self, "clicks", clicks)
        object.__setattr__(self, "wanted", guessed.argmax(axis=2))

    def propensities(self) -> np.ndarray:
        """Chance of each option of a place: the own product, then those of the pool."""
        return np.array([1 - self.share] + [self.share / self.pool] * self.pool)

    def truth(self) -> float:
        """Clicks per place of the new ranker: the types are equally frequent."""
        return float(np.take_along_axis(self.clicks, self.wanted[:, :, None], 2).mean())

    def truth_of_the_log(self) -> float:
        """Clicks per place of the policy that is logged."""
        return float((self.clicks @ self.propensities()).mean())


@dataclass(frozen=True)
class Sends:
    """Rows of shown products, (n,) each. wanted : product of the new ranker at the same place."""

    customers: np.ndarray
    products: np.ndarray
    wanted: np.ndarray
    propensities: np.ndarray
    clicked: np.ndarray


def draw(world: LoggedWorld, customers: int, chance: np.random.Generator) -> Sends:
    """Return what came of one to three sends to each customer."""
    kinds = chance.integers(TYPES, size=customers)
    eager = 1 + world.eagerness * chance.choice([-1, 1], customers)
    owner = np.repeat(np.arange(customers), chance.integers(1, 4, customers))
    kind = np.repeat(kinds[owner], PLACES)
    place = np.tile(np.arange(PLACES), len(owner))
    owner = np.repeat(owner, PLACES)
    propensities = world.propensities()
    option = chance.choice(world.pool + 1, size=len(owner), p=propensities)
    clicked = chance.random(len(owner)) < world.clicks[kind, place, option] * eager[owner]
    return Sends(
        owner,
        world.products[kind, place, option],
        world.products[kind, place, world.wanted[kind, place]],
        propensities[option],
        clicked.astype(float),
    )
