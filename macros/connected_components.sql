{#- A table of (node_key, component_key) from a model whose query yields (source_key, target_key):
    component_key is the smallest key of the component. Nodes without an edge are absent. -#}
{% materialization connected_components, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks) }}
    {%- do label_components(sql) -%}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} as
        select * from component_labels
    {%- endcall %}
    {%- do run_query('drop table component_labels') -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- The same as an operation, from one table of edges into another: how tests reach the rounds. -#}
{% macro write_components(edges, target_table) -%}
    {%- do label_components('select source_key, target_key from ' ~ edges) -%}
    {%- do run_query('create or replace table ' ~ target_table ~ ' as select * from component_labels') -%}
{%- endmacro %}


{#- Rounds of min-hook, pointer jump and contraction until no edge is left. Leaves the labels in the
    temporary table component_labels. -#}
{% macro label_components(edges_query) -%}
    {%- do run_query(
        'create or replace temporary table open_edges as '
        ~ 'select distinct least(source_key, target_key) as low_key, greatest(source_key, target_key) as high_key '
        ~ 'from (' ~ edges_query ~ ') as edges where source_key != target_key'
    ) -%}
    {%- do run_query(
        'create or replace temporary table component_labels as '
        ~ 'select low_key as node_key, low_key as component_key from open_edges '
        ~ 'union select high_key, high_key from open_edges'
    ) -%}
    {%- for _ in range(64) if has_rows('open_edges') -%}
        {%- do hook_to_smallest_neighbour() -%}
        {%- for _ in range(64) if has_rows(two_step_pointers()) -%}
            {%- do jump_pointers() -%}
        {%- endfor -%}
        {%- do contract_edges() -%}
    {%- endfor -%}
    {%- if has_rows('open_edges') -%}
        {%- do exceptions.raise_compiler_error('components are not done after 64 rounds') -%}
    {%- endif -%}
{%- endmacro %}


{% macro has_rows(relation) -%}
    {{ return(run_query('select 1 from ' ~ relation ~ ' limit 1') | length > 0) }}
{%- endmacro %}


{#- Every node points to its smallest neighbour, or to itself if it is smaller than all of them. -#}
{% macro hook_to_smallest_neighbour() -%}
    {%- do run_query(
        'create or replace temporary table pointers as '
        ~ 'select node_key, min(parent_key) as parent_key from ('
        ~ 'select high_key as node_key, low_key as parent_key from open_edges '
        ~ 'union all select low_key, low_key from open_edges) as neighbours group by 1'
    ) -%}
{%- endmacro %}


{% macro two_step_pointers() -%}
    pointers inner join pointers as parents
        on pointers.parent_key = parents.node_key and parents.parent_key != parents.node_key
{%- endmacro %}


{% macro jump_pointers() -%}
    {%- do run_query(
        'create or replace temporary table pointers as '
        ~ 'select pointers.node_key, parents.parent_key from pointers '
        ~ 'inner join pointers as parents on pointers.parent_key = parents.node_key'
    ) -%}
{%- endmacro %}


{#- Components become nodes: labels follow the pointers, edges inside a component are gone. -#}
{% macro contract_edges() -%}
    {%- do run_query(
        'create or replace temporary table component_labels as '
        ~ 'select labels.node_key, coalesce(pointers.parent_key, labels.component_key) as component_key '
        ~ 'from component_labels as labels '
        ~ 'left join pointers on labels.component_key = pointers.node_key'
    ) -%}
    {%- do run_query(
        'create or replace temporary table open_edges as '
        ~ 'select distinct least(lows.parent_key, highs.parent_key) as low_key, '
        ~ 'greatest(lows.parent_key, highs.parent_key) as high_key from open_edges '
        ~ 'inner join pointers as lows on open_edges.low_key = lows.node_key '
        ~ 'inner join pointers as highs on open_edges.high_key = highs.node_key '
        ~ 'where lows.parent_key != highs.parent_key'
    ) -%}
{%- endmacro %}
