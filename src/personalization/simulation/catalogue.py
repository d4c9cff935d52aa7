"""What the shop sells, and how a person of some taste chooses from it."""

import numpy as np
import pyarrow as pa

from personalization.simulation import columns
from personalization.simulation.vocabulary import DEPARTMENTS, STYLES
from personalization.simulation.world import DAY, World

CANDIDATES = 5
COMPANIONS = 3
_SEASON_DAYS = {"spring": (60, 165), "summer": (135, 245), "winter": (305, 366)}
_LIFT_IN_SEASON, _LIFT_OUT_OF_SEASON = 2.2, 0.6
_PRICE_TOLERANCE = 0.35
_BRAND_LIFT = 1.3


class Catalogue:
    """All products of a world as arrays, one place per product.

    department, category, brand : (products,) int, categories and brands numbered over the shop.
    cents : (products,) int, price in EUR cents. cost_cents : (products,) int.
    level : (products,) float, log of the price relative to its category's median.
    lasts_days : (products,) float, how long one unit lasts; 0 where it is not used up.
    appeal : (products,) float, how often the product is looked at, all else being equal.
    launched, withdrawn : (products,) float, seconds since start; -inf, inf where never.
    companions : (products, COMPANIONS) int, what is often bought along with it.
    """

    def __init__(self, world: World, seasons):
        chance = world.chance("catalogue")
        self._names = [
            (department, category, *facts)
            for department, (_, categories) in DEPARTMENTS.items()
            for category, facts in categories.items()
        ]
        self._brands = [brand for brands, _ in DEPARTMENTS.values() for brand in brands]
        count, categories = world.products, len(self._names)
        self.number = np.arange(count)
        self.category = self.number % categories
        per_department = categories // len(DEPARTMENTS)
        self.department = self.category // per_department
        brands_each = len(self._brands) // len(DEPARTMENTS)
        place = self.number // categories
        brand_in_department = chance.integers(0, brands_each, count)
        self.brand = self.department * brands_each + brand_in_department
        self.noun, self.style, self.size = place % 3, place // 3 % len(STYLES), place // 36
        tier = np.array([0.8, 0.95, 1.1, 1.35])[brand_in_department]
        self.level = np.log(tier) + chance.normal(0, 0.3, count)
        median = np.array([facts[3] for facts in self._names], dtype=float)[self.category]
        # Prices end in 9 cents, as prices do.
        self.cents = np.maximum(np.round(median * np.exp(self.level) * 10), 9).astype(int) * 10 - 1
        self.cost_cents = np.round(self.cents * chance.uniform(0.35, 0.65, count)).astype(int)
        self.lasts_days = np.array([facts[4] for facts in self._names], dtype=float)[self.category]
        self.appeal = chance.lognormal(0, 1.2, count) * np.where(self.lasts_days > 0, 1.6, 1.0)
        self.launched, self.withdrawn = self._lives(chance, world)
        self.companions = self._companions(chance)
        self._build_shelves(world, seasons)

    def _lives(self, chance, world) -> tuple[np.ndarray, np.ndarray]:
        count = len(self.number)
        is_new = chance.random(count) < 0.3
        launched = np.where(
            is_new, chance.uniform(0, world.seconds, count), -chance.uniform(30, 900, count) * DAY
        )
        leaves = chance.random(count) < 0.08
        earliest = np.maximum(launched, 0) + 60 * DAY
        withdrawn = np.where(leaves, earliest + chance.uniform(0, world.seconds, count), np.inf)
        return launched, np.where(withdrawn < world.seconds, withdrawn, np.inf)

    def _companions(self, chance) -> np.ndarray:
        """Return for each product some of its department that were there before it or as early."""
        companions = np.empty((len(self.number), COMPANIONS), dtype=np.int64)
        for department in range(len(DEPARTMENTS)):
            mine = np.flatnonzero(self.department == department)
            weights = self.appeal[mine] * (self.launched[mine] < 0)
            drawn = chance.choice(mine, (len(mine), COMPANIONS), p=weights / weights.sum())
            companions[mine] = drawn
        return companions

    def _build_shelves(self, world: World, seasons) -> None:
        """Sort products by department; per month, sum their appeal up for drawing."""
        self._shelf = np.argsort(self.department, kind="stable")
        self._first = np.searchsorted(self.department[self._shelf], np.arange(len(DEPARTMENTS) + 1))
        months = -(-world.days // 30)
        self._upto = np.zeros((months, len(self.number) + 1))
        season_of = [facts[5] for facts in self._names]
        for month in range(months):
            opened, of_year = month * 30 * DAY, seasons.of_year[month * 30]
            lift = np.ones(len(season_of))
            for category, season in enumerate(season_of):
                if season:
                    first, last = _SEASON_DAYS[season]
                    inside = first <= of_year <= last
                    lift[category] = _LIFT_IN_SEASON if inside else _LIFT_OUT_OF_SEASON
            on_sale = (self.launched <= opened) & (self.withdrawn > opened + 30 * DAY)
            is_new = (self.launched > opened - 60 * DAY) & (self.launched > 0)
            weight = self.appeal * lift[self.category] * on_sale * np.where(is_new, 2.0, 1.0)
            self._upto[month, 1:] = np.cumsum(weight[self._shelf])

    def month_of(self, seconds: np.ndarray) -> np.ndarray:
        """Return which set of shelves holds at these seconds since start."""
        return np.clip(seconds // (30 * DAY), 0, len(self._upto) - 1).astype(np.int64)

    def draw(self, chance, department: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Draw one product per row from a department by appeal alone."""
        low = self._upto[month, self._first[department]]
        high = self._upto[month, self._first[department + 1]]
        target = low + chance.random(len(low)) * (high - low)
        place = np.empty(len(target), dtype=np.int64)
        for of_month in np.unique(month):
            mine = month == of_month
            place[mine] = np.searchsorted(self._upto[of_month], target[mine], side="right") - 1
        return self._shelf[np.minimum(place, len(self._shelf) - 1)]

    def shares(self, product: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Return the probability that `draw` from the product's own department gives it."""
        place = np.empty(len(self._shelf), dtype=np.int64)
        place[self._shelf] = np.arange(len(self._shelf))
        of, department = place[product], self.department[product]
        whole = (
            self._upto[month, self._first[department + 1]]
            - self._upto[month, self._first[department]]
        )
        return (self._upto[month, of + 1] - self._upto[month, of]) / whole

    def liking(self, product: np.ndarray, price_level, brands) -> np.ndarray:
        """Return how much people like products, in logits, from their price and brand.

        price_level : (rows,) float, log of the price relative to the median that suits a person.
        brands : (rows, k) int, the brands a person prefers.
        """
        misfit = (self.level[product] - price_level) / _PRICE_TOLERANCE
        is_favourite = (self.brand[product][:, None] == brands).any(axis=1)
        return _BRAND_LIFT * is_favourite - 0.5 * misfit**2

    def choose(self, chance, department, month, price_level, brands) -> np.ndarray:
        """Choose one product per row as a person would: the best liked of a few met by chance."""
        best, best_score = None, None
        for _ in range(CANDIDATES):
            product = self.draw(chance, department, month)
            score = self.liking(product, price_level, brands) + chance.gumbel(size=len(product))
            better = score > best_score if best is not None else None
            best = product if best is None else np.where(better, product, best)
            best_score = score if best_score is None else np.where(better, score, best_score)
        return best

    @property
    def ids(self) -> pa.Array:
        """The shop's product ids, by place."""
        return columns.numbered("P", 1001 + self.number)

    @property
    def categories(self) -> pa.Array:
        """The category path of every product, by place."""
        paths = [f"{department} > {category}" for department, category, *_ in self._names]
        return pa.array(paths).take(pa.array(self.category))

    @property
    def brand_names(self) -> list[str]:
        """Names of all brands, by number."""
        return self._brands

    @property
    def titles(self) -> list[str]:
        """What a person calls each product."""
        nouns = [facts[2] for facts in self._names]
        return [
            f"{self._brands[b]} {STYLES[s]} {nouns[c][n]}" + (f" No. {k + 1}" if k else "")
            for b, s, c, n, k in zip(
                self.brand, self.style, self.category, self.noun, self.size, strict=True
            )
        ]

    def table(self, world: World) -> pa.Table:
        """Return shop_products as it stands at the end of the world."""
        chance, count = world.chance("product table"), len(self.number)
        titles, ids = pa.array(self.titles), self.ids
        reduced = chance.random(count) < 0.1
        stock = np.where(chance.random(count) < 0.03, 0, chance.poisson(80, count))
        page = columns.joined("https://shop.example/p/", ids)
        return pa.table(
            {
                "product_id": ids,
                "title": titles,
                "description": columns.joined(titles, ", from our ", self.categories, " range"),
                "category": self.categories,
                "brand": columns.chosen(self._brands, self.brand),
                "tags": columns.joined(
                    columns.chosen(STYLES, self.style),
                    columns.chosen([",refillable", ""], np.where(self.lasts_days > 0, 0, 1)),
                ),
                "price": columns.money(self.cents),
                "compare_at_price": columns.only(
                    columns.money(np.round(self.cents * 1.25).astype(int)), reduced
                ),
                "unit_cost": columns.only(
                    columns.money(self.cost_cents), chance.random(count) < 0.98
                ),
                "currency": columns.chosen(["EUR"], np.zeros(count, dtype=int)),
                "image_url": columns.joined("https://cdn.shop.example/", ids, ".jpg"),
                "product_url": page,
                "is_available": columns.flags(np.isinf(self.withdrawn)),
                "inventory_quantity": pa.array(stock, mask=chance.random(count) < 0.1),
                "attributes": columns.chosen(
                    ['{"used_up": true}', '{"used_up": false}'],
                    np.where(self.lasts_days > 0, 0, 1),
                ),
                "published_at": columns.moments(
                    world, np.where(self.launched > 0, self.launched + DAY, np.nan)
                ),
                "created_at": columns.moments(world, self.launched),
                "updated_at": columns.moments(world, np.maximum(self.launched, 0)),
            }
        )

    def truth(self) -> pa.Table:
        """Return what lies behind each product."""
        return pa.table(
            {
                "product_id": self.ids,
                "appeal": np.round(self.appeal, 6),
                "price_level": np.round(self.level, 6),
                "lasts_days": self.lasts_days,
                "companion_product_ids": pa.FixedSizeListArray.from_arrays(
                    self.ids.take(pa.array(self.companions.ravel())), COMPANIONS
                ).cast(pa.list_(pa.string())),
            }
        )
