select
    {{ origin('xero', 'items', from='item') }},
    item."ItemID" as source_record_id,
    ---------- what
    item."ItemID" as source_product_id, -- Xero has no variants
    item."Code" as sku,
    cast(null as text) as gtin, -- Xero has none
    cast(null as text) as mpn, -- Xero has none
    cast(null as text) as brand, -- Xero has none
    coalesce(item."Name", item."Code") as title,
    cast(null as text) as variant_title, -- Xero has no variants
    cast(null as text) as category, -- Xero has none
    case when item."IsSold" then 'active' else 'archived' end as status,
    ---------- money: prices are in the organisation's own currency
    cast({{ json_text('item."SalesDetails"', 'UnitPrice') }} as numeric(38,9)) as price,
    cast({{ json_text('item."PurchaseDetails"', 'UnitPrice') }} as numeric(38,9)) as cost,
    organisation."BaseCurrency" as currency,
    ---------- when
    cast(null as timestamp with time zone) as created_at, -- Xero tells the last change only
    item."UpdatedDateUTC" as updated_at,
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('xero', 'items') }} as item
left join {{ raw('xero', 'organisations') }} as organisation
    on organisation.tenant_id = item.tenant_id and organisation._connection_id = item._connection_id
