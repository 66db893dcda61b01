select
    {{ origin('mollie', 'order_lines') }},
    id as source_record_id,
    ---------- what
    order_id as source_order_id,
    cast(null as text) as source_product_id, -- Mollie has no products
    cast(null as text) as source_variant_id, -- Mollie has no products
    sku,
    name as title,
    cast(null as text) as variant_title, -- Mollie has no variants
    quantity,
    ---------- money
    {{ mollie_value('"unitPrice"') }} as unit_price,
    {{ mollie_value('"totalAmount"') }} + coalesce({{ mollie_value('"discountAmount"') }}, 0) as line_subtotal,
    coalesce({{ mollie_value('"discountAmount"') }}, 0) as discount,
    coalesce({{ mollie_value('"vatAmount"') }}, 0) as tax,
    {{ mollie_value('"totalAmount"') }} as line_total,
    "quantityRefunded" as refunded_quantity,
    type = 'gift_card' as is_gift_card,
    {{ json_text('"totalAmount"', 'currency') }} as currency,
    ---------- when
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('mollie', 'order_lines') }} as order_lines
