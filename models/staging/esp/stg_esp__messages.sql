-- Grain: one row per message or message variant, fit for use.
select
    message_id,
    campaign_id,
    template_id,
    experiment_key,
    variant_key,
    campaign_name,
    subject,
    content_type,
    objective,
    is_personalized,
    scheduled_at,
    _loaded_at
from {{ ref('base_esp__messages') }}
where rejection_reason is null
