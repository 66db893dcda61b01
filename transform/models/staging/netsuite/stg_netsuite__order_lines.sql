-- Lines of items; the others are taxes, shipping, discounts, headings and sums, and what kits are made of. Amounts and quantities of what is
-- sold are negative, for they are credited and leave the stock.
with {{ netsuite_sales() }}

select
    {{ origin('netsuite', 'transaction_lines', from='line', object='order_lines') }},
    line.transaction || ':' || line.id as source_record_id,
    ---------- what
    line.transaction as source_order_id,
    coalesce(item.parent, line.item) as source_product_id,
    line.item as source_variant_id,
    item.itemid as sku,
    coalesce(item.displayname, item.itemid, line.memo) as title,
    cast(null as text) as variant_title, -- NetSuite has none
    cast(round(-line.quantity) as bigint) as quantity,
    ---------- money
    {{ amount('line.foreignamount / nullif(line.quantity, 0)') }} as unit_price,
    {{ amount('-line.foreignamount') }} as line_subtotal,
    cast(null as numeric(38,9)) as discount, -- a line of its own
    cast(null as numeric(38,9)) as tax, -- a line of its own
    {{ amount('-line.foreignamount') }} as line_total,
    cast(null as bigint) as refunded_quantity, -- stands in credit memos and refunds
    false as is_gift_card, -- an item like any other
    document.symbol as currency,
    ---------- when
    coalesce(line._sdc_deleted_at, document.deleted_at) as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw('netsuite', 'transaction_lines') }} as line
inner join sales on sales.order_id = line.transaction and sales.id = line.transaction and sales._connection_id = line._connection_id
inner join documents as document on document.id = line.transaction and document._connection_id = line._connection_id
left join {{ raw('netsuite', 'items') }} as item on item.id = line.item and item._connection_id = line._connection_id
where line.item is not null and not coalesce(line.mainline, false) and not coalesce(line.taxline, false)
    and not coalesce(line.iscogs, false) and not coalesce(line.kitcomponent, false) and not coalesce(line.donotdisplayline, false)
    and coalesce(line.itemtype, '') not in (
        'ShipItem', 'TaxItem', 'TaxGroup', 'Discount', 'Subtotal', 'Group', 'EndGroup', 'Description', 'Payment'
    )
