-- The rate at which Stripe settled a charge in the account's currency.
-- https://docs.stripe.com/api/balance_transactions/object#balance_transaction_object-exchange_rate
select
    {{ origin('stripe', 'balance_transactions', from='balance') }},
    balance.id as source_record_id,
    upper(charge.currency) as from_currency,
    upper(balance.currency) as to_currency,
    {{ utc_date(from_epoch('balance.created')) }} as rate_date,
    cast(balance.exchange_rate as numeric(28,12)) as rate,
    balance._sdc_deleted_at as deleted_at,
    balance._sdc_extracted_at as _loaded_at
from {{ raw('stripe', 'balance_transactions') }} as balance
inner join {{ raw('stripe', 'charges') }} as charge
    on charge.balance_transaction = balance.id and charge._connection_id = balance._connection_id
where balance.exchange_rate is not null and upper(charge.currency) <> upper(balance.currency)
