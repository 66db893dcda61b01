select
    {{ origin('braintree', 'refunds', account='"merchantAccountId"') }},
    id as source_record_id,
    cast(null as text) as source_order_id, -- known through the payment
    cast(null as text) as source_order_line_id, -- Braintree refunds money, not goods
    {{ json_text('"refundedTransaction"', 'id') }} as source_payment_id,
    case
        when status in ('SUBMITTED_FOR_SETTLEMENT', 'SETTLING', 'SETTLEMENT_PENDING', 'SETTLEMENT_CONFIRMED', 'SETTLED') then 'succeeded'
        when status in ('AUTHORIZED', 'AUTHORIZING') then 'pending'
        else 'failed'
    end as status,
    ---------- money
    {{ amount(json_text('amount', 'value')) }} as amount,
    cast(null as numeric(38,9)) as tax, -- Braintree does not tell
    cast(null as numeric(38,9)) as shipping, -- Braintree does not tell
    {{ json_text('amount', 'currencyCode') }} as currency,
    cast(null as text) as reason, -- Braintree keeps none
    true as is_processor,
    ---------- when
    "createdAt" as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('braintree', 'refunds') }} as refunds
