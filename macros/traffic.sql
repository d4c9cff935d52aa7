{#- Host of a URL in lower case, without port and www.; a relative one has none. -#}
{% macro url_host(url) -%}
    replace(split_part(split_part(split_part(
        coalesce(nullif(split_part(lower({{ url }}), '://', 2), ''), lower({{ url }})), '/', 1
    ), '?', 1), ':', 1), 'www.', '')
{%- endmacro %}


{#- Host of the page before, where that is no page of the shop itself. -#}
{% macro foreign_referrer() -%}
    nullif(nullif({{ url_host('referrer') }}, coalesce({{ url_host('page_url') }}, '')), '')
{%- endmacro %}


{#- Whether the link that led to an event was marked as somebody's. -#}
{% macro has_tagged_link() -%}
    (
        event_name = 'email_link_opened'
        or coalesce(send_id, click_id, utm_source, utm_medium, utm_campaign) is not null
    )
{%- endmacro %}


{#- What an event tells of its source, as one short text that the channel is looked up by. Of a
    click id the first four letters tell the kind; the rest differs from click to click. -#}
{% macro traffic_source() -%}
    concat_ws(
        '|',
        coalesce(lower(replace(utm_source, '|', ' ')), ''),
        coalesce(lower(replace(utm_medium, '|', ' ')), ''),
        coalesce(lower(replace(left(click_id, 4), '|', ' ')), ''),
        coalesce(replace({{ foreign_referrer() }}, '|', ' '), ''),
        case
            when event_name = 'email_link_opened' or send_id is not null then 'mail'
            when {{ has_tagged_link() }} then 'link'
            else ''
        end
    )
{%- endmacro %}
