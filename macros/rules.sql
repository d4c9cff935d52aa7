{#- Post-hook of the seeds of rules: the first rows that can't be obeyed stop the build by name. -#}
{% macro check_rules(relation, seed) -%}
    {%- if execute -%}
        {%- set problems = run_query(rule_problems(relation, seed)) -%}
        {%- if problems.rows -%}
            {%- set told = [] -%}
            {%- for row in problems.rows -%}
                {%- do told.append('  ' ~ (row[0] or 'a row without ' ~ rule_columns(seed)[0]) ~ ': ' ~ row[1]) -%}
            {%- endfor -%}
            {%- do exceptions.raise_compiler_error(
                'seeds/reference/' ~ seed ~ '.csv has rows that cannot be obeyed:\n' ~ told[:20] | join('\n')
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Columns of a seed of rules: its key first. -#}
{% macro rule_columns(seed) -%}
    {{ return({
        'recommendation_rules': ['rule_id', 'effect', 'field', 'list_name', 'valid', 'strength', 'place'],
        'rebuy_windows': ['category', 'days'],
        'price_ranges': [
            'list_name', 'lowest_price', 'highest_price', 'lowest_share', 'highest_share', 'price', 'share',
        ],
        'offers': ['offer_id', 'field', 'valid', 'budget'],
    }[seed]) }}
{%- endmacro %}


{#- Query: one row per rule that can't be obeyed, with its first problem and the way out of it. -#}
{% macro rule_problems(relation, seed) -%}
    {%- set columns = rule_columns(seed) -%}
    {%- set key = columns[0] -%}
    select {{ key }}, problem
    from (
        select
            {{ key }},
            case
                when {{ key }} is null then 'give it a {{ key }}.'
                when count(*) over (partition by {{ key }}) > 1
                    then 'the {{ key }} stands there twice; write one row.'
                when owner is null then 'it has no owner; say who answers for it.'
                {%- for column in columns %}
                {{ column_problems(column, seed) }}
                {%- endfor %}
            end as problem
        from {{ relation }}
    ) as judged
    where problem is not null
    order by 1, 2
{%- endmacro %}


{#- Branches of a case: what may be wrong with one column of a rule. -#}
{% macro column_problems(column, seed) -%}
    {%- if column == 'effect' -%}
        {{ unknown_word('effect', ['boost', 'bury', 'pin', 'exclude']) }}
        when effect = 'pin' and field != 'product_id' then 'a pin names one product; write product_id as its field.'
    {%- elif column == 'field' -%}
        {{ unknown_word('field', ['product_id', 'category', 'brand', 'tag', 'kind']) }}
        when value is null then 'it has no value; say which ' || field || ' it is about.'
    {%- elif column == 'list_name' -%}
        {{ unknown_word('list_name', ['for_you', 'discover', 'all']) }}
    {%- elif column == 'valid' -%}
        {%- for end in ['valid_from', 'valid_to'] %}
        when {{ end }} is not null and {{ utc_timestamp(end) }} is null
            then '{{ end }} is ' || {{ end }} || ', which is no moment; write it as 2026-11-27 or 2026-11-27 08:00.'
        {%- endfor %}
        when {{ utc_timestamp('valid_to') }} <= {{ utc_timestamp('valid_from') }}
            then 'it ends (valid_to ' || valid_to || ') before it begins (valid_from ' || valid_from
                || '); give a later valid_to, or none.'
    {%- elif column == 'strength' -%}
        when effect in ('boost', 'bury') and not coalesce({{ rule_number('strength') }} > 0, false)
            then 'a ' || effect || ' has a strength above 0, such as 0.3; it says ' || coalesce(strength, 'none') || '.'
        when effect not in ('boost', 'bury') and strength is not null
            then 'only boost and bury have a strength; leave it empty.'
    {%- elif column == 'place' -%}
        {%- set last = var('list_length') %}
        when
            effect = 'pin'
            and not coalesce({{ rule_number('place') }} between 1 and {{ last }} and mod({{ rule_number('place') }}, 1) = 0, false)
            then 'a pin has a place from 1 to {{ last }}; it says ' || coalesce(place, 'none') || '.'
        when effect != 'pin' and place is not null then 'only a pin has a place; leave it empty.'
    {%- elif column in ('days', 'budget') -%}
        when {{ "budget is not null and " if column == 'budget' }}not coalesce(
            {{ rule_number(column) }} between 1 and 1000000000 and mod({{ rule_number(column) }}, 1) = 0, false
        ) then '{{ column }} is a whole number from 1 to 1000000000; it says ' || coalesce({{ column }}, 'none') || '.'
    {%- elif column in ('price', 'share') -%}
        when {{ rule_number('highest_' ~ column) }} < {{ rule_number('lowest_' ~ column) }}
            then 'highest_{{ column }} is below lowest_{{ column }}; swap them.'
    {%- elif column != rule_columns(seed)[0] -%}
        when {{ column }} is not null and not coalesce({{ rule_number(column) }} >= 0, false)
            then '{{ column }} is a number from 0; it says ' || {{ column }} || '.'
    {%- endif -%}
{%- endmacro %}


{% macro unknown_word(column, words) -%}
    when {{ column }} is null or {{ column }} not in ('{{ words | join("', '") }}')
        then '{{ column }} is ' || coalesce({{ column }}, 'none') || '; write {{ words[:-1] | join(", ") }} or {{ words[-1] }}.'
{%- endmacro %}


{#- What a rule says as a number; null where it says none. -#}
{% macro rule_number(text) -%}
    try_cast({{ text }} as decimal(18, 4))
{%- endmacro %}


{#- Whether a rule holds at a moment: from valid_from on, before valid_to. -#}
{% macro in_force(rule, moment) -%}
    coalesce({{ moment }} >= {{ utc_timestamp(rule ~ '.valid_from') }}, true)
    and coalesce({{ moment }} < {{ utc_timestamp(rule ~ '.valid_to') }}, true)
{%- endmacro %}
