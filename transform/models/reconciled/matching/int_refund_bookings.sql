-- Which refunds of the books only repeat one that a processor made or a shop wrote down.
with refunds as (
    select
        refund_key as key, is_booking, platform, connection_id, source_object, source_record_id, source_payment_id, order_key,
        customer_key, cast(null as text) as email_norm, amount, currency, processed_at as moved_at
    from {{ ref('int_refunds') }} as refund
    where status = 'succeeded'
        and not exists (select 1 from {{ ref('int_refund_mirrors') }} as mirror where mirror.refund_key = refund.refund_key)
),

bookings as {{ once() }} (select * from refunds where is_booking),

originals as {{ once() }} (select * from refunds where not is_booking),

given as (
    select {{ record_key(from='members') }} as booking_key, ref_type, value, {{ order_name('value') }} as name
    from ({{ union_members('refund_references') }}) as members
    where deleted_at is null
),

named as (
    {%- for named in ['source_record_id', 'source_payment_id'] %}
    select given.booking_key, originals.key as original_key, true as by_id
    from given
    inner join originals on originals.{{ named }} = given.value
    where given.ref_type = 'processor_id'
    union
    {%- endfor %}
    select given.booking_key, originals.key, false
    from given
    inner join {{ ref('int_orders') }} as orders on {{ order_name('orders.order_number') }} = given.name
    inner join originals on originals.order_key = orders.order_key
    where given.ref_type = 'order_number'
),

{{ booking_mirrors('repeated', 'bookings', 'originals', 'named') }}

select booking_key as refund_key, original_key as mirrors_refund_key from repeated
