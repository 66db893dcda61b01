select
    {{ origin('razorpay', 'settlement_recon', from='item') }},
    item.type || ':' || item.entity_id as source_record_id,
    item.settlement_id as source_payout_id,
    case when item.type = 'payment' then item.entity_id end as source_payment_id,
    case when item.type = 'refund' then item.entity_id end as source_refund_id,
    case item.type when 'payment' then 'charge' else item.type end as category,
    ---------- money: credit and debit are what the balance moved by, after fees
    {{ money('coalesce(item.credit, 0) - coalesce(item.debit, 0) + coalesce(item.fee, 0)') }} as gross,
    {{ money('coalesce(item.fee, 0)') }} as fee,
    {{ money('coalesce(item.credit, 0) - coalesce(item.debit, 0)') }} as net,
    item.currency,
    ---------- when
    {{ from_epoch('item.created_at') }} as occurred_at,
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('razorpay', 'settlement_recon') }} as item
left join {{ ref('currencies') }} as currency on currency.code = item.currency
where item.settlement_id is not null
