select
    {{ origin('bigcommerce', 'refunds', from='refund') }},
    refund.id as source_record_id,
    refund.order_id as source_order_id,
    cast(null as text) as source_order_line_id, -- a refund may concern several
    cast(null as text) as source_payment_id, -- known through the order
    'succeeded' as status, -- BigCommerce lists only refunds that were made
    ---------- money
    refund.total_amount as amount,
    refund.total_tax as tax,
    cast(null as numeric(38,9)) as shipping, -- stands among the refund's items
    orders.currency_code as currency,
    nullif(refund.reason, '') as reason,
    false as is_processor,
    ---------- when
    refund.created as processed_at,
    refund._sdc_deleted_at as deleted_at,
    refund._sdc_extracted_at as _loaded_at
from {{ raw('bigcommerce', 'refunds') }} as refund
left join {{ raw('bigcommerce', 'orders') }} as orders on orders.id = refund.order_id and orders._connection_id = refund._connection_id
