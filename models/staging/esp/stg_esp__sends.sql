-- Grain: one row per message to one recipient, fit for use.
select
    send_id,
    message_id,
    subscriber_id,
    experiment_key,
    variant_key,
    recommendation_run_id,
    offer_id,
    recommended_product_ids,
    recommended_propensities,
    sent_at,
    _loaded_at
from {{ ref('base_esp__sends') }}
where rejection_reason is null
