-- What may stand behind a bank transaction: payouts of processors, payments that no payout holds, and the other side of transfers.
-- What the books split by invoice arrives as one sum; what they booked on an account is no arrival on that account, but the movement
-- itself.
with payments as (
    select
        min(payment.payment_key) as payment_key, {{ utc_date('min(payment.processed_at)') }} as moved_on,
        sum(payment.amount) as amount, payment.currency,
        max(coalesce(payment.gateway_reference, case when not record.is_booking then payment.payment_id end)) as memo,
        max(case when not record.is_booking then payment.gateway_reference end) as reference, -- the books' may be any words
        case when record.is_booking then record.platform || '|' || record.connection_id || '|' || max(record.source_balance_id) end
            as account
    from {{ ref('payments') }} as payment
    inner join {{ ref('int_payments') }} as record on record.payment_key = payment.payment_key
    where payment.is_counted and payment.payout_key is null and not payment.is_processor
        and lower(coalesce(payment.method, '') || ' ' || coalesce(payment.gateway, '')) not like '%cash%'
    group by record.is_booking, record.platform, record.connection_id, payment.currency,
        case when record.is_booking then coalesce(payment.parent_id, payment.payment_id) else payment.payment_key end
),

movements as (
    select
        payout_key as movement_key, 'payouts' as entity, 'in' as direction, cast(null as text) as account,
        arrives_on as moved_on, amount, currency, platform as memo, trace_id as reference
    from {{ ref('int_payouts') }}
    where amount > 0 and coalesce(status, '') not in ('failed', 'canceled', 'cancelled')
    union all
    select payment_key, 'payments', 'in', account, moved_on, amount, currency, memo, reference from payments
    union all
    select
        bank_transaction_key, 'bank_transactions', 'in', platform || '|' || connection_id || '|' || coalesce(bank_account, ''),
        booked_on, amount, currency, coalesce(memo, counterparty), reference
    from {{ ref('int_bank_transactions') }}
    where direction = 'out' and deleted_at is null
)

select *, {{ memo_norm('memo') }} as memo_norm from movements where amount > 0 and moved_on is not null
