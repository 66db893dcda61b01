-- What was sold, paid and refunded per day (UTC), platform and currency; each on the day it happened.
with happened as (
    select {{ utc_date('placed_at') }} as date_day, platform, currency, 1 as orders, total as ordered,
        {{ amount('0') }} as paid, {{ amount('0') }} as refunded, {{ amount('0') }} as fees
    from {{ ref('orders') }} where not is_test and cancelled_at is null

    union all
    select {{ utc_date('processed_at') }}, platform, currency, 0, {{ amount('0') }}, amount, {{ amount('0') }}, {{ amount('0') }}
    from {{ ref('payments') }} where is_counted

    union all
    -- Fees are taken in the currency of settlement, which need not be the payment's.
    select {{ utc_date('processed_at') }}, platform, settlement_currency, 0, {{ amount('0') }}, {{ amount('0') }}, {{ amount('0') }}, fee
    from {{ ref('payments') }} where is_counted and fee is not null

    union all
    select {{ utc_date('processed_at') }}, platform, currency, 0, {{ amount('0') }}, {{ amount('0') }}, amount, {{ amount('0') }}
    from {{ ref('refunds') }} where is_counted
)

select
    date_day,
    platform,
    currency,
    sum(orders) as orders,
    sum(ordered) as ordered,
    sum(paid) as paid,
    sum(refunded) as refunded,
    sum(fees) as fees
from happened
where date_day is not null and currency is not null
group by date_day, platform, currency
