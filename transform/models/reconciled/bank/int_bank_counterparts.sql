-- What may stand behind a bank transaction: payouts of processors, payments that no payout holds, and the other side of transfers.
with payments as (
    select * from {{ ref('payments') }}
    where is_counted and payout_key is null and not is_processor
        and lower(coalesce(method, '') || ' ' || coalesce(gateway, '')) not like '%cash%'
),

movements as (
    select
        payout_key as movement_key, 'payouts' as entity, 'in' as direction, cast(null as text) as account,
        arrives_on as moved_on, amount, currency, platform as memo, trace_id as reference
    from {{ ref('int_payouts') }}
    where amount > 0 and coalesce(status, '') not in ('failed', 'canceled', 'cancelled')
    union all
    select
        payment_key, 'payments', 'in', null, {{ utc_date('processed_at') }}, amount, currency,
        coalesce(gateway_reference, payment_id), gateway_reference
    from payments
    union all
    select
        bank_transaction_key, 'bank_transactions', 'in', platform || '|' || connection_id || '|' || coalesce(bank_account, ''),
        booked_on, amount, currency, coalesce(memo, counterparty), reference
    from {{ ref('int_bank_transactions') }}
    where direction = 'out' and deleted_at is null
)

select *, {{ memo_norm('memo') }} as memo_norm from movements where amount > 0 and moved_on is not null
