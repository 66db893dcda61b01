select
    {{ key_of(['pair.left_key', 'pair.right_key', 'pair.id_type']) }} as edge_id,
    pair.left_key,
    pair.right_key,
    one.customer_key as left_customer_key,
    other.customer_key as right_customer_key,
    pair.rule,
    cast(null as double precision) as weight,
    pair.verdict,
    '{{ invocation_id }}' as run_id
from (
    -- Two records may share several mailboxes: one edge per pair and kind, the strongest verdict first.
    select left_key, right_key, id_type, min(rule) as rule, min(verdict) as verdict
    from {{ ref('int_identity_pairs') }} group by left_key, right_key, id_type
) as pair
inner join {{ ref('customer_identities') }} as one on one.record_key = pair.left_key and one.is_current
inner join {{ ref('customer_identities') }} as other on other.record_key = pair.right_key and other.is_current
