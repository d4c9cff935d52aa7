"""Pictures of a shop's raw tables beside another's: does a world look like a shop?"""

from pathlib import Path

import duckdb
import numpy as np

_VIEWS = ("shop_orders", "shop_order_lines", "shop_customers")
_QUERIES = {
    "value": "select cast(total as double) from shop_orders where total > 0",
    "lines": "select count(*) from shop_order_lines group by order_id",
    "gap": """select epoch(ordered_at - lag(ordered_at) over (
        partition by shop_customer_id order by ordered_at)) / 86400
        from shop_orders where shop_customer_id is not null""",
    "hour": "select hour(timezone(zone, timezone('UTC', ordered_at))) from zoned",
    "sales": "select count(*) from shop_order_lines group by product_id",
    "orders": """select count(*) from shop_orders
        where shop_customer_id is not null group by shop_customer_id""",
}


def measure(raw_data: Path) -> dict[str, np.ndarray]:
    """Return what is drawn of one folder of raw tables, an array per panel.

    value : per order. lines : per order. gap : days between two orders of an account.
    hour : local hour per order. sales : lines per product sold. orders : per account that ordered.
    """
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for name in _VIEWS:
            files = [
                str(file)
                for pattern in (f"{name}.parquet", f"{name}/typed.parquet")
                for file in raw_data.glob(pattern)
            ]
            connection.execute(f"create view {name} as select * from read_parquet({files})")
        # Only the simulated shop knows where its contacts live; the grocer's clocks are local.
        contacts = sorted(map(str, raw_data.glob("crm_contacts/typed.parquet")))
        if contacts:
            connection.execute(
                f"""create view zoned as select ordered_at, timezone as zone from shop_orders
                inner join shop_customers using (shop_customer_id)
                inner join read_parquet({contacts}) as contacts
                    on contacts.contact_id = shop_customers.contact_id"""
            )
        else:
            connection.execute(
                "create view zoned as select ordered_at, 'UTC' as zone from shop_orders"
            )
        found = {}
        for name, query in _QUERIES.items():
            (values,) = connection.sql(query).fetchnumpy().values()
            found[name] = np.ma.compressed(np.ma.masked_invalid(values.astype(float)))
    return found


def draw(shops: dict[str, dict[str, np.ndarray]], path: Path) -> None:
    """Draw the panels for several shops, by name, into one PNG.

    What depends on the goods alone (how dear, how often) is drawn relative to the shop's median, so
    that the shapes can be compared.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 3, figsize=(12, 6.6), layout="constrained")
    for place, (name, found) in enumerate(shops.items()):
        style = {"color": ("#1b6ca8", "#e07b39")[place % 2], "label": name}
        _density(axes[0, 0], found["value"], style)
        share = np.bincount(np.minimum(found["lines"], 30).astype(int), minlength=31)[1:]
        axes[0, 1].plot(np.arange(1, 31), share / share.sum(), **style)
        _density(axes[0, 2], found["gap"][found["gap"] > 0.04], style)
        hours = np.bincount(found["hour"].astype(int), minlength=24)
        axes[1, 0].plot(hours / hours.sum(), **style)
        for axis, counts in ((axes[1, 1], found["sales"]), (axes[1, 2], found["orders"])):
            most_first = np.sort(counts)[::-1].cumsum() / counts.sum()
            axis.plot(np.linspace(0, 1, len(counts)), most_first, **style)
    titles = (
        ("Order value / its median", "share per unit of log"),
        ("Lines per order (30 and more as one)", "share of orders"),
        ("Days between two orders / their median", "share per unit of log"),
        ("Local hour of the order", "share of orders"),
        ("Best-selling share of products", "share of lines"),
        ("Most active share of customers", "share of orders"),
    )
    for axis, (title, side) in zip(axes.ravel(), titles, strict=True):
        axis.set_xlabel(title)
        axis.set_ylabel(side)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 1].legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def _density(axis, values: np.ndarray, style: dict) -> None:
    edges = np.linspace(np.log(0.02), np.log(20), 45)
    share, _ = np.histogram(np.log(values / np.median(values)), edges)
    axis.plot(np.exp((edges[:-1] + edges[1:]) / 2), share / share.sum() / np.diff(edges), **style)
    axis.set_xscale("log")
