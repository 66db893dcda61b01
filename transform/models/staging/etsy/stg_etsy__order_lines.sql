select
    {{ origin('etsy', 'transactions') }},
    transaction_id as source_record_id,
    ---------- what
    receipt_id as source_order_id,
    listing_id as source_product_id,
    product_id as source_variant_id,
    nullif(sku, '') as sku,
    title,
    {{ json_text('variations', 0, 'formatted_value') }} as variant_title,
    quantity,
    ---------- money
    {{ etsy_money('price') }} as unit_price,
    {{ etsy_money('price') }} * quantity as line_subtotal,
    coalesce(shop_coupon, 0) + coalesce(buyer_coupon, 0) as discount,
    cast(null as numeric(38,9)) as tax, -- Etsy tells it for the whole receipt
    {{ etsy_money('price') }} * quantity - coalesce(shop_coupon, 0) - coalesce(buyer_coupon, 0) as line_total,
    cast(null as bigint) as refunded_quantity, -- Etsy does not tell
    false as is_gift_card, -- Etsy sells them itself
    {{ json_text('price', 'currency_code') }} as currency,
    ---------- when
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('etsy', 'transactions') }} as transactions
