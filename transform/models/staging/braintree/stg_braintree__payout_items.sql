select
    {{ origin('braintree', 'transactions', account='merchant_account') }},
    stream || ':' || id as source_record_id,
    {{ braintree_payout_id() }} as source_payout_id,
    case when stream = 'transactions' then id end as source_payment_id,
    case when stream = 'refunds' then id end as source_refund_id,
    case when stream = 'transactions' then 'charge' else 'refund' end as category,
    ---------- money, in the currency disbursed
    amount as gross,
    cast(0 as numeric(38,9)) as fee, -- billed apart
    amount as net,
    currency,
    ---------- when
    created_at as occurred_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from ({{ braintree_disbursed() }}) as disbursed
