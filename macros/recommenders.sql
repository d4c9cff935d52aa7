{#- The single models by name, with the column of ml_ranker_rows that has their score. Popular products
    are no candidates' score but the end of the fallback. -#}
{% macro single_models() -%}
    {%- set models = {
        'repeat': 'taste_120', 'due': 'due_score', 'tifu_knn': 'tifu_knn_score',
        'collaborative': 'als_score', 'ease': 'ease_score',
        'item_knn': 'item_knn_score', 'user_knn': 'user_knn_score', 'kind': 'kind_score',
        'trending': 'trending_score', 'preference': 'preference_score',
        'content': 'content_score', 'sequence': 'sequence_score',
    } -%}
    {%- if not var('sequence_model') -%}
        {%- do models.pop('sequence') -%}
    {%- endif -%}
    {{ return(models) }}
{%- endmacro %}


{#- The models in SQL that put candidates forward; the others are asked about theirs. -#}
{% macro sql_candidate_models() -%}
    {{ return(['kind', 'trending', 'popular', 'preference']) }}
{%- endmacro %}


{#- All models that put candidates forward, content last. The n-th has the bit 2^n in
    ml_candidates.put_forward_by. -#}
{% macro candidate_models() -%}
    {%- set matrices = ['als', 'ease', 'item_knn', 'user_knn', 'tifu_knn'] -%}
    {%- set deep = ['sequence'] if var('sequence_model') else [] -%}
    {{ return(matrices + sql_candidate_models() + deep + ['content']) }}
{%- endmacro %}


{#- Whether a model with one of these scores puts a row of ml_candidates forward: a score alone says
    that it was asked about it. -#}
{% macro puts_forward(scores) -%}
    (
        {%- for model in candidate_models() if model ~ '_score' in scores -%}
            {%- set bit = 2 ** (candidate_models().index(model) + 1) -%}
            {{ ' or ' if not loop.first }}
            {{- 'mod(cast(floor(candidates.put_forward_by / ' ~ bit ~ ') as integer), 2) = 1' }}
        {%- endfor -%}
    )
{%- endmacro %}


{#- The term of receipts that a single model's score is: see receipts.TERMS. -#}
{% macro single_model_terms() -%}
    {{ return({
        'repeat': 'own_interest', 'due': 'own_purchases', 'tifu_knn': 'others_taste',
        'collaborative': 'others_taste', 'ease': 'others_taste',
        'item_knn': 'others_taste', 'user_knn': 'others_taste', 'kind': 'kind_taste',
        'trending': 'popularity', 'preference': 'stated_preference',
        'content': 'kind_taste', 'sequence': 'others_taste',
    }) }}
{%- endmacro %}
