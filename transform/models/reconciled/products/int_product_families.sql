-- Variants that belong to one product: those a platform lists under one product, and those that are the same variant.
{% set edges %}
    select record_key as left_key, min(record_key) over (partition by platform, connection_id, source_product_id) as right_key
    from {{ ref('int_product_records') }} where source_product_id is not null
    union all
    select record_key, cluster_id from {{ ref('int_product_clusters') }}
{% endset %}

with {{ contraction(edges, var('contraction_rounds')) }}

select record.record_key, coalesce(components.component, record.record_key) as family_id
from {{ ref('int_product_records') }} as record
left join components on components.node = record.record_key
