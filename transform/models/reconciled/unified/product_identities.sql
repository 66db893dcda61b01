with records as (
    select record.*, cluster.cluster_id, family.family_id
    from {{ ref('int_product_records') }} as record
    inner join {{ ref('int_product_clusters') }} as cluster on cluster.record_key = record.record_key
    inner join {{ ref('int_product_families') }} as family on family.record_key = record.record_key
),

-- The eldest record names the variant, and that of all variants the product.
placed as (
    select
        records.*,
        first_value(record_key) over (partition by cluster_id order by created_at, record_key) as variant_key,
        first_value({{ key_of(['platform', 'connection_id', 'source_product_id']) }})
            over (partition by family_id order by created_at, record_key) as product_key,
        count(*) over (partition by cluster_id) as records_alike,
        count(gtin_norm) over (partition by cluster_id, gtin_norm) as same_gtin
    from records
)

select
    record_key,
    source_relation, platform, connection_id, account_id, source_object,
    source_record_id,
    source_product_id,
    product_key,
    variant_key,
    case when records_alike = 1 then 'alone' when same_gtin > 1 then 'gtin' else 'sku' end as rule,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from placed
