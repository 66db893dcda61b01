-- Which payments of the books only repeat one that a processor moved or a shop wrote down.
{{ config(meta={'tells': ['payment_key']}) }}
with payments as {{ once() }} (
    select
        payment.payment_key as key, payment.is_booking, coalesce(payment.own_order_key, match.order_key) as order_key,
        payment.customer_key, payment.email_norm, payment.amount, payment.currency, payment.processed_at as moved_at
    from {{ ref('int_payments') }} as payment
    left join {{ ref('int_payment_matches') }} as match on match.payment_key = payment.payment_key
    where payment.deleted_at is null and payment.status = 'succeeded' and payment.kind in ('sale', 'capture')
        and not coalesce(payment.is_test, false)
        and not exists (select 1 from {{ ref('int_payment_mirrors') }} as mirror where mirror.payment_key = payment.payment_key)
),

bookings as {{ once() }} (select * from payments where is_booking),

originals as {{ once() }} (select * from payments where not is_booking),

named as (
    select distinct own.payment_key as booking_key, elsewhere.payment_key as original_key, true as by_id
    from {{ ref('int_payment_references') }} as own
    inner join {{ ref('int_payment_references') }} as elsewhere
        on elsewhere.ref_type = 'processor_id' and elsewhere.value = own.value
    where own.ref_type = 'processor_id'
),

{{ booking_mirrors('repeated', 'bookings', 'originals', 'named') }}

select booking_key as payment_key, original_key as mirrors_payment_key from repeated
