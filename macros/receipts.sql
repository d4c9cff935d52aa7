{#- Terms of a model's score, as in personalization.recommenders.receipts.TERMS. -#}
{% macro model_terms() -%}
    {{ return([
        'own_purchases', 'own_interest', 'others_taste', 'kind_taste', 'price', 'popularity',
        'stated_preference', 'agreement', 'customer',
    ]) }}
{%- endmacro %}


{#- What a term gives a row: the model's by the weight of conversion; what the chain put forward behind
    the model's list has its score from one term. -#}
{% macro given_term(term) -%}
    case
        when told.chained_term is null
            then {{ var('objective_weights').conversion }} * cast(chosen.{{ term }} as double)
        when told.chained_term = '{{ term }}' then told.score
        else 0
    end
{%- endmacro %}


{#- What objectives and rules add to it, by term, in spreads of the list's scores. -#}
{% macro added_parts(products) -%}
    {%- set weights = var('objective_weights') -%}
    {{ return({
        'retention': weights.retention ~ ' * ' ~ products ~ '.repeat_rate',
        'upsell': weights.upsell ~ ' * (least(' ~ products ~ '.relative_price, 2) - 1)',
        'rules': 'cast(' ~ products ~ '.boost as double)',
    }) }}
{%- endmacro %}


{% macro added_terms() -%}
    {{ return(added_parts('') | list) }}
{%- endmacro %}


{#- A number as text with two decimals. -#}
{% macro told_number(number) -%}
    cast(cast(round({{ number }}, 2) as decimal(18, 2)) as varchar)
{%- endmacro %}


{#- A share as text, in whole percent. -#}
{% macro told_share(share) -%}
    cast(cast(round(100 * {{ share }}, 0) as integer) as varchar) || ' %'
{%- endmacro %}


{#- A count as text, with what is counted. -#}
{% macro told_count(number, noun) -%}
    cast(cast(round({{ number }}, 0) as bigint) as varchar)
    || case when round({{ number }}, 0) = 1 then ' {{ noun }}' else ' {{ noun }}s' end
{%- endmacro %}


{% macro told_order(orders) -%}
    cast({{ orders }}.order_date as varchar) || ' (order ' || {{ orders }}.order_id || ')'
{%- endmacro %}


{#- Branches of a case over the term: the facts that speak for it. -#}
{% macro term_evidence(facts, own_orders, bought_orders) -%}
    when 'base' then 'where all start: the mean of what the ranker learned from'
    when 'own_purchases' then case
        when {{ facts }}.purchase_days > 0 then concat_ws(
            ', ',
            'bought on ' || {{ told_count(facts ~ '.purchase_days', 'day') }},
            'last on ' || {{ told_order(own_orders) }},
            'usually every ' || {{ told_number(facts ~ '.gap_days') }} || ' days'
        )
        when {{ facts }}.was_ordered then 'ordered, but free or cancelled'
        else 'never bought'
    end
    when 'own_interest' then coalesce(
        'last looked at or bought on ' || cast(cast({{ facts }}.seen_at as date) as varchar),
        'never looked at'
    )
    when 'others_taste' then concat_ws(
        ', ',
        'goes with ' || {{ facts }}.bought_title || ', bought on ' || {{ told_order(bought_orders) }},
        cast({{ facts }}.others_model_count as varchar)
        || ' of 5 models of what others buy speak for it'
    )
    when 'kind_taste' then coalesce(nullif(concat_ws(
        ', ',
        {% for dimension in ['kind', 'category', 'brand'] -%}
        {{ told_share(facts ~ '.' ~ dimension ~ '_taste_share') }}
        || ' of what they buy is of this {{ dimension }}'{{ ',' if not loop.last }}
        {% endfor -%}
    ), ''), 'nothing of its kind, category or brand bought')
    when 'price' then nullif(concat_ws(
        ', ',
        'sold for ' || {{ told_number(facts ~ '.price_paid') }},
        'the customer pays ' || {{ told_number(facts ~ '.usual_price_paid') }} || ' on average'
    ), '')
    when 'popularity' then coalesce(
        cast(cast(round({{ facts }}.buyer_count, 0) as bigint) as varchar) || ' of '
        || {{ told_count(facts ~ '.customer_count', 'customer') }}
        || ' bought it in 30 days, trend ' || {{ told_number(facts ~ '.trend') }},
        'nobody bought it yet'
    )
    when 'stated_preference' then 'said to like ' || {{ facts }}.preference
    when 'agreement' then 'put forward by ' || {{ told_count(facts ~ '.model_count', 'model') }}
    when 'customer' then coalesce(
        'ordered on ' || {{ told_count(facts ~ '.order_days', 'day') }} || ', last '
        || {{ told_count(facts ~ '.last_order_days_ago', 'day') }} || ' before',
        'no order yet'
    )
    when 'retention' then
        {{ told_share(facts ~ '.repeat_rate') }} || ' of its buyers bought it again'
    when 'upsell' then
        'the customer pays ' || {{ told_number(facts ~ '.usual_price_paid') }} || ' on average'
{%- endmacro %}
