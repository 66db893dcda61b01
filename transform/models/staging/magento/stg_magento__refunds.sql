select
    {{ origin('magento', 'credit_memos') }},
    entity_id as source_record_id,
    order_id as source_order_id,
    cast(null as text) as source_order_line_id, -- a credit memo may concern several
    order_id as source_payment_id, -- an order's payment carries the order's id
    case state when 3 then 'failed' when 1 then 'pending' else 'succeeded' end as status, -- 1 open, 2 refunded, 3 cancelled
    ---------- money
    grand_total as amount,
    tax_amount as tax,
    shipping_amount as shipping,
    order_currency_code as currency,
    cast(null as text) as reason, -- stands in the comments
    false as is_processor,
    ---------- when
    created_at as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('magento', 'credit_memos') }} as credit_memos
