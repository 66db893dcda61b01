-- Variants that are the same thing on several platforms.
{% set edges %}select left_key, right_key from {{ ref('int_product_pairs') }} where verdict = 'auto'{% endset %}

with {{ contraction(edges, var('contraction_rounds')) }}

select record.record_key, coalesce(components.component, record.record_key) as cluster_id
from {{ ref('int_product_records') }} as record
left join components on components.node = record.record_key
