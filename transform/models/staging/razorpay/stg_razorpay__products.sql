select
    {{ origin('razorpay', 'items', from='item') }},
    item.id as source_record_id,
    ---------- what
    item.id as source_product_id,
    cast(null as text) as sku, -- Razorpay has none
    cast(null as text) as gtin, -- Razorpay has none
    cast(null as text) as mpn, -- Razorpay has none
    cast(null as text) as brand, -- Razorpay has none
    item.name as title,
    cast(null as text) as variant_title, -- Razorpay has no variants
    item.type as category,
    case when item.active then 'active' else 'archived' end as status,
    ---------- money
    {{ money('coalesce(item.unit_amount, item.amount)') }} as price,
    cast(null as numeric(38,9)) as cost, -- Razorpay has none
    item.currency,
    ---------- when
    {{ from_epoch('item.created_at') }} as created_at,
    {{ from_epoch('item.created_at') }} as updated_at, -- Razorpay tells no time of change
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('razorpay', 'items') }} as item
left join {{ ref('currencies') }} as currency on currency.code = item.currency
