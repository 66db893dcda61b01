-- The balance transactions that a payout is made of; the transfer of the payout itself is not one of them.
with source as (
    select *, {{ json_text('"associatedPayout"', 'id') }} as payout_id from {{ raw('shopify', 'balance_transactions') }} as balance_transactions
)

select
    {{ origin('shopify', 'balance_transactions') }},
    id as source_record_id,
    payout_id as source_payout_id,
    case when type = 'CHARGE' then 'gid://shopify/OrderTransaction/' || "sourceOrderTransactionId" end as source_payment_id,
    cast(null as text) as source_refund_id, -- it names the refund's transaction, not the refund
    lower(type) as category,
    ---------- money
    {{ shopify_amount('amount') }} as gross,
    {{ shopify_amount('fee') }} as fee,
    {{ shopify_amount('net') }} as net,
    {{ json_text('net', 'currencyCode') }} as currency,
    ---------- when
    "transactionDate" as occurred_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
where payout_id is not null and type not in ('TRANSFER', 'PAYOUT')
