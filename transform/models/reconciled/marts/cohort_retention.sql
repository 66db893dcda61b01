-- Customers by the month of their first order, and what they bought in each month since.
with bought as (
    select customer_key, {{ month_of('placed_at') }} as month, net_base
    from {{ ref('orders') }}
    where customer_key is not null and is_counted and placed_at is not null
),

firsts as (select customer_key, min(month) as cohort_month from bought group by customer_key),

sizes as (select cohort_month, count(*) as customers from firsts group by cohort_month),

active as (
    select
        firsts.cohort_month, bought.month,
        count(distinct bought.customer_key) as active_customers, count(*) as orders, sum(bought.net_base) as net_base
    from bought inner join firsts on firsts.customer_key = bought.customer_key
    group by firsts.cohort_month, bought.month
)

select
    active.cohort_month,
    cast((extract(year from active.month) - extract(year from active.cohort_month)) * 12
        + extract(month from active.month) - extract(month from active.cohort_month) as integer) as months_since,
    sizes.customers,
    active.active_customers,
    {{ ratio('active.active_customers', 'sizes.customers') }} as retention,
    active.orders,
    active.net_base
from active
inner join sizes on sizes.cohort_month = active.cohort_month
