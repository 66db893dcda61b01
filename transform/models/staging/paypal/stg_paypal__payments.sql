-- Money received: event codes T00xx with a positive amount. https://developer.paypal.com/docs/transaction-search/transaction-event-codes/
select
    {{ origin('paypal', 'transactions') }},
    transaction_id as source_record_id,
    ---------- what it belongs to
    case when paypal_reference_id_type in ('ODR', 'TXN') then paypal_reference_id end as source_parent_id,
    cast(null as text) as source_order_id, -- PayPal's orders cannot be listed
    {{ json_text('payer_info', 'account_id') }} as source_customer_id,
    {{ json_text('cart_info', 'paypal_invoice_id') }} as source_invoice_id,
    cast(null as text) as source_balance_id, -- a transaction is its own line of the balance
    {{ json_text('payer_info', 'email_address') }} as email,
    ---------- how
    'paypal' as gateway,
    coalesce(lower(payment_method_type), lower(instrument_type), 'paypal') as method,
    'sale' as kind, -- only what moved the balance is read
    -- V is a payment that was given back whole: the refund is a transaction of its own
    case transaction_status when 'S' then 'succeeded' when 'V' then 'succeeded' when 'P' then 'pending' else 'failed' end as status,
    invoice_id as gateway_reference,
    ---------- money: PayPal writes a fee as a negative amount
    {{ amount(json_text('transaction_amount', 'value')) }} as amount,
    {{ json_text('transaction_amount', 'currency_code') }} as currency,
    coalesce(-{{ amount(json_text('fee_amount', 'value')) }}, 0) as fee,
    {{ amount(json_text('transaction_amount', 'value')) }} + coalesce({{ amount(json_text('fee_amount', 'value')) }}, 0) as net,
    {{ json_text('transaction_amount', 'currency_code') }} as settlement_currency,
    true as is_processor,
    false as is_offline,
    false as is_test, -- the sandbox is a connection of its own
    ---------- when
    transaction_initiation_date as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('paypal', 'transactions') }} as transactions
where transaction_event_code like 'T00%' and {{ amount(json_text('transaction_amount', 'value')) }} > 0
