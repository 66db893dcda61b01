-- What the shop wrote down about an order's payment; where a connected processor moved the money, its own record counts.
select
    {{ origin('magento', 'orders') }},
    entity_id as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- one payment per order
    entity_id as source_order_id,
    customer_id as source_customer_id,
    cast(null as text) as source_invoice_id, -- an order may have several
    cast(null as text) as source_balance_id, -- the processor's
    customer_email as email,
    ---------- how
    {{ json_text('payment', 'method') }} as gateway,
    {{ json_text('payment', 'cc_type') }} as method,
    'sale' as kind,
    'succeeded' as status,
    {{ json_text('payment', 'last_trans_id') }} as gateway_reference,
    ---------- money
    total_paid as amount,
    order_currency_code as currency,
    cast(null as numeric(38,9)) as fee, -- the processor's
    cast(null as numeric(38,9)) as net, -- the processor's
    cast(null as text) as settlement_currency, -- the processor's
    false as is_processor,
    coalesce({{ json_text('payment', 'method') }} in ('checkmo', 'banktransfer', 'cashondelivery', 'purchaseorder', 'free'), false) as is_offline,
    false as is_test, -- Magento does not tell
    ---------- when
    created_at as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('magento', 'orders') }} as orders
where total_paid > 0
