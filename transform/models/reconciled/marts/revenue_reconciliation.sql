-- What was ordered on a day and what was paid for those orders, whenever that was, with the difference taken apart.
with paid as (
    select
        order_key, currency, sum(amount) as amount, sum(case when is_offline then amount else 0 end) as offline
    from {{ ref('payments') }} where is_counted and order_key is not null group by order_key, currency
),

by_order as (
    select
        orders.order_key, {{ utc_date('orders.placed_at') }} as date_day, orders.platform, orders.presentment_currency as currency,
        orders.presentment_total as ordered, coalesce(paid.amount, 0) as paid, coalesce(paid.offline, 0) as offline,
        orders.presentment_total - coalesce(paid.amount, 0) as difference,
        case
            when elsewhere.order_key is not null then 'other_currency'
            when orders.financial_status in ('pending', 'authorized', 'voided', 'expired') then 'not_paid'
            when paid.order_key is null then 'no_payment'
            else 'amount'
        end as cause
    from {{ ref('orders') }} as orders
    left join paid on paid.order_key = orders.order_key and paid.currency = orders.presentment_currency
    left join (select distinct paid.order_key from paid inner join {{ ref('orders') }} as orders
        on orders.order_key = paid.order_key and orders.presentment_currency <> paid.currency) as elsewhere
        on elsewhere.order_key = orders.order_key
    where orders.is_counted and orders.placed_at is not null
        and orders.presentment_currency is not null
)

select
    date_day,
    platform,
    currency,
    count(*) as orders,
    {{ amount('sum(ordered)') }} as ordered,
    {{ amount('sum(paid)') }} as paid,
    {{ amount('sum(offline)') }} as paid_offline,
    {{ amount('sum(difference)') }} as difference,
    {%- for cause in ['not_paid', 'no_payment', 'other_currency', 'amount'] %}
    {{ amount("sum(case when cause = '" ~ cause ~ "' then difference else 0 end)") }} as difference_{{ cause }},
    {%- endfor %}
    count(case when abs(difference) > {{ var('reconciliation_tolerance') }} then 1 end) as orders_that_differ
from by_order
group by date_day, platform, currency
