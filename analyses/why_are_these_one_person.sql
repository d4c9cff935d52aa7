-- Why the largest customers are one person each: every pair of their identifiers that stood in one
-- row, the rule, the source and its day. `personalization explain-identity` tells of one customer.
with

largest as (
    select
        customer_id,
        count(*) as identifier_count
    from {{ ref('dim_customer_identifiers') }}
    group by 1
    qualify row_number() over (order by count(*) desc, customer_id) <= 10
)

select
    customers.customer_id,
    largest.identifier_count,
    evidence.rule,
    {{ link_in_words('evidence', 'sources', 'targets') }} as evidence
from {{ ref('int_identity_evidence') }} as evidence
inner join {{ ref('int_identifier_customers') }} as customers
    on evidence.source_key = customers.identifier_key
inner join largest
    on customers.customer_id = largest.customer_id
inner join {{ ref('int_identifiers') }} as sources
    on evidence.source_key = sources.identifier_key
inner join {{ ref('int_identifiers') }} as targets
    on evidence.target_key = targets.identifier_key
order by 2 desc, 1, evidence.first_seen_at, 4
