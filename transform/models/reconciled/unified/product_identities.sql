{{ config(meta={'tells': {'record': named_record('source_record_id')}}) }}
with keys as (select * from {{ ref('product_keys') }} where is_current),

-- What ties a record to others: the surest of its rules.
rules as (
    select record_key, rule, weight, row_number() over (
        partition by record_key order by case rule when 'gtin' then 1 when 'sku' then 2 when 'mpn' then 3 else 4 end, weight desc
    ) as place
    from (
        select left_key as record_key, rule, weight from {{ ref('int_product_pairs') }} where verdict = 'auto'
        union all
        select right_key, rule, weight from {{ ref('int_product_pairs') }} where verdict = 'auto'
    ) as touching
)

select
    record.record_key,
    record.source_relation, record.platform, record.connection_id, record.account_id, record.source_object,
    record.source_record_id,
    record.source_product_id,
    product.group_key as product_key,
    variant.group_key as variant_key,
    coalesce(rules.rule, 'alone') as rule,
    cast(rules.weight as numeric(9,6)) as match_weight,
    record._loaded_at,
    '{{ invocation_id }}' as run_id
from {{ ref('int_product_records') }} as record
inner join keys as product on product.record_key = record.record_key and product.grain = 'product'
inner join keys as variant on variant.record_key = record.record_key and variant.grain = 'variant'
left join rules on rules.record_key = record.record_key and rules.place = 1
