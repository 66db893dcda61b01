select
    {{ origin('clover', 'items', from='item') }},
    item.id as source_record_id,
    ---------- what
    coalesce({{ json_text('item."itemGroup"', 'id') }}, item.id) as source_product_id, -- variants share a group
    nullif(item.sku, '') as sku,
    nullif(item.code, '') as gtin,
    cast(null as text) as mpn, -- Clover has none
    cast(null as text) as brand, -- Clover has none
    coalesce(kind.name, item.name) as title,
    case when kind.id is not null then item.name end as variant_title,
    {{ json_text('item.categories', 'elements', 0, 'name') }} as category,
    case when item.hidden then 'hidden' else 'active' end as status,
    ---------- money; a variable price is set at the register
    case when item."priceType" <> 'VARIABLE' then {{ money('item.price') }} end as price,
    {{ money('item.cost') }} as cost,
    currency.code as currency,
    ---------- when
    cast(null as timestamp with time zone) as created_at, -- Clover tells none
    {{ clover_moment('item."modifiedTime"') }} as updated_at,
    coalesce(item._sdc_deleted_at, {{ clover_moment('item."deletedTime"') }}) as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('clover', 'items') }} as item
left join {{ raw('clover', 'item_groups') }} as kind
    on kind.id = {{ json_text('item."itemGroup"', 'id') }} and kind._connection_id = item._connection_id
left join {{ raw('clover', 'merchant_properties') }} as merchant on merchant._connection_id = item._connection_id
left join {{ ref('currencies') }} as currency on currency.code = merchant."defaultCurrency"
