-- A settlement is what reaches the bank.
select
    {{ origin('mollie', 'settlements', from='settlement', object='payouts') }},
    settlement.id as source_record_id,
    {{ json_text('balance."transferDestination"', 'bankAccount') }} as destination,
    settlement.reference as trace_id,
    settlement.status,
    ---------- money
    {{ mollie_value('settlement.amount') }} as amount,
    {{ json_text('settlement.amount', 'currency') }} as currency,
    ---------- when
    {{ utc_date('settlement."settledAt"') }} as arrival_date,
    settlement."createdAt" as created_at,
    settlement._sdc_deleted_at as deleted_at,
    settlement._sdc_extracted_at as _loaded_at
from {{ raw('mollie', 'settlements') }} as settlement
left join {{ raw('mollie', 'balances') }} as balance
    on balance.id = settlement."balanceId" and balance._connection_id = settlement._connection_id
