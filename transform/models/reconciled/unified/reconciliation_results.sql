{% set tolerance = 'cast(' ~ var('reconciliation_tolerance') ~ ' as numeric(38,9))' %}

with orders as (select * from {{ ref('orders') }} where not is_test and mirrors_order_key is null),

paid as (
    select order_key, currency, sum(amount) as amount, count(*) as payments
    from {{ ref('payments') }} where is_counted and order_key is not null group by order_key, currency
),

refunded as (
    select order_key, currency, sum(amount) as amount
    from {{ ref('refunds') }} where is_counted and order_key is not null group by order_key, currency
),

findings as (
    select
        'order_without_payment' as check_name, 'orders' as left_entity, order_key as left_key,
        'payments' as right_entity, cast(null as text) as right_key, 'unmatched_left' as match_type,
        orders.presentment_total as expected, cast(0 as numeric(38,9)) as actual,
        coalesce(orders.presentment_currency, orders.currency) as currency, orders.match_reason as reason
    from orders
    where orders.total > 0 and orders.financial_status in ('paid', 'partially_paid', 'partially_refunded', 'refunded')
        and not exists (select 1 from paid where paid.order_key = orders.order_key)

    union all
    select
        'payment_unknown_to_processor', 'orders', orders.order_key, 'payments', payment.payment_key, 'unmatched_left',
        payment.amount, 0, payment.currency, orders.match_reason
    from orders
    inner join {{ ref('payments') }} as payment on payment.order_key = orders.order_key
    where payment.is_counted and not payment.is_processor and orders.match_type = 'unmatched_left'
        and not payment.is_offline
        and exists (select 1 from {{ ref('payments') }} as any_payment where any_payment.is_processor)

    union all
    select
        'payment_without_order', 'orders', null, 'payments', payment_key, 'unmatched_right',
        0, amount, currency, match_reason
    from {{ ref('payments') }}
    where is_counted and order_key is null and invoice_id is null

    union all
    select
        'order_amount', 'orders', orders.order_key, 'payments', null,
        case when paid.payments > 1 then 'many_to_one' else 'conflict' end,
        orders.presentment_total, paid.amount, paid.currency,
        case when paid.amount < orders.presentment_total then 'paid less than the order comes to' else 'paid more than the order comes to' end
    from orders
    inner join paid on paid.order_key = orders.order_key and paid.currency = orders.presentment_currency
    where abs(paid.amount - orders.presentment_total) > {{ tolerance }}

    union all
    select
        'payment_currency', 'orders', orders.order_key, 'payments', null, 'conflict',
        orders.presentment_total, paid.amount, paid.currency, 'paid in another currency than the order was placed in'
    from orders
    inner join paid on paid.order_key = orders.order_key
    where paid.currency <> orders.presentment_currency

    union all
    select
        'order_refunded', 'orders', orders.order_key, 'refunds', null, 'conflict',
        orders.refunded, coalesce(refunded.amount, 0), orders.currency,
        case when refunded.amount is null then 'the shop says refunded, no refund is known'
            else 'the refunds do not add up to what the order says' end
    from orders
    left join refunded on refunded.order_key = orders.order_key
    where orders.currency = orders.presentment_currency
        and abs(coalesce(orders.refunded, 0) - coalesce(refunded.amount, 0)) > {{ tolerance }}

    union all
    select
        'payout_items', 'payouts', payout_key, 'payout_items', null, 'conflict', net, items_net, currency,
        'the items do not add up to the payout'
    from {{ ref('payouts') }}
    where items > 0 and abs(net - items_net) > {{ tolerance }}

    union all
    select
        'payout_without_items', 'payouts', payout_key, 'payout_items', null, 'unmatched_left', net, 0, currency,
        'no items of the payout are known'
    from {{ ref('payouts') }} where items = 0

    union all
    select
        'duplicated_order', 'orders', mirrors_order_key, 'orders', order_key,
        case mirror_rule when 'number' then 'exact' else 'tolerance' end, 0, coalesce(presentment_total, total),
        coalesce(presentment_currency, currency),
        platform || ' repeats the order: ' || case mirror_rule when 'number' then 'the same number, id or reference'
            else 'the same person and amount within days' end
    from {{ ref('orders') }} where mirrors_order_key is not null

    -- Asked only where the bookings of a bank in the same currency reach past the payout's arrival.
    union all
    select
        'payout_not_in_bank', 'payouts', payout_key, 'bank_transactions', null, 'unmatched_left', net, 0, payouts.currency,
        'no booking on a connected bank account fits the payout in amount, day and text'
    from {{ ref('payouts') }} as payouts
    inner join (
        select currency, min(booked_on) as first_day, max(booked_on) as last_day
        from {{ ref('bank_transactions') }} where direction = 'in' group by currency
    ) as banks
        on banks.currency = payouts.currency and payouts.arrival_date >= banks.first_day
        and {{ days_after('payouts.arrival_date', 7) }} <= banks.last_day
    where bank_transaction_id is null and net > 0 and status = 'paid'

    -- Amounts that are missing from every sum in the base currency; the key is the currency.
    {%- for entity, amount, day, counted in [
        ('orders', 'total', utc_date('placed_at'), 'not is_test'), ('payments', 'amount', utc_date('processed_at'), 'is_counted'),
        ('refunds', 'amount', utc_date('processed_at'), 'is_counted'), ('campaign_performance_daily', 'spend', 'date_day', 'true'),
    ] %}
    union all
    select
        'no_exchange_rate', '{{ entity }}', currency, 'exchange_rates', null, 'unmatched_left', sum({{ amount }}), 0, currency,
        'no rate to ' || max(base_currency) || ' for ' || count(*) || ' rows between '
            || cast(min({{ day }}) as text) || ' and ' || cast(max({{ day }}) as text)
    from {{ ref(entity) }}
    where {{ counted }} and {{ amount }} <> 0 and fx_rate is null and currency is not null
    group by currency
    {%- endfor %}
)

select
    {{ key_of(['check_name', 'left_entity', 'left_key', 'right_key', 'currency']) }} as result_id,
    check_name,
    left_entity, left_key, right_entity, right_key,
    match_type,
    {{ amount('expected') }} as expected,
    {{ amount('actual') }} as actual,
    {{ amount('actual - expected') }} as difference,
    {{ tolerance }} as tolerance,
    currency,
    cast(null as double precision) as confidence,
    'open' as status,
    cast(null as text) as resolved_by,
    cast(null as timestamp with time zone) as resolved_at,
    reason,
    '{{ invocation_id }}' as run_id
from findings
