{#- A table of (node_key, component_key) from a model whose query yields (source_key, target_key):
    component_key is the smallest key of the component. Nodes without an edge are absent. -#}
{% materialization connected_components, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks) }}
    {%- do label_components(sql) -%}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} as
        {{ component_labels() }}
    {%- endcall %}
    {%- do run_query('drop table pointers_0') -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- The same as an operation, from one table of edges into another: how tests and
    `personalization bench-components` reach the rounds. -#}
{% macro write_components(edges, target_table) -%}
    {%- do label_components('select source_key, target_key from ' ~ edges) -%}
    {%- do run_query('create or replace table ' ~ target_table ~ ' as ' ~ component_labels()) -%}
    {%- do run_query('drop table pointers_0') -%}
{%- endmacro %}


{#- Leaves pointers_0, of turned keys: every node but one of its component, the root, points to that one.
    Where keys ascend along a chain, each node would hook to the one before, and all of them jump as often
    as the whole chain needs; by turned keys every eighth begins a tree of its own. -#}
{% macro label_components(edges_query) -%}
    {%- do write_temporary(
        'edges_0',
        'select least(source_node, target_node) as low_key, '
        ~ 'greatest(source_node, target_node) as high_key from ('
        ~ 'select ' ~ turned('source_key') ~ ' as source_node, ' ~ turned('target_key') ~ ' as target_node '
        ~ 'from (' ~ edges_query ~ ') as edges where source_key != target_key) as nodes'
    ) -%}
    {%- do contract(0) -%}
{%- endmacro %}


{% macro component_labels() -%}
    with members as (
        select {{ turned_back('node_key') }} as node_key, parent_key as root from pointers_0
        union all
        select distinct {{ turned_back('parent_key') }}, parent_key from pointers_0
    ),

    smallest as (
        select root, min(node_key) as component_key from members group by 1
    )

    select members.node_key, smallest.component_key
    from members
    inner join smallest on members.root = smallest.root
{%- endmacro %}


{#- The 63 bits of a key, none of which is negative, with the lowest three in front; and back. -#}
{% macro turned(key) -%}
    ({{ key }} % 8 * 1152921504606846976 + {{ key }} // 8)
{%- endmacro %}

{% macro turned_back(key) -%}
    ({{ key }} % 1152921504606846976 * 8 + {{ key }} // 1152921504606846976)
{%- endmacro %}


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
