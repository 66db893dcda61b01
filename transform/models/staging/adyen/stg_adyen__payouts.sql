-- What leaves a balance account for a bank.
select
    {{ origin('adyen', 'transfers', from='transfer', object='payouts') }},
    transfer.id as source_record_id,
    {{ json_text('transfer.counterparty', 'transferInstrumentId') }} as destination,
    coalesce(transfer."referenceForBeneficiary", transfer.reference) as trace_id,
    transfer.status,
    ---------- money
    {{ money(json_text('transfer.amount', 'value')) }} as amount,
    {{ json_text('transfer.amount', 'currency') }} as currency,
    ---------- when
    {{ utc_date('transfer."updatedAt"') }} as arrival_date,
    transfer."createdAt" as created_at,
    transfer._sdc_deleted_at as deleted_at,
    transfer._sdc_extracted_at as _loaded_at
from {{ raw('adyen', 'transfers') }} as transfer
left join {{ ref('currencies') }} as currency on currency.code = {{ json_text('transfer.amount', 'currency') }}
where transfer.category = 'bank' and transfer.direction = 'outgoing'
