{#- The single models by name, with the column of ml_ranker_rows that has their score. Popular products
    are no candidates' score but the end of the fallback. -#}
{% macro single_models() -%}
    {{ return({
        'repeat': 'taste_120', 'due': 'due_score', 'tifu_knn': 'tifu_knn_score',
        'collaborative': 'als_score', 'ease': 'ease_score',
        'item_knn': 'item_knn_score', 'user_knn': 'user_knn_score', 'kind': 'kind_score',
        'trending': 'trending_score', 'preference': 'preference_score',
        'content': 'content_score',
    }) }}
{%- endmacro %}


{#- The single models whose score is this term of receipts, '' if none: see receipts.TERMS. -#}
{% macro models_of_term(term) -%}
    {{ return({
        'own_purchases': ['due'],
        'own_interest': ['repeat'],
        'others_taste': ['tifu_knn', 'collaborative', 'ease', 'item_knn', 'user_knn'],
        'kind_taste': ['kind', 'content'],
        'popularity': ['trending'],
        'stated_preference': ['preference'],
    }.get(term, [''])) }}
{%- endmacro %}


{#- What a single model's score gives a term: all or nothing. -#}
{% macro term_of_single(model, score, term) -%}
    cast(
        case
            when {{ model }} in ('{{ models_of_term(term) | join("', '") }}') then {{ score }}
            else 0
        end as float
    )
{%- endmacro %}
