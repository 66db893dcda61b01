-- What the shop wrote down about taking money; where a connected processor moved it, its own record counts.
select
    {{ origin('bigcommerce', 'order_transactions') }},
    id as source_record_id,
    ---------- what it belongs to
    nullif(reference_transaction_id, '') as source_parent_id,
    order_id as source_order_id,
    cast(null as text) as source_customer_id, -- known through the order
    cast(null as text) as source_invoice_id, -- BigCommerce has none
    cast(null as text) as source_balance_id, -- the processor's
    cast(null as text) as email, -- known through the order
    ---------- how
    gateway,
    method,
    case event when 'purchase' then 'sale' when 'authorization' then 'auth' when 'capture' then 'capture' when 'void' then 'void' else 'sale' end as kind,
    case status when 'ok' then 'succeeded' when 'error' then 'failed' else 'pending' end as status,
    gateway_transaction_id as gateway_reference,
    ---------- money
    amount,
    currency,
    cast(null as numeric(38,9)) as fee, -- the processor's
    cast(null as numeric(38,9)) as net, -- the processor's
    cast(null as text) as settlement_currency, -- the processor's
    false as is_processor,
    coalesce(method in ('offline', 'store_credit', 'gift_certificate', 'custom'), false) as is_offline,
    test as is_test,
    ---------- when
    date_created as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('bigcommerce', 'order_transactions') }} as order_transactions
where event in ('purchase', 'authorization', 'capture', 'void', 'pending')
