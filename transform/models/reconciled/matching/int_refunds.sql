-- Every refund with the payment that it gives back, the order, or the one that this repeats, and the customer.
{{ config(meta={'tells': ['refund_key', 'order_key']}) }}
with refunds as (
    select members.*, {{ record_key() }} as refund_key, {{ standing('platform') }} = 5 as is_booking
    from ({{ union_members('refunds') }}) as members
    where deleted_at is null
),

given as (
    select named.platform, named.connection_id, named.source_object, named.source_record_id, max(owners.customer_key) as customer_key
    from ({{ union_members('refund_references') }}) as named
    inner join {{ ref('int_record_owners') }} as owners
        on owners.platform = named.platform and owners.connection_id = named.connection_id and owners.source_record_id = named.value
    where named.ref_type = 'customer_id' and named.deleted_at is null
    group by named.platform, named.connection_id, named.source_object, named.source_record_id
)

select
    refund.*,
    payment.payment_key,
    coalesce(payment.order_key, repeated.original_order_key, orders.order_key) as order_key,
    coalesce(payment.customer_key, orders.customer_key, given.customer_key) as customer_key
from refunds as refund
left join {{ ref('payments') }} as payment
    on payment.platform = refund.platform
    and payment.connection_id = refund.connection_id
    and payment.payment_id = refund.source_payment_id
left join {{ ref('orders') }} as orders
    on orders.platform = refund.platform
    and orders.connection_id = refund.connection_id
    and orders.order_id = refund.source_order_id
left join {{ ref('int_order_mirrors') }} as repeated on repeated.order_key = orders.order_key
left join given
    on given.platform = refund.platform and given.connection_id = refund.connection_id
    and given.source_object = refund.source_object and given.source_record_id = refund.source_record_id
