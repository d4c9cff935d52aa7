{#- CTEs: for each identifying column of a raw table the values in it that erasures speak of: whose
    they were since ever, and whose later, since a mailbox may have two holders in turn. Only distinct
    values are hashed, and nothing is read or hashed while nobody is erased.
    follows : the base model of what the rows belong to. -#}
{% macro erasure_marks(table_name, arrived, follows=none) -%}
,

erasures as (
    select * from {{ source('state', 'int_erasures') }}
),

any_erasure as (
    select distinct 1 as is_any from erasures
)
{%- for column in person_columns(table_name) + marking_records(table_name, follows) %}
{%- set region = phone_region(table_name) if column.identifies == 'phone' else 'cast(null as varchar)' %},

{{ column.name }}_values as (
    select distinct
        {{ type_of_identifier(table_name, column) }} as identifier_type,
        {{ trimmed('landed.' ~ column.name) }} as raw_value,
        {{ region }} as region
    from {{ arrived }} as landed
    cross join any_erasure
    {%- if follows is not none %}
    -- An order that was delivered anew, as another person's, is not gone.
    left join {{ follows }} as standing
        on {{ trimmed('landed.' ~ column.name) }} = standing.{{ column.name }}
    where standing.{{ column.name }} is null
    {%- endif %}
),

{{ column.name }}_hashes as (
    select
        *,
        {{ identifier_hash('identifier_type', 'raw_value', 'region', column.identifies) }} as identifier_hash
    from {{ column.name }}_values
    where raw_value is not null
),

{{ column.name }}_marks as (
    select
        spelled.identifier_type,
        spelled.raw_value,
        spelled.region,
        max(case when erasures.role in ('shared', 'nobody') then 1 else 0 end) as means_nobody,
        {%- for name, condition in [('erased', 'is null'), ('later', 'is not null')] %}
        max(case when erasures.erased_from {{ condition }} then erasures.erased_until end) as {{ name }}_until,
        min(
            case
                when erasures.erased_from {{ condition }} and erasures.role in ('request', 'erased')
                    then erasures.request_id
            end
        ) as {{ name }}_by,
        {%- endfor %}
        min(erasures.erased_from) as later_from
    from {{ column.name }}_hashes as spelled
    inner join {{ '(' ~ erased_records(follows, column.name) ~ ')' if follows is not none else 'erasures' }} as erasures
        on
            spelled.identifier_hash = erasures.identifier_hash
            and coalesce(spelled.identifier_type, erasures.identifier_type) = erasures.identifier_type
    group by 1, 2, 3
)
{%- endfor -%}
{%- endmacro %}


{#- What the rows that follow it may belong to and is gone: refused now, or known to be erased earlier. -#}
{% macro erased_records(follows, column) -%}
    select role, request_id, identifier_type, identifier_hash, erased_from, erased_until from erasures
    where identifier_type = '{{ column }}'
    union all
    select 'erased', erased_by, '{{ column }}', erased_key, null, null from {{ follows }}
    where erased_key is not null
{%- endmacro %}


{#- The joins of a base model's rows to their marks. -#}
{% macro erasure_joins(table_name, row, follows=none) -%}
{%- for column in person_columns(table_name) + marking_records(table_name, follows) %}
    {%- set marks = column.name ~ '_marks' %}
    left join {{ marks }}
        on
            {{ row }}.{{ column.name }} = {{ marks }}.raw_value
            {%- if column.identifies == 'subject' %}
            and {{ row }}.subject_type is not distinct from {{ marks }}.identifier_type
            {%- elif column.identifies == 'phone' %}
            and {{ phone_region(table_name, row) }} is not distinct from {{ marks }}.region
            {%- endif %}
{%- endfor %}
{%- endmacro %}
