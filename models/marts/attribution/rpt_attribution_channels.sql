-- Grain: one row per channel and method that learns its worth from all journeys.
select
    method,
    channel,
    removal_effect,
    shapley_value,
    share,
    attributed_conversions
from {{ ref('int_channel_weights') }}
