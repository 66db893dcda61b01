with ranked as (
    select
        identity.product_key, identity.variant_key, record.*,
        row_number() over (
            partition by identity.variant_key
            order by case when record.deleted_at is null then 0 else 1 end,
                record.created_at, record.record_key
        ) as place
    from {{ ref('product_identities') }} as identity
    inner join {{ ref('int_product_records') }} as record on record.record_key = identity.record_key
),

-- What the first record lacks, the others may know.
known as (
    select
        variant_key, max(gtin) as gtin, max(sku) as sku, max(mpn) as mpn, max(brand) as brand, max(category) as category,
        count(*) as record_count, count(distinct platform) as source_count
    from ranked group by variant_key
),

links as (
    select one.variant_key, min(pairs.weight) as least
    from {{ ref('int_product_pairs') }} as pairs
    inner join {{ ref('product_identities') }} as one on one.record_key = pairs.left_key
    where pairs.verdict = 'auto'
    group by one.variant_key
)

select
    ranked.product_key,
    ranked.variant_key,
    ranked.source_relation, ranked.platform, ranked.connection_id, ranked.account_id,
    ranked.source_product_id,
    ranked.source_record_id as source_variant_id,
    coalesce(ranked.sku, known.sku) as sku,
    coalesce(ranked.gtin, known.gtin) as gtin,
    coalesce(ranked.mpn, known.mpn) as mpn,
    coalesce(ranked.brand, known.brand) as brand,
    ranked.title,
    ranked.variant_title,
    coalesce(ranked.category, known.category) as category,
    case when ranked.deleted_at is not null then 'deleted' else ranked.status end as status,
    ranked.currency,
    ranked.price,
    ranked.cost,
    known.record_count,
    known.source_count,
    cast(links.least as numeric(9,6)) as min_link_weight,
    ranked._loaded_at,
    '{{ invocation_id }}' as run_id
from ranked
inner join known on known.variant_key = ranked.variant_key
left join links on links.variant_key = ranked.variant_key
where ranked.place = 1
