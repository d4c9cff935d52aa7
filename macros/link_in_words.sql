{#- A link as a person reads it: two identifiers, the source whose row said so first, and its day. -#}
{% macro link_in_words(evidence, sources, targets) -%}
    {{ sources }}.identifier_type || ' ' || {{ sources }}.identifier_value || ' and '
    || {{ targets }}.identifier_type || ' ' || {{ targets }}.identifier_value || ' in '
    || {{ evidence }}.table_name || ' on ' || cast(cast({{ evidence }}.first_seen_at as date) as varchar)
{%- endmacro %}
