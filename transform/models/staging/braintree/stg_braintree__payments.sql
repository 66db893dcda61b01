select
    {{ origin('braintree', 'transactions', account='"merchantAccountId"') }},
    id as source_record_id,
    ---------- what it belongs to
    {{ json_text('"retriedParentTransaction"', 'id') }} as source_parent_id,
    cast(null as text) as source_order_id, -- Braintree knows no orders of its own
    {{ json_text('customer', 'legacyId') }} as source_customer_id,
    cast(null as text) as source_invoice_id, -- Braintree has none
    cast(null as text) as source_balance_id, -- Braintree has none
    coalesce({{ json_text('customer', 'email') }}, {{ json_text('"paymentMethodSnapshot"', 'payer', 'email') }}) as email,
    ---------- how
    'braintree' as gateway,
    coalesce(lower({{ json_text('"paymentMethodSnapshot"', 'brandCode') }}), {{ json_text('"paymentMethodSnapshot"', '__typename') }}) as method,
    case status when 'AUTHORIZED' then 'auth' when 'AUTHORIZING' then 'auth' when 'AUTHORIZATION_EXPIRED' then 'auth'
        when 'VOIDED' then 'void' else 'sale' end as kind,
    case
        when status in ('AUTHORIZED', 'SUBMITTED_FOR_SETTLEMENT', 'SETTLING', 'SETTLEMENT_PENDING', 'SETTLEMENT_CONFIRMED', 'SETTLED') then 'succeeded'
        when status = 'AUTHORIZING' then 'pending'
        else 'failed'
    end as status,
    "orderId" as gateway_reference,
    ---------- money
    {{ amount(json_text('amount', 'value')) }} as amount,
    {{ json_text('amount', 'currencyCode') }} as currency,
    -- Braintree bills its fees apart; PayPal's are told
    {{ amount(json_text('"paymentMethodSnapshot"', 'transactionFee', 'value')) }} as fee,
    {{ amount(json_text('amount', 'value')) }} - {{ amount(json_text('"paymentMethodSnapshot"', 'transactionFee', 'value')) }} as net,
    {{ json_text('"disbursementDetails"', 'amount', 'currencyCode') }} as settlement_currency,
    true as is_processor,
    false as is_offline,
    false as is_test, -- the sandbox is a connection of its own
    ---------- when
    "createdAt" as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('braintree', 'transactions') }} as transactions
