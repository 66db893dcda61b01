-- Pairs of listings and what they share. Different article numbers are different things, whatever else agrees.
with records as (select * from {{ ref('int_product_records') }}),

identifiers as (
    select record_key, 'gtin' as rule, gtin_norm as value, 3 as length from records where gtin_norm is not null
    union all
    select record_key, 'sku', sku_norm, 3 from records where length(sku_norm) >= 3
    union all
    select record_key, 'mpn', mpn_norm || '|' || brand_norm, 3 from records where length(mpn_norm) >= 3 and brand_norm is not null
),

-- An identifier on very many listings (a default, a placeholder) says nothing.
usable as (
    select rule, value from identifiers group by rule, value
    having count(*) between 2 and {{ var('shared_identifier_records') }}
),

by_identifier as (
    select one.record_key as left_key, other.record_key as right_key, one.rule, cast(1 as double precision) as weight, true as is_sure
    from usable
    inner join identifiers as one on one.rule = usable.rule and one.value = usable.value
    inner join identifiers as other on other.rule = one.rule and other.value = one.value and other.record_key > one.record_key
),

alike as (
    select least(left_key, right_key) as left_key, greatest(left_key, right_key) as right_key, 'title' as rule, weight, is_sure
    from {{ ref('int_product_alike') }}
),

pairs as (
    select * from by_identifier
    union all
    select alike.* from alike
    where not exists (
        select 1 from by_identifier where by_identifier.left_key = alike.left_key and by_identifier.right_key = alike.right_key
    )
)

select
    pairs.left_key, pairs.right_key, pairs.rule, pairs.weight,
    case
        when one.gtin_norm <> other.gtin_norm then 'reject'
        when pairs.rule <> 'title' then 'auto'
        when not pairs.is_sure or pairs.weight < {{ var('product_match_weight') }} then 'review'
        when one.brand_norm not like '%' || other.brand_norm || '%' and other.brand_norm not like '%' || one.brand_norm || '%' then 'review'
        when one.price > 0 and other.price > 0 and one.currency = other.currency
            and greatest(one.price, other.price) > 4 * least(one.price, other.price) then 'review'
        else 'auto'
    end as verdict
from pairs
inner join records as one on one.record_key = pairs.left_key
inner join records as other on other.record_key = pairs.right_key
