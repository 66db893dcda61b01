-- Event code T1107: a refund made by the merchant.
select
    {{ origin('paypal', 'transactions') }},
    transaction_id as source_record_id,
    cast(null as text) as source_order_id, -- known through the payment
    cast(null as text) as source_order_line_id, -- PayPal refunds money, not goods
    case when paypal_reference_id_type = 'TXN' then paypal_reference_id end as source_payment_id,
    case transaction_status when 'S' then 'succeeded' when 'P' then 'pending' else 'failed' end as status,
    ---------- money
    -{{ amount(json_text('transaction_amount', 'value')) }} as amount,
    cast(null as numeric(38,9)) as tax, -- PayPal does not tell
    cast(null as numeric(38,9)) as shipping, -- PayPal does not tell
    {{ json_text('transaction_amount', 'currency_code') }} as currency,
    coalesce(transaction_note, transaction_subject) as reason,
    true as is_processor,
    ---------- when
    transaction_initiation_date as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('paypal', 'transactions') }} as transactions
where transaction_event_code = 'T1107' and {{ amount(json_text('transaction_amount', 'value')) }} < 0
