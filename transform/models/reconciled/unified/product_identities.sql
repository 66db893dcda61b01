with records as (
    select record.*, cluster.cluster_id, family.family_id
    from {{ ref('int_product_records') }} as record
    inner join {{ ref('int_product_clusters') }} as cluster on cluster.record_key = record.record_key
    inner join {{ ref('int_product_families') }} as family on family.record_key = record.record_key
),

-- What ties a record to others: the surest of its rules.
rules as (
    select record_key, rule, row_number() over (
        partition by record_key order by case rule when 'gtin' then 1 when 'sku' then 2 when 'mpn' then 3 else 4 end
    ) as place
    from (
        select left_key as record_key, rule from {{ ref('int_product_pairs') }} where verdict = 'auto'
        union
        select right_key, rule from {{ ref('int_product_pairs') }} where verdict = 'auto'
    ) as touching
),

-- The eldest record names the variant, and that of all variants the product.
placed as (
    select
        records.*,
        first_value(records.record_key) over (partition by cluster_id order by created_at, records.record_key) as variant_key,
        first_value({{ key_of(['platform', 'connection_id', 'source_product_id']) }})
            over (partition by family_id order by created_at, records.record_key) as product_key,
        coalesce(rules.rule, 'alone') as rule
    from records
    left join rules on rules.record_key = records.record_key and rules.place = 1
)

select
    record_key,
    source_relation, platform, connection_id, account_id, source_object,
    source_record_id,
    source_product_id,
    product_key,
    variant_key,
    rule,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from placed
