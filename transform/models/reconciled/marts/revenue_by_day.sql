-- What was sold, paid and refunded per day (UTC), platform and currency; each on the day it happened.
with happened as (
    select {{ utc_date('placed_at') }} as date_day, platform, currency, 1 as orders, total as ordered,
        {{ amount('0') }} as paid, {{ amount('0') }} as refunded, {{ amount('0') }} as fees
    from {{ ref('orders') }} where is_counted

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
    happened.date_day,
    platform,
    happened.currency,
    sum(orders) as orders,
    sum(ordered) as ordered,
    sum(paid) as paid,
    sum(refunded) as refunded,
    sum(fees) as fees,
    {%- for column in ['ordered', 'paid', 'refunded', 'fees'] %}
    {{ in_base('sum(' ~ column ~ ')', 'happened.currency') }} as {{ column }}_base{{ ',' if not loop.last }}
    {%- endfor %}
from happened
{{ rate_join('happened.currency', 'happened.date_day') }}
where happened.date_day is not null and happened.currency is not null
group by happened.date_day, platform, happened.currency, fx.rate
