-- Which records belong together: connected components of the pairs that merge by themselves.
with edges as (select left_key, right_key from {{ ref('int_identity_pairs') }} where verdict = 'auto'),

{{ contraction('edges', var('contraction_rounds')) }}

select record.record_key, coalesce(components.component, record.record_key) as cluster_id
from {{ ref('int_customer_records') }} as record
left join components on components.node = record.record_key
