select
    {{ origin('woocommerce', 'refunds', from='refund') }},
    refund.id as source_record_id,
    refund.order_id as source_order_id,
    cast(null as text) as source_order_line_id, -- a refund may concern several
    refund.order_id as source_payment_id, -- an order's payment carries the order's id
    'succeeded' as status, -- WooCommerce lists only refunds that were made
    ---------- money
    refund.amount,
    cast(null as numeric(38,9)) as tax, -- stands in the refund's lines
    cast(null as numeric(38,9)) as shipping, -- stands in the refund's lines
    orders.currency,
    nullif(refund.reason, '') as reason,
    false as is_processor,
    ---------- when
    refund.date_created_gmt as processed_at,
    refund._sdc_deleted_at as deleted_at,
    refund._sdc_extracted_at as _loaded_at
from {{ raw('woocommerce', 'refunds') }} as refund
left join {{ raw('woocommerce', 'orders') }} as orders on orders.id = refund.order_id and orders._connection_id = refund._connection_id
