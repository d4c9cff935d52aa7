{#- Host of an absolute URL in lower case, without www. -#}
{% macro url_host(url) -%}
    replace(split_part(lower({{ url }}), '/', 3), 'www.', '')
{%- endmacro %}
