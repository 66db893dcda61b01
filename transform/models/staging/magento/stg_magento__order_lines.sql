-- A configurable product stands in the order twice: as itself with the price, and as the simple product below it.
select
    {{ origin('magento', 'order_items', from='item') }},
    item.item_id as source_record_id,
    ---------- what
    item.order_id as source_order_id,
    item.product_id as source_product_id,
    coalesce(child.product_id, item.product_id) as source_variant_id,
    item.sku,
    item.name as title,
    cast(null as text) as variant_title, -- part of the product's name
    cast(round(item.qty_ordered) as bigint) as quantity,
    ---------- money
    item.price as unit_price,
    item.row_total as line_subtotal,
    abs(item.discount_amount) as discount,
    item.tax_amount as tax,
    item.row_total - abs(coalesce(item.discount_amount, 0)) as line_total,
    cast(round(coalesce(item.qty_refunded, 0)) as bigint) as refunded_quantity,
    item.product_type = 'giftcard' as is_gift_card,
    orders.order_currency_code as currency,
    ---------- when
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('magento', 'order_items') }} as item
left join {{ raw('magento', 'orders') }} as orders on orders.entity_id = item.order_id and orders._connection_id = item._connection_id
left join {{ raw('magento', 'order_items') }} as child
    on child.parent_item_id = item.item_id and child._connection_id = item._connection_id and item.product_type = 'configurable'
where item.parent_item_id is null
