-- Two records that merge by themselves must be in one cluster: fails if the rounds of contraction did not suffice.
select pair.left_key, pair.right_key
from {{ ref('int_identity_pairs') }} as pair
inner join {{ ref('int_customer_clusters') }} as one on one.record_key = pair.left_key
inner join {{ ref('int_customer_clusters') }} as other on other.record_key = pair.right_key
where pair.verdict = 'auto' and one.cluster_id <> other.cluster_id
