-- What a settlement batch pays out, one row per currency.
select
    {{ origin('adyen', 'settlement_details', account='merchant_account', object='payouts') }},
    {{ adyen_payout_id() }} as source_record_id,
    cast(null as text) as destination, -- Adyen does not name the account
    max(modification_reference) as trace_id, -- as it stands on the bank statement
    'settled' as status,
    ---------- money
    {{ amount('sum(coalesce(net_debit_nc, 0) - coalesce(net_credit_nc, 0))') }} as amount,
    net_currency as currency,
    ---------- when
    cast(null as date) as arrival_date, -- Adyen does not tell
    max({{ adyen_booked_at('creation_date', 'time_zone') }}) as created_at,
    cast(null as timestamp with time zone) as deleted_at,
    max(_sdc_extracted_at) as _loaded_at
from {{ raw('adyen', 'settlement_details') }} as settlement_details
where type = 'MerchantPayout' and _sdc_deleted_at is null
group by _connection_id, merchant_account, batch, net_currency
