-- Grain: one row per raw table, column and check that found something; what is clean has no row.
with

orders as (
    select order_id from {{ ref('stg_shop__orders') }}
),

lines as (
    select * from {{ ref('stg_shop__order_lines') }}
),

refunds as (
    select * from {{ ref('stg_shop__refunds') }}
),

findings as (
    select
        table_name,
        column_name,
        'unreadable_value' as check_name,
        value_count as found
    from {{ ref('quarantined_values') }}
    union all
    {% for table_name, rows in [('shop_order_lines', 'lines'), ('shop_refunds', 'refunds')] -%}
    select
        '{{ table_name }}',
        'order_id',
        'unknown_order',
        count(*)
    from {{ rows }}
    where order_id not in (select order_id from orders)
    union all
    {% endfor -%}
    select
        'shop_order_lines',
        'product_id',
        'unknown_product',
        count(*)
    from lines
    where product_id not in (select product_id from {{ ref('stg_shop__products') }})
    union all
    select
        'shop_refunds',
        'order_line_id',
        'unknown_line',
        count(*)
    from refunds
    where
        order_line_id is not null
        and not exists (
            select 1 from lines
            where
                refunds.order_line_id = lines.order_line_id
                and refunds.order_id = lines.order_id
        )
    union all
    {% for table_name, column_name, check_name, model, condition in [
        ('shop_orders', 'currency', 'no_exchange_rate', 'int_orders', 'rate is null'),
        ('ad_spend', 'currency', 'no_exchange_rate', 'int_ad_spend', 'rate is null'),
        ('shop_orders', 'total', 'amount_too_large', 'fct_orders', 'original_net_revenue is null'),
        ('experiments', 'variants', 'unknown_level', 'int_list_variants', 'is_unknown'),
        ('esp_sends', 'recommended_propensities', 'impossible_propensities',
         'int_recommended_places', 'place = 1 and not is_fit'),
    ] -%}
    select
        '{{ table_name }}',
        '{{ column_name }}',
        '{{ check_name }}',
        count(*)
    from {{ ref(model) }}
    where {{ condition }}
    union all
    {% endfor -%}
    select
        statements.source_name,
        'subject_value',
        'unknown_subject',
        count(*)
    from {{ ref('int_consent_statements') }} as statements
    where
        statements.source_name != 'esp_events'
        and not exists (
            select 1 from {{ ref('int_identifiers') }} as identifiers
            where statements.identifier_key = identifiers.identifier_key
        )
        and not exists (
            select 1 from {{ ref('int_unlinked_denials') }} as denials
            where
                statements.source_name = denials.source_name
                and statements.statement_id = denials.statement_id
        )
    group by 1
    union all
    select
        'experiment_exposures',
        'subject_value',
        'unknown_subject',
        cast(sum(exposure_count) as bigint)
    from {{ ref('int_unknown_exposures') }}
    union all
    select
        'shop_products',
        'currency',
        'no_exchange_rate',
        count(*)
    from {{ ref('int_products') }}
    where
        coalesce(original_price, original_unit_cost) is not null
        and coalesce(price, unit_cost) is null
)

select
    table_name,
    column_name,
    check_name as "check",
    found as count
from findings
where found > 0
