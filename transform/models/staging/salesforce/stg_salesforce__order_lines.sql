select
    {{ origin('salesforce', 'order_items', from='item') }},
    item."Id" as source_record_id,
    ---------- what
    item."OrderId" as source_order_id,
    item."Product2Id" as source_product_id,
    item."Product2Id" as source_variant_id, -- a variation is a product of its own
    coalesce(product."StockKeepingUnit", product."ProductCode") as sku,
    product."Name" as title,
    cast(null as text) as variant_title, -- a variation is a product of its own
    cast(item."Quantity" as bigint) as quantity,
    ---------- money
    {{ amount('item."UnitPrice"') }} as unit_price,
    {{ amount('item."TotalPrice"') }} as line_subtotal,
    cast(null as numeric(38,9)) as discount, -- the unit price is already what was agreed
    cast(null as numeric(38,9)) as tax, -- Salesforce has none
    {{ amount('item."TotalPrice"') }} as line_total,
    cast(null as bigint) as refunded_quantity, -- a reduction order is an order of its own
    cast(null as boolean) as is_gift_card, -- Salesforce has none
    item."CurrencyIsoCode" as currency,
    ---------- when
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('salesforce', 'order_items') }} as item
left join {{ raw('salesforce', 'products') }} as product
    on product."Id" = item."Product2Id" and product._connection_id = item._connection_id
