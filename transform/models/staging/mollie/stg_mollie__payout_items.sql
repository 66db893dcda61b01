-- What a settlement is made of: the balance transactions of the payments, refunds and chargebacks that name it.
with settled as (
    select _connection_id, id as record_id, 'payment' as kind, "settlementId" as settlement_id from {{ raw('mollie', 'payments') }} as payments
    union all
    select _connection_id, id, 'refund', "settlementId" from {{ raw('mollie', 'refunds') }} as refunds
    union all
    select _connection_id, id, 'capture', "settlementId" from {{ raw('mollie', 'captures') }} as captures
    union all
    select _connection_id, id, 'chargeback', "settlementId" from {{ raw('mollie', 'chargebacks') }} as chargebacks
),

movements as (
    select
        movement.*,
        coalesce(
            {{ json_text('context', 'payment', 'paymentId') }},
            {{ json_text('context', 'capture', 'captureId') }},
            {{ json_text('context', 'refund', 'refundId') }},
            {{ json_text('context', 'chargeback', 'chargebackId') }}
        ) as record_id,
        coalesce({{ json_text('context', 'payment', 'paymentId') }}, {{ json_text('context', 'capture', 'paymentId') }}) as payment_id,
        {{ json_text('context', 'refund', 'refundId') }} as refund_id
    from {{ raw('mollie', 'balance_transactions') }} as movement
    where type in ('payment', 'capture', 'refund', 'chargeback')
)

select
    {{ origin('mollie', 'balance_transactions', from='movement') }},
    movement.id as source_record_id,
    settled.settlement_id as source_payout_id,
    movement.payment_id as source_payment_id,
    movement.refund_id as source_refund_id,
    case movement.type when 'payment' then 'charge' when 'capture' then 'charge' when 'chargeback' then 'dispute' else movement.type end as category,
    ---------- money
    {{ mollie_value('movement."initialAmount"') }} as gross,
    coalesce(-{{ mollie_value('movement.deductions') }}, 0) as fee,
    {{ mollie_value('movement."resultAmount"') }} as net,
    {{ json_text('movement."resultAmount"', 'currency') }} as currency,
    ---------- when
    movement."createdAt" as occurred_at,
    movement._sdc_deleted_at as deleted_at,
    movement._sdc_extracted_at as _loaded_at
from movements as movement
inner join settled
    on settled.record_id = movement.record_id and settled.kind = movement.type and settled._connection_id = movement._connection_id
where settled.settlement_id is not null
