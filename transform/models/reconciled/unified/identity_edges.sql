-- Two records may share several mailboxes: one edge per pair and kind, the strongest verdict first. A link that was not followed,
-- because it would have brought together two that must stay apart or bridged two groups, waits for review.
with pairs as (
    select left_key, right_key, id_type, min(rule) as rule, min(verdict) as verdict, min(held_back) as held_back, max(weight) as weight
    from {{ ref('int_identity_links') }} group by left_key, right_key, id_type
),

kept_apart as (
    select
        least(one.customer_key, other.customer_key) as one_key, greatest(one.customer_key, other.customer_key) as other_key,
        min(separation.reason) as reason
    from {{ ref('int_identity_separations') }} as separation
    inner join {{ ref('customer_identities') }} as one on one.record_key = separation.left_key and one.is_current
    inner join {{ ref('customer_identities') }} as other on other.record_key = separation.right_key and other.is_current
    group by 1, 2
)

select
    {{ key_of(['pair.left_key', 'pair.right_key', 'pair.id_type']) }} as edge_id,
    pair.left_key,
    pair.right_key,
    one.customer_key as left_customer_key,
    other.customer_key as right_customer_key,
    pair.rule,
    pair.weight,
    case when pair.verdict = 'auto' and one.customer_key <> other.customer_key then 'review' else pair.verdict end as verdict,
    case
        when pair.verdict = 'review' then pair.held_back
        when pair.verdict = 'auto' and one.customer_key <> other.customer_key then coalesce(kept_apart.reason, 'bridge')
    end as held_back,
    '{{ invocation_id }}' as run_id
from pairs as pair
inner join {{ ref('customer_identities') }} as one on one.record_key = pair.left_key and one.is_current
inner join {{ ref('customer_identities') }} as other on other.record_key = pair.right_key and other.is_current
left join kept_apart
    on kept_apart.one_key = least(one.customer_key, other.customer_key)
    and kept_apart.other_key = greatest(one.customer_key, other.customer_key)
