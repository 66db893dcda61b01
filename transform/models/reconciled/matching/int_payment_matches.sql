-- Which order a processor's payment pays. A shared reference decides before metadata, metadata before likeness.
with orders as (
    select *, upper({{ replace_all('order_number', '[^A-Za-z0-9]') }}) as number_norm,
        regexp_replace(source_record_id, '^.*/', '') as id_norm
    from {{ ref('int_orders') }}
    where deleted_at is null and order_key not in (select order_key from {{ ref('int_order_mirrors') }})
),

payments as (select * from {{ ref('int_payments') }} where is_processor and deleted_at is null),

named as (select * from {{ ref('int_payment_references') }}),

by_reference as (
    select payments.payment_key, orders.order_key, 1 as tier, 'shared_reference' as match_rule
    from payments
    inner join named as own on own.payment_key = payments.payment_key and own.ref_type = 'processor_id'
    inner join named as elsewhere
        on elsewhere.ref_type = 'processor_id' and elsewhere.value = own.value and elsewhere.payment_key <> own.payment_key
    inner join {{ ref('int_payments') }} as shop on shop.payment_key = elsewhere.payment_key and not shop.is_processor
    inner join orders on orders.order_key = shop.own_order_key
),

by_metadata as (
    select payments.payment_key, orders.order_key, 2 as tier, 'metadata_' || named.ref_type as match_rule
    from payments
    inner join named on named.payment_key = payments.payment_key
    inner join orders
        on payments.currency in (orders.presentment_currency, orders.currency)
        and ((named.ref_type = 'order_id' and orders.id_norm = named.value)
            or (named.ref_type = 'order_number' and orders.number_norm = named.value))
),

said as (
    select
        by_name.payment_key, by_name.order_key, by_name.match_rule,
        row_number() over (
            partition by by_name.payment_key
            order by by_name.tier,
                case when payments.amount in (orders.presentment_total, orders.total) then 0 else 1 end,
                abs({{ hours_between('orders.placed_at', 'payments.processed_at') }}), by_name.match_rule, by_name.order_key
        ) as place
    from (select * from by_reference union select * from by_metadata) as by_name
    inner join payments on payments.payment_key = by_name.payment_key
    inner join orders on orders.order_key = by_name.order_key
),

-- Orders that other money has paid already, and payments that pay something else, are not up for likeness. What the books say was
-- paid in cash may be what the shop says, so that the larger sum of the two counts.
offline as (
    select order_key, max(amount) as amount
    from (
        select own_order_key as order_key, is_booking, sum(amount) as amount
        from {{ ref('int_payments') }}
        where not is_processor and status = 'succeeded' and kind in ('sale', 'capture') and deleted_at is null
            and is_offline
        group by own_order_key, is_booking
    ) as written_down
    group by order_key
),

open_orders as (
    select orders.*, coalesce(offline.amount, 0) as paid_offline
    from orders
    left join offline on offline.order_key = orders.order_key
    where not coalesce(orders.is_test, false) and orders.total > 0
        and coalesce(offline.amount, 0) < orders.presentment_total
        and orders.order_key not in (
            select said.order_key from said
            inner join payments on payments.payment_key = said.payment_key
            where said.place = 1 and payments.status = 'succeeded'
        )
),

open_payments as (
    select * from payments
    where status = 'succeeded' and source_invoice_id is null
        and payment_key not in (select payment_key from said where place = 1)
),

alike as (
    select
        open_payments.payment_key, open_orders.order_key,
        abs({{ hours_between('open_orders.placed_at', 'open_payments.processed_at') }}) as distance,
        open_payments.email_norm = open_orders.email_norm or open_payments.customer_key = open_orders.customer_key as same_person,
        open_payments.email_norm is null and open_payments.customer_key is null
            or open_orders.email_norm is null and open_orders.customer_key is null as nobody_named
    from open_payments
    inner join open_orders
        on ((open_payments.currency = open_orders.presentment_currency
                and open_payments.amount = open_orders.presentment_total - open_orders.paid_offline)
            or (open_payments.currency = open_orders.currency and open_payments.amount = open_orders.total))
        and {{ hours_between('open_orders.placed_at', 'open_payments.processed_at') }}
            between -{{ var('payment_hours_before_order') }} and {{ var('payment_hours_after_order') }}
),

persons as (select payment_key as left_key, order_key as right_key, -distance as weight from alike where same_person),

{{ one_to_one('by_person', 'persons') }},

strangers as (
    select payment_key, order_key,
        count(*) over (partition by payment_key) as orders_alike, count(*) over (partition by order_key) as payments_alike
    from alike
    where nobody_named and not coalesce(same_person, false)
        and payment_key not in (select left_key from by_person) and order_key not in (select right_key from by_person)
)

select payment_key, order_key, match_rule,
    case when match_rule = 'shared_reference' then 'exact' else 'rule' end as match_type
from said where place = 1
union all
select left_key, right_key, 'amount_time_person', 'tolerance' from by_person
union all
select payment_key, order_key, 'amount_time_unique', 'tolerance' from strangers where orders_alike = 1 and payments_alike = 1
