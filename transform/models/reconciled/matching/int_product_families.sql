-- Variants that belong to one product: those a platform lists under one product, and those that are the same variant.
with records as (
    select record.record_key, record.platform, record.connection_id, record.source_product_id, cluster.cluster_id
    from {{ ref('int_product_records') }} as record
    inner join {{ ref('int_product_clusters') }} as cluster on cluster.record_key = record.record_key
),

edges as (
    select record_key as left_key, min(record_key) over (partition by platform, connection_id, source_product_id) as right_key
    from records where source_product_id is not null
    union all
    select record_key, cluster_id from records
),

{{ contraction('edges', var('contraction_rounds')) }}

select records.record_key, coalesce(components.component, records.record_key) as family_id
from records
left join components on components.node = records.record_key
