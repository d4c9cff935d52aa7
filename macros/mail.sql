{#- Whether a mail event comes within a duration of the send, or of its delivery. Two moments, since
    gateways scan before they report a delivery, and some platforms report it late. -#}
{% macro soon_after_arrival(duration) -%}
    (
        (
            events.occurred_at >= sends.sent_at
            and events.occurred_at < sends.sent_at + interval '{{ duration }}'
        )
        or (
            events.occurred_at >= per_send.delivered_at
            and events.occurred_at < per_send.delivered_at + interval '{{ duration }}'
        )
    )
{%- endmacro %}


{#- The ids of a JSON array, between commas and without quotes. -#}
{% macro bare_list(array) -%}
    replace(replace(replace(replace({{ array }}, '[', ''), ']', ''), '"', ''), ' ', '')
{%- endmacro %}


{#- Whether an id is one of a JSON array of ids. -#}
{% macro is_listed(id, array) -%}
    (',' || {{ bare_list(array) }} || ',') like ('%,' || {{ id }} || ',%')
{%- endmacro %}


{#- Whether something happened in a window that began at a moment; null while it may still happen. -#}
{% macro within_window(happened, began_at, length) -%}
    case
        when {{ happened }} then true
        when {{ began_at }} + {{ length }} <= {{ as_of() }} then false
    end
{%- endmacro %}
