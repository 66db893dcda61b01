select
    {{ origin('square', 'payouts', from='payout') }},
    payout.id as source_record_id,
    {{ json_text('payout.destination', 'id') }} as destination,
    payout.end_to_end_id as trace_id,
    lower(payout.status) as status,
    ---------- money
    {{ money(json_text('payout.amount_money', 'amount')) }} as amount,
    {{ json_text('payout.amount_money', 'currency') }} as currency,
    ---------- when
    payout.arrival_date,
    payout.created_at,
    payout._sdc_deleted_at as deleted_at,
    payout._sdc_extracted_at as _loaded_at
from {{ raw('square', 'payouts') }} as payout
left join {{ ref('currencies') }} as currency on currency.code = {{ json_text('payout.amount_money', 'currency') }}
