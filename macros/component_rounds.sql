{% macro write_temporary(table, query) -%}
    {%- do run_query('create or replace temporary table ' ~ table ~ ' as ' ~ query) -%}
{%- endmacro %}


{% macro has_rows(relation) -%}
    {{ return(run_query('select 1 from ' ~ relation ~ ' limit 1') | length > 0) }}
{%- endmacro %}


{#- One round on edges_<level>: every node hooks to its smallest neighbour unless it is smaller
    itself, trees are flattened and become the nodes of the next level. Two rounds at least halve
    the nodes: a root nobody hooked to sees a smaller one after the first. -#}
{% macro contract(level) -%}
    {%- set edges, pointers = 'edges_' ~ level, 'pointers_' ~ level -%}
    {%- set next_edges, next_pointers = 'edges_' ~ (level + 1), 'pointers_' ~ (level + 1) -%}
    {%- do write_temporary(
        pointers,
        'select high_key as node_key, min(low_key) as parent_key from ' ~ edges ~ ' group by 1'
    ) -%}
    {%- do flatten(pointers) -%}
    {%- do write_temporary(
        next_edges,
        'select distinct least(low_key, high_key) as low_key, '
        ~ 'greatest(low_key, high_key) as high_key from ('
        ~ 'select coalesce(lows.parent_key, edges.low_key) as low_key, '
        ~ 'highs.parent_key as high_key from ' ~ edges ~ ' as edges '
        ~ 'inner join ' ~ pointers ~ ' as highs on edges.high_key = highs.node_key '
        ~ 'left join ' ~ pointers ~ ' as lows on edges.low_key = lows.node_key'
        ~ ') as contracted where low_key != high_key'
    ) -%}
    {%- do run_query('drop table ' ~ edges) -%}
    {%- if has_rows(next_edges) -%}
        {%- do contract(level + 1) -%}
        {#- Roots of this level that hooked later now lead on; no label is touched before. -#}
        {%- do write_temporary(
            pointers,
            jumped(pointers, next_pointers)
            ~ ' union all select node_key, parent_key from ' ~ next_pointers
        ) -%}
        {%- do run_query('drop table ' ~ next_pointers) -%}
    {%- else -%}
        {%- do run_query('drop table ' ~ next_edges) -%}
    {%- endif -%}
{%- endmacro %}


{#- Pointers jump, twice as far each time, until all of them end at a root. -#}
{% macro flatten(pointers) -%}
    {%- do write_temporary(
        pointers, jumped(pointers, pointers, ', parents.node_key is not null as has_moved')
    ) -%}
    {%- if has_rows(pointers ~ ' where has_moved') -%}
        {%- do flatten(pointers) -%}
    {%- endif -%}
{%- endmacro %}


{% macro jumped(pointers, parents, more_columns='') -%}
    select
        pointers.node_key,
        coalesce(parents.parent_key, pointers.parent_key) as parent_key
        {{ more_columns }}
    from {{ pointers }} as pointers
    left join {{ parents }} as parents on pointers.parent_key = parents.node_key
{%- endmacro %}
