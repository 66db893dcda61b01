select
    {{ origin('bigcommerce', 'order_products', from='line') }},
    line.id as source_record_id,
    ---------- what
    line.order_id as source_order_id,
    line.product_id as source_product_id,
    line.variant_id as source_variant_id,
    nullif(line.sku, '') as sku,
    line.name as title,
    {{ json_text('line.product_options', 0, 'display_value') }} as variant_title,
    line.quantity,
    ---------- money
    line.price_ex_tax as unit_price,
    line.total_ex_tax as line_subtotal,
    cast(null as numeric(38,9)) as discount, -- stands in the order, or in the applied discounts
    line.total_tax as tax,
    line.total_ex_tax as line_total,
    line.quantity_refunded as refunded_quantity,
    line.type = 'giftcertificate' as is_gift_card,
    orders.currency_code as currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw('bigcommerce', 'order_products') }} as line
left join {{ raw('bigcommerce', 'orders') }} as orders on orders.id = line.order_id and orders._connection_id = line._connection_id
