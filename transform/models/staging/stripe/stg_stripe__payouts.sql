select
    {{ origin('stripe', 'payouts', from='payout') }},
    payout.id as source_record_id,
    payout.destination,
    {{ json_text('payout.trace_id', 'value') }} as trace_id,
    payout.status,
    ---------- money
    {{ stripe_money('payout.amount') }} as amount,
    upper(payout.currency) as currency,
    ---------- when
    {{ utc_date(from_epoch('payout.arrival_date')) }} as arrival_date,
    {{ from_epoch('payout.created') }} as created_at,
    payout._sdc_deleted_at as deleted_at,
    payout._sdc_extracted_at as _loaded_at
from {{ raw('stripe', 'payouts') }} as payout
left join {{ ref('currencies') }} as currency on currency.code = upper(payout.currency)
