-- Which shop payments only repeat a processor's own record of the same money.
{{ config(meta={'tells': ['payment_key']}) }}
with payments as (
    select payment.*, coalesce(payment.own_order_key, match.order_key) as order_key
    from {{ ref('int_payments') }} as payment
    left join {{ ref('int_payment_matches') }} as match on match.payment_key = payment.payment_key
    where payment.deleted_at is null
),

shop as {{ once() }} (select * from payments where not is_processor and not is_booking and order_key is not null),

processor as {{ once() }} (select * from payments where is_processor and order_key is not null),

referred as {{ once() }} (
    select
        shop.payment_key, processor.payment_key as mirrors_payment_key,
        row_number() over (
            partition by shop.payment_key
            order by case when processor.status = shop.status then 0 else 1 end, processor.processed_at desc, processor.payment_key
        ) as place
    from shop
    inner join {{ ref('int_payment_references') }} as elsewhere
        on elsewhere.payment_key = shop.payment_key and elsewhere.ref_type = 'processor_id'
    inner join {{ ref('int_payment_references') }} as own
        on own.ref_type = 'processor_id' and own.value = elsewhere.value
    inner join processor on processor.payment_key = own.payment_key
    where processor.status = shop.status or shop.status <> 'succeeded'
),

-- Without a reference: the same order, amount, currency and outcome, first to first, second to second.
unreferred_shop as (
    select *, row_number() over (partition by order_key, currency, amount, status, kind order by processed_at, payment_key) as place
    from shop
    where not exists (select 1 from referred where referred.payment_key = shop.payment_key and place = 1)
        and not coalesce(is_offline, false)
),

unreferred_processor as (
    select *, row_number() over (partition by order_key, currency, amount, status order by processed_at, payment_key) as place
    from processor
    where not exists (select 1 from referred where referred.mirrors_payment_key = processor.payment_key and place = 1)
)

select payment_key, mirrors_payment_key from referred where place = 1
union all
select shop.payment_key, processor.payment_key
from unreferred_shop as shop
inner join unreferred_processor as processor
    on processor.order_key = shop.order_key and processor.currency = shop.currency and processor.amount = shop.amount
    and processor.status = shop.status and processor.place = shop.place
