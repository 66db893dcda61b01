-- A settlement is what reaches the bank; its currency is told by what it is made of.
with made_of as (
    select _connection_id, settlement_id, max(currency) as currency, max(settled_at) as settled_at
    from {{ raw('razorpay', 'settlement_recon') }} as settlement_recon
    group by _connection_id, settlement_id
)

select
    {{ origin('razorpay', 'settlements', from='settlement', object='payouts') }},
    settlement.id as source_record_id,
    cast(null as text) as destination, -- Razorpay does not name the account
    settlement.utr as trace_id,
    settlement.status,
    ---------- money
    {{ money('settlement.amount') }} as amount,
    currency.code as currency,
    ---------- when
    {{ utc_date(from_epoch('coalesce(made_of.settled_at, settlement.created_at)')) }} as arrival_date,
    {{ from_epoch('settlement.created_at') }} as created_at,
    settlement._sdc_deleted_at as deleted_at,
    settlement._sdc_extracted_at as _loaded_at
from {{ raw('razorpay', 'settlements') }} as settlement
left join made_of on made_of.settlement_id = settlement.id and made_of._connection_id = settlement._connection_id
left join {{ ref('currencies') }} as currency on currency.code = coalesce(made_of.currency, 'INR')
