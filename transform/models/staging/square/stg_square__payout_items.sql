select
    {{ origin('square', 'payout_entries', from='entry') }},
    entry.id as source_record_id,
    entry.payout_id as source_payout_id,
    {{ json_text('entry.type_charge_details', 'payment_id') }} as source_payment_id,
    {{ json_text('entry.type_refund_details', 'refund_id') }} as source_refund_id,
    case entry.type when 'OPEN_DISPUTE' then 'dispute_opened' else lower(entry.type) end as category,
    ---------- money
    {{ money(json_text('entry.gross_amount_money', 'amount')) }} as gross,
    {{ money(json_text('entry.fee_amount_money', 'amount')) }} as fee,
    {{ money(json_text('entry.net_amount_money', 'amount')) }} as net,
    {{ json_text('entry.net_amount_money', 'currency') }} as currency,
    ---------- when
    entry.effective_at as occurred_at,
    entry._sdc_deleted_at as deleted_at,
    entry._sdc_extracted_at as _loaded_at
from {{ raw('square', 'payout_entries') }} as entry
left join {{ ref('currencies') }} as currency on currency.code = {{ json_text('entry.net_amount_money', 'currency') }}
