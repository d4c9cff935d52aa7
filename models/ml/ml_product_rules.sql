-- Grain: one row per purpose, list, product and rule of the seeds that is in force for it at that
-- moment: of now, or of the test, where nothing of today's catalogue is asked.
with

moments as (
    select
        purpose,
        as_of
    from {{ ref('feat_cutoffs') }}
    where purpose in ('score', 'test')
),

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

products as (
    select * from {{ ref('ml_products') }}
),

rules as (
    select
        moments.purpose,
        lists.list_name,
        rules.rule_id,
        rules.effect,
        rules.field,
        rules.value,
        {{ rule_number('coalesce(rules.strength, rules.place)') }} as amount
    from {{ ref('recommendation_rules') }} as rules
    inner join moments
        on {{ in_force('rules', 'moments.as_of') }}
    inner join lists
        on rules.list_name in (lists.list_name, 'all')
),

-- Of the windows that fit a product the one with the longest text counts; the one for all is last.
windows as (
    select
        words.product_id,
        {{ rule_number('windows.days') }} as days
    from {{ ref('rebuy_windows') }} as windows
    inner join {{ ref('ml_product_words') }} as words
        on
            (words.field = 'category' and lower(windows.category) = words.value)
            or (words.field = 'product_id' and windows.category = '*')
    qualify row_number() over (
        partition by words.product_id
        order by
            case when windows.category = '*' then 0 else length(windows.category) end desc,
            windows.category asc
    ) = 1
),

effects as (
    select
        rules.purpose,
        rules.list_name,
        words.product_id,
        rules.rule_id,
        rules.effect,
        rules.amount
    from rules
    inner join {{ ref('ml_product_words') }} as words
        on
            rules.field = words.field
            and case rules.field when 'product_id' then rules.value else lower(rules.value) end
            = words.value
    union all
    select
        moments.purpose,
        'for_you' as list_name,
        windows.product_id,
        'rebuy_window' as rule_id,
        'rebuy' as effect,
        windows.days as amount
    from windows
    cross join moments
    union all
    select distinct
        'score' as purpose,
        lists.list_name,
        products.product_id,
        'price_range' as rule_id,
        'exclude' as effect,
        cast(null as decimal(18, 4)) as amount
    from {{ ref('price_ranges') }} as ranges
    inner join lists
        on ranges.list_name in (lists.list_name, 'all')
    inner join products
        on
            products.price < {{ rule_number('ranges.lowest_price') }}
            or products.price > {{ rule_number('ranges.highest_price') }}
    union all
    select
        'score' as purpose,
        lists.list_name,
        catalogue.product_id,
        'image_required' as rule_id,
        'exclude' as effect,
        cast(null as decimal(18, 4)) as amount
    from {{ ref('int_products') }} as catalogue
    cross join lists
    where {{ var('image_required') }} and coalesce(trim(catalogue.image_url), '') = ''
)

select
    effects.*,
    products.product_key
from effects
inner join products
    on effects.product_id = products.product_id
