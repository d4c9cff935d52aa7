"""Looking into a published file: rows for a person, and lists against what happened next."""

from pathlib import Path

import duckdb
import numpy as np

from personalization.recommenders import evaluation
from personalization.recommenders.encoding import encode
from personalization.recommenders.lists import Pairs, popular_lists
from personalization.warehouse.copies import tables
from personalization.warehouse.places import BuildError

_CUSTOMERS = """
select identifier_value as shop_customer_id, customer_id
from dim_customer_identifiers
where identifier_type = 'shop_customer_id'
"""

# Goods that were paid for and that the shop sells, as ids of the shop.
_BOUGHT = """
select distinct
    orders.shop_customer_id as customer,
    lines.product_id as product,
    orders.ordered_at >= {as_of} as is_heldout
from read_parquet('{raw}/shop_order_lines.parquet') as lines
inner join read_parquet('{raw}/shop_orders.parquet') as orders using (order_id)
inner join read_parquet('{raw}/shop_products.parquet') as products using (product_id)
where
    lines.quantity > 0
    and round(lines.quantity * lines.unit_price, 2) - lines.discount_total > 0
    and products.is_available
"""


def connect(marts: Path) -> duckdb.DuckDBPyConnection:
    """Open a publication by an alias: DuckDB can't tell the file marts from its schema marts."""
    connection = duckdb.connect()
    quoted = str(marts).replace("'", "''")
    connection.execute(f"attach '{quoted}' as published (read_only)")
    connection.execute("use published.marts")
    return connection


def show(marts: Path, mart: str | None, rows: int) -> None:
    """Print a mart's first rows, or the names of all marts.

    Raises BuildError if there is no publication or no such mart.
    """
    there = tables(marts, "marts")
    if not there:
        raise BuildError(f"{marts} holds no marts. Build first: make build")
    if mart is None:
        print("\n".join(sorted(there)))
        return
    if mart not in there:
        raise BuildError(f"{marts} holds no mart {mart}. It holds: {', '.join(sorted(there))}")
    with connect(marts) as connection:
        found = connection.sql(f"select * from {mart} limit {rows}")
        width = max(len(name) for name in found.columns)
        for row in found.fetchall():
            print()
            for name, value in zip(found.columns, row, strict=True):
                print(f"{name:<{width}}  {'' if value is None else value}")


def score(marts: Path, raw_data: Path, k: int = 10) -> None:
    """Print how the published lists, and popular ones, meet what was bought from their as_of on.

    Definitions as in ``personalization.recommenders.evaluation``; all raw products that are not
    available are left out on both sides.
    """
    if not tables(marts, "marts"):
        raise BuildError(f"{marts} holds no marts. Build first: make build")
    with connect(marts) as connection:
        as_of = "(select max(as_of) from fct_recommendations)"
        bought = connection.sql(_BOUGHT.format(as_of=as_of, raw=raw_data)).to_arrow_table()
        lists = connection.sql(
            "select shop_customer_id as customer, product_id as product, list_name, rank "
            f"from fct_recommendations inner join ({_CUSTOMERS}) using (customer_id)"
        ).to_arrow_table()
    _, customers = encode(lists["customer"], bought["customer"])
    _, products = encode(lists["product"], bought["product"])
    shown, all_bought = (Pairs(c, p) for c, p in zip(customers, products, strict=True))
    is_heldout = bought["is_heldout"].to_numpy()
    list_names, ranks_shown = np.array(lists["list_name"].to_pylist()), lists["rank"].to_numpy()
    heldout, train = (
        Pairs(all_bought.customers[part], all_bought.products[part])
        for part in (is_heldout, ~is_heldout)
    )
    for task, list_name in evaluation.TASKS.items():
        new_only = task == "new_only"
        mine = list_names == list_name
        ours = Pairs(shown.customers[mine], shown.products[mine])
        for name, (pairs, ranks) in {
            "published": (ours, ranks_shown[mine].astype(np.int64)),
            "popular": popular_lists(train, k, new_only=new_only),
        }.items():
            scores = evaluation.score_lists(pairs, ranks, heldout, train, k=k, new_only=new_only)
            for metric, estimate in scores.items():
                label = f"{metric}@{k}"
                print(f"{task:<14} {name:<10} {label:<19} {estimate.value:.4f}  n={estimate.n:,}")
