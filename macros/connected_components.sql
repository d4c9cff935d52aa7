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
