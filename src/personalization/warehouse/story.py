"""Customers told as a person would: what was delivered of them, what was made of it."""

from pathlib import Path

import duckdb

from personalization.warehouse.copies import tables
from personalization.warehouse.places import BuildError

# Of every stage of life the same number, in the order of a hash, so that none is picked by hand;
# after every three who may be profiled one who may not, hence 4n - 1.
_CHOSEN = """
select customer_id from (
    select *, row_number() over (
        partition by lifecycle_stage, can_profile order by md5(customer_id)
    ) as place
    from marts.dim_customers where is_known and country is not null
)
order by case when can_profile then place else 4 * place - 1 end, md5(customer_id)
limit $count
"""
_TITLE = """# {count} customers, from raw rows to lists

What was delivered of each, what it came to, and the first five of both lists. `personalization
stories` writes this page from a warehouse. Of those who may not be profiled nothing is told, and
they are shown what is popular.

"""
_HEAD = """
select
    lifecycle_stage || coalesce(', ' || rfm_segment, '') || ', ' || country,
    case when can_profile then 'yes' else 'no' end,
    case when can_email then 'yes' else 'no' end
from marts.dim_customers where customer_id = $customer
"""
_IDS = """
select string_agg(identifier_value, ', ' order by identifier_type, identifier_value)
from marts.dim_customer_identifiers
where customer_id = $customer and identifier_type not in ('email', 'phone')
"""
_COUNTS = """
with ids as (
    select identifier_type, identifier_value
    from marts.dim_customer_identifiers where customer_id = $customer
),
devices as (select identifier_value from ids where identifier_type = 'anonymous_id'),
sends as (
    select send_id from staging.stg_esp__sends
    where subscriber_id in (
        select identifier_value from ids where identifier_type = 'subscriber_id'
    )
)
select concat_ws(', ',
    (select count(*) || ' orders' from marts.fct_orders where customer_id = $customer),
    (select count(*) || ' tracker events' from staging.stg_web__events
        where anonymous_id in (select identifier_value from devices)),
    (select count(*) || ' mails' from sends),
    (select count(*) || ' clicks in them' from staging.stg_esp__events
        where event_type = 'click' and send_id in (select send_id from sends)))
"""
_BOUGHT = """
select title || ' x ' || cast(sum(quantity) as integer) || ', last on '
    || cast(max(orders.ordered_at) as date)
from marts.fct_order_lines as lines
inner join marts.fct_orders as orders using (order_id)
inner join marts.dim_products as products using (product_id)
where lines.customer_id = $customer
group by title order by max(orders.ordered_at) desc, title limit 6
"""
_LOOKED_AT = """
select category || ' (' || count(*) || ')'
from staging.stg_web__events
where category is not null and anonymous_id in (
    select identifier_value from marts.dim_customer_identifiers
    where customer_id = $customer and identifier_type = 'anonymous_id'
)
group by category order by count(*) desc, category limit 4
"""
_LIST = """
select reason || ': ' || string_agg(title, ', ' order by rank)
from marts.fct_recommendations inner join marts.dim_products using (product_id)
where customer_id = $customer and list_name = $list_name and rank <= 5
group by reason order by min(rank)
"""


def stories(warehouse: Path, count: int) -> str:
    """Return Markdown on some known customers of a warehouse, from raw rows to lists.

    Raises BuildError if nothing was built there.
    """
    if not tables(warehouse, "marts"):
        raise BuildError(f"{warehouse} holds no marts. Build first: make build")
    with duckdb.connect() as connection:
        quoted = str(warehouse).replace("'", "''")
        connection.execute(f"attach '{quoted}' as shop (read_only)")
        connection.execute("use shop")
        chosen = connection.execute(_CHOSEN, {"count": count}).fetchall()
        told = [_story(connection, place, who) for place, (who,) in enumerate(chosen, 1)]
    return _TITLE.format(count=len(told)) + "\n".join(told)


def _story(connection: duckdb.DuckDBPyConnection, number: int, customer: str) -> str:
    def ask(query: str, **more: str) -> list[tuple]:
        return connection.execute(query, {"customer": customer} | more).fetchall()

    def listed(query: str, otherwise: str, **more: str) -> str:
        return "; ".join(text for (text,) in ask(query, **more)) or otherwise

    [(who, can_profile, can_email)] = ask(_HEAD)
    [(ids,)], [(counts,)] = ask(_IDS), ask(_COUNTS)
    told = ""
    if can_profile == "yes":
        told = (
            f"- Bought: {listed(_BOUGHT, 'nothing yet')}\n"
            f"- Looked at: {listed(_LOOKED_AT, 'nothing')}\n"
        )
    return (
        f"## {number}. {customer}: {who}\n\n"
        f"- Known as {ids}\n- Delivered: {counts}\n"
        f"- May be profiled: {can_profile}; may be mailed: {can_email}\n"
        f"{told}"
        f"- **For you.** {listed(_LIST, 'nothing', list_name='for_you')}\n"
        f"- **Discover.** {listed(_LIST, 'nothing', list_name='discover')}\n"
    )
