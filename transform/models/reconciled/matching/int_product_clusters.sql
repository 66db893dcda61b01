-- Variants that are the same thing on several platforms: the same article number (GTIN) or the same SKU.
with identifiers as (
    select record_key, 'gtin' as id_type, gtin_norm as value from {{ ref('int_product_records') }} where gtin_norm is not null
    union all
    select record_key, 'sku', sku_norm from {{ ref('int_product_records') }} where sku_norm is not null
),

edges as (
    select record_key as left_key, min(record_key) over (partition by id_type, value) as right_key from identifiers
),

{{ contraction('edges', var('contraction_rounds')) }}

select record.record_key, coalesce(components.component, record.record_key) as cluster_id
from {{ ref('int_product_records') }} as record
left join components on components.node = record.record_key
