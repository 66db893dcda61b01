-- Event codes T04xx: money taken from PayPal to the bank. PayPal does not say of which payments a withdrawal is made.
select
    {{ origin('paypal', 'transactions', object='payouts') }},
    transaction_id as source_record_id,
    cast(null as text) as destination, -- PayPal does not name the account
    bank_reference_id as trace_id,
    case transaction_status when 'S' then 'succeeded' when 'P' then 'pending' when 'V' then 'reversed' else 'denied' end as status,
    ---------- money
    -{{ amount(json_text('transaction_amount', 'value')) }} as amount,
    {{ json_text('transaction_amount', 'currency_code') }} as currency,
    ---------- when
    cast(null as date) as arrival_date, -- PayPal does not tell
    transaction_initiation_date as created_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('paypal', 'transactions') }} as transactions
where transaction_event_code like 'T04%' and {{ amount(json_text('transaction_amount', 'value')) }} < 0
