{#- Every arrived row is either fit for use or in quarantine: never both, never neither. -#}
{% test row_counts_conserve(model, table_name) %}
with

counts as (
    select
        (select count(*) from {{ source('raw', table_name) }}) as arrived,
        (select count(*) from {{ model }}) as fit,
        (
            select coalesce(sum(copy_count), 0) from {{ ref('quarantined_rows') }}
            where table_name = '{{ table_name }}'
        ) as refused
)

select * from counts
where arrived != fit + refused
{% endtest %}
