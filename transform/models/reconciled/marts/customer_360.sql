-- One row per living customer: who they are, what they bought, what they paid, where they are known.
{{ config(meta={'key': 'customer_key', 'covered': {'customer_identities': 'int_customer_members'}}) }}
{{ touched([told('int_customer_members', 'customer_key'), told('customers', 'customer_key'), told('orders', 'customer_key'), told('payments', 'customer_key')]) }}
with bought as (
    select
        customer_key, currency,
        count(*) as orders,
        sum(total) as ordered,
        sum(refunded) as refunded,
        sum(net) as net,
        min(placed_at) as first_order_at,
        max(placed_at) as last_order_at
    from {{ ref('orders') }}
    where customer_key is not null and is_counted and {{ only('customer_key') }}
    group by customer_key, currency
),

-- Amounts of different currencies are never added: the currency a customer spends most orders in is shown, others are counted.
in_base as (
    select
        customer_key, sum(total_base) as ordered_base, sum(refunded_base) as refunded_base, sum(net_base) as net_base,
        count(case when net_base is null and net <> 0 then 1 end) as orders_without_rate
    from {{ ref('orders') }}
    where customer_key is not null and is_counted and {{ only('customer_key') }}
    group by customer_key
),

channels as (
    select customer_key, {{ listed('channel') }} as channels
    from (
        select distinct customer_key, channel from {{ ref('orders') }}
        where channel is not null and customer_key is not null and is_counted and {{ only('customer_key') }}
    ) as seen
    group by customer_key
),

mainly as (
    select *,
        row_number() over (partition by customer_key order by orders desc, net desc, currency) as place,
        count(*) over (partition by customer_key) as currencies,
        sum(orders) over (partition by customer_key) as all_orders
    from bought
),

payments as (
    select customer_key, count(*) as payments, count(case when order_key is null then 1 end) as payments_without_order
    from {{ ref('payments') }} where is_counted and customer_key is not null and {{ only('customer_key') }} group by customer_key
),

known as (
    select customer_key, {{ listed('platform') }} as platforms
    from (select distinct customer_key, platform from {{ ref('customer_identities') }} where is_current and {{ only('customer_key') }}) as seen
    group by customer_key
)

select
    customer.customer_key,
    customer.type,
    customer.full_name,
    customer.email,
    customer.phone_e164,
    customer.city,
    customer.country_code,
    customer.company,
    customer.consent_email,
    customer.consent_sms,
    known.platforms,
    customer.record_count,
    coalesce(mainly.all_orders, 0) as orders,
    mainly.currency,
    coalesce(mainly.currencies, 0) as currencies,
    coalesce(mainly.ordered, 0) as ordered,
    coalesce(mainly.refunded, 0) as refunded,
    coalesce(mainly.net, 0) as lifetime_value,
    {{ amount('coalesce(in_base.ordered_base, 0)') }} as ordered_base,
    {{ amount('coalesce(in_base.refunded_base, 0)') }} as refunded_base,
    {{ amount('coalesce(in_base.net_base, 0)') }} as lifetime_value_base,
    coalesce(in_base.orders_without_rate, 0) as orders_without_rate,
    channels.channels,
    mainly.first_order_at,
    mainly.last_order_at,
    coalesce(payments.payments, 0) as payments,
    coalesce(payments.payments_without_order, 0) as payments_without_order,
    customer.first_seen_at,
    customer.last_seen_at
from {{ ref('customers') }} as customer
left join mainly on mainly.customer_key = customer.customer_key and mainly.place = 1
left join in_base on in_base.customer_key = customer.customer_key
left join channels on channels.customer_key = customer.customer_key
left join payments on payments.customer_key = customer.customer_key
left join known on known.customer_key = customer.customer_key
where customer.status = 'active' and {{ only('customer.customer_key') }}
