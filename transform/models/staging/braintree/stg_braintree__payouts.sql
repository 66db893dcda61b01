-- Disbursements, put together from what was disbursed; fees that Braintree keeps back are not told.
select
    {{ origin('braintree', 'transactions', account='merchant_account', object='payouts') }},
    {{ braintree_payout_id() }} as source_record_id,
    merchant_account as destination,
    cast(null as text) as trace_id, -- Braintree does not tell
    'disbursed' as status,
    ---------- money
    sum(amount) as amount,
    currency,
    ---------- when
    cast(disbursed_on as date) as arrival_date,
    cast(disbursed_on || 'T00:00:00Z' as timestamp with time zone) as created_at,
    cast(null as timestamp with time zone) as deleted_at,
    max(_sdc_extracted_at) as _loaded_at
from ({{ braintree_disbursed() }}) as disbursed
where _sdc_deleted_at is null
group by _connection_id, merchant_account, disbursed_on, currency
