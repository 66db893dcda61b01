-- Etsy Payments: the marketplace is its own processor.
select
    {{ origin('etsy', 'payments') }},
    payment_id as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- one record per payment
    receipt_id as source_order_id,
    buyer_user_id as source_customer_id,
    cast(null as text) as source_invoice_id, -- Etsy has none
    cast(null as text) as source_balance_id, -- known through the ledger
    cast(null as text) as email, -- known through the receipt
    ---------- how
    'etsy' as gateway,
    cast(null as text) as method, -- stands in the receipt
    'sale' as kind,
    case when lower(status) in ('settled', 'authed', 'posted', 'shipped', 'open', 'paid') then 'succeeded'
        when lower(status) in ('failed', 'declined', 'cancelled', 'canceled') then 'failed' else 'pending' end as status,
    payment_id as gateway_reference,
    ---------- money, as the shop is paid
    {{ etsy_money('amount_gross') }} as amount,
    {{ json_text('amount_gross', 'currency_code') }} as currency,
    {{ etsy_money('amount_fees') }} as fee,
    {{ etsy_money('amount_net') }} as net,
    shop_currency as settlement_currency,
    true as is_processor,
    false as is_offline,
    false as is_test,
    ---------- when
    {{ from_epoch('created_timestamp') }} as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('etsy', 'payments') }} as payments
