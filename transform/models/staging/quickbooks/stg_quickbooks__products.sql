-- A category groups items and is none itself.
select
    {{ origin('quickbooks', 'items', from='item') }},
    item."Id" as source_record_id,
    ---------- what
    item."Id" as source_product_id, -- QuickBooks has no variants
    item."Sku" as sku,
    cast(null as text) as gtin, -- QuickBooks has none
    item."ManPartNum" as mpn,
    cast(null as text) as brand, -- QuickBooks has none
    item."Name" as title,
    cast(null as text) as variant_title, -- QuickBooks has no variants
    {{ json_text('item."ParentRef"', 'name') }} as category,
    case when item."Active" is not false then 'active' else 'archived' end as status,
    ---------- money: prices are in the company's own currency
    item."UnitPrice" as price,
    item."PurchaseCost" as cost,
    {{ json_text('preferences."CurrencyPrefs"', 'HomeCurrency', 'value') }} as currency,
    ---------- when
    item."CreateTime" as created_at,
    item."LastUpdatedTime" as updated_at,
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('quickbooks', 'items') }} as item
left join {{ raw('quickbooks', 'preferences') }} as preferences on preferences._connection_id = item._connection_id
where item."Type" is distinct from 'Category'
