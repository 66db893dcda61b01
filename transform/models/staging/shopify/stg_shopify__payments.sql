-- What the shop wrote down about taking money; where a connected processor moved it, its own record counts.
{% set taken %}(
    select * from {{ raw('shopify', 'transactions') }} as transactions where kind in ('SALE', 'CAPTURE', 'AUTHORIZATION', 'EMV_AUTHORIZATION', 'VOID')
){% endset %}
with source as ({{ each_row(taken) }})

select
    {{ origin('shopify', 'transactions') }},
    id as source_record_id,
    ---------- what it belongs to
    parent_transaction_id as source_parent_id,
    order_id as source_order_id,
    cast(null as text) as source_customer_id, -- known through the order
    cast(null as text) as source_invoice_id, -- Shopify has none
    cast(null as text) as source_balance_id, -- only in Shopify Payments
    cast(null as text) as email, -- known through the order
    ---------- how
    gateway,
    "formattedGateway" as method,
    case kind when 'SALE' then 'sale' when 'CAPTURE' then 'capture' when 'VOID' then 'void' else 'auth' end as kind,
    case status when 'SUCCESS' then 'succeeded' when 'PENDING' then 'pending' when 'AWAITING_RESPONSE' then 'pending' else 'failed' end as status,
    "paymentId" as gateway_reference,
    ---------- money
    {{ shopify_presentment_money('amountSet') }} as amount,
    {{ shopify_presentment_currency('amountSet') }} as currency,
    cast(null as numeric(38,9)) as fee, -- only in Shopify Payments
    cast(null as numeric(38,9)) as net, -- only in Shopify Payments
    "settlementCurrency" as settlement_currency,
    false as is_processor,
    -- gateways that only write down what was paid elsewhere, and the shop's own credit
    coalesce(lower(gateway) in (
        'manual', 'cash', 'cash_on_delivery', 'bank_deposit', 'money_order', 'gift_card', 'store_credit', 'bogus'
    ), false) as is_offline,
    test as is_test,
    ---------- when
    "processedAt" as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at,
    _row_hash
from source
