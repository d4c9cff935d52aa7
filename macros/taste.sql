{#- What one row of int_interactions says of taste: so much for each time, and for each minute. -#}
{% macro taste_weight(facts) -%}
    {%- set weights = var('affinity_weights') -%}
    ({{ facts }}.interaction_count * case {{ facts }}.kind
        when 'purchase' then {{ weights.purchase }}
        when 'cancelled_purchase' then -{{ weights.purchase }}
        when 'cart' then {{ weights.cart }}
        when 'click' then {{ weights.click }}
        when 'praise' then {{ weights.praise }}
        else {{ weights.view }}
    end + {{ facts }}.engaged_seconds / 60.0 * {{ weights.minute }})
{%- endmacro %}


{#- How long ago something last happened, by the days that usually lie between: 1 is as long as usual.
    Null where it happened once, or on one day alone. -#}
{% macro due_ratio(times, last_days_ago, first_days_ago) -%}
    case
        when {{ times }} > 1 and {{ first_days_ago }} > {{ last_days_ago }}
            then {{ last_days_ago }} * ({{ times }} - 1.0) / ({{ first_days_ago }} - {{ last_days_ago }})
    end
{%- endmacro %}


{#- What was paid for, by price band. Equal lines of an order go together, so that they meet their
    band before they meet moments. -#}
{% macro paid_in_price_bands(held) -%}
    select
        held.customer_key,
        orders.ordered_at,
        orders.cancelled_at,
        lines.quantity,
        bands.price_band,
        count(*) as line_count
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders
        on lines.order_id = orders.order_id
    inner join {{ held }} as held
        on orders.owner_key = held.identifier_key
    inner join {{ ref('feat_price_bands') }} as bands
        on
            {{ unit_price_paid('lines', 'orders') }} >= bands.low_price
            and {{ unit_price_paid('lines', 'orders') }} < bands.high_price
    where lines.quantity > 0
    group by 1, 2, 3, 4, 5
{%- endmacro %}
