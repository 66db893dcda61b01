-- What the shop wrote down about an order's payment; where a connected processor moved the money, its own record counts.
select
    {{ origin('woocommerce', 'orders') }},
    id as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- one payment per order
    id as source_order_id,
    nullif(customer_id, '0') as source_customer_id,
    cast(null as text) as source_invoice_id, -- WooCommerce has none
    cast(null as text) as source_balance_id, -- the processor's
    nullif({{ json_text('billing', 'email') }}, '') as email,
    ---------- how
    payment_method as gateway,
    payment_method_title as method,
    'sale' as kind,
    'succeeded' as status,
    nullif(transaction_id, '') as gateway_reference,
    ---------- money
    total as amount,
    currency,
    cast(null as numeric(38,9)) as fee, -- the processor's
    cast(null as numeric(38,9)) as net, -- the processor's
    cast(null as text) as settlement_currency, -- the processor's
    false as is_processor,
    coalesce(payment_method in ('bacs', 'cheque', 'cod'), false) as is_offline, -- bank transfer, cheque, cash on delivery
    false as is_test, -- WooCommerce does not tell
    ---------- when
    date_paid_gmt as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('woocommerce', 'orders') }} as orders
where date_paid_gmt is not null
