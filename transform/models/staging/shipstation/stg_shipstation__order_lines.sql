-- Items of orders; an adjustment is a discount.
select
    {{ origin('shipstation', 'order_items', from='item', object='order_lines') }},
    item."orderItemId" as source_record_id,
    ---------- what
    item.order_id as source_order_id,
    item."productId" as source_product_id,
    item."productId" as source_variant_id, -- ShipStation has no variants
    item.sku,
    item.name as title,
    cast(null as text) as variant_title, -- ShipStation has no variants
    item.quantity,
    ---------- money
    item."unitPrice" as unit_price,
    {{ amount('item."unitPrice" * item.quantity') }} as line_subtotal,
    cast(null as numeric(38,9)) as discount, -- a line of its own
    item."taxAmount" as tax,
    {{ amount('item."unitPrice" * item.quantity') }} as line_total,
    cast(null as bigint) as refunded_quantity, -- ShipStation has none
    false as is_gift_card, -- nothing to ship
    sale.currency,
    ---------- when
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('shipstation', 'order_items') }} as item
left join {{ ref('stg_shipstation__orders') }} as sale
    on sale.source_record_id = item.order_id and sale.connection_id = item._connection_id
