-- A line is of a listing: a seller's article in the marketplace of the order.
select
    {{ origin('amazon_seller', 'order_items', from='line') }},
    line.order_id || ':' || line."orderItemId" as source_record_id,
    ---------- what
    line.order_id as source_order_id,
    line.asin as source_product_id,
    orders.marketplace_id || ':' || line.seller_sku as source_variant_id,
    line.seller_sku as sku,
    line.title,
    cast(null as text) as variant_title, -- Amazon writes it into the title
    line."quantityOrdered" as quantity,
    ---------- money
    line.unit_price,
    {{ amazon_seller_breakdown('line.proceeds', 'ITEM') }} as line_subtotal,
    -{{ amazon_seller_breakdown('line.proceeds', 'DISCOUNT') }} as discount,
    {{ amazon_seller_breakdown('line.proceeds', 'TAX') }} as tax,
    line.proceeds_total as line_total,
    cast(null as bigint) as refunded_quantity, -- Amazon does not tell
    false as is_gift_card, -- Amazon sells them itself
    line.currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw('amazon_seller', 'order_items') }} as line
left join {{ raw('amazon_seller', 'orders') }} as orders
    on orders."orderId" = line.order_id and orders._connection_id = line._connection_id
