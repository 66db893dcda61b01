-- What a payment is called elsewhere: Razorpay's ids, the receipt, and what integrations write into the notes.
with payments as (
    select payment.*, orders.receipt, orders.notes as order_notes
    from {{ raw('razorpay', 'payments') }} as payment
    left join {{ raw('razorpay', 'orders') }} as orders
        on orders.id = payment.order_id and orders._connection_id = payment._connection_id
),

named as (
    select payments.*, 'processor_id' as ref_type, id as value from payments
    union all
    select payments.*, 'processor_id', order_id from payments
    union all
    select payments.*, 'order_id', receipt from payments
    union all
    select payments.*, 'order_number', receipt from payments
    {% for ref_type, names in {'order_id': ['order_id'] + reference_names('order').values() | sum(start=[]), 'order_number': ['woocommerce_order_number', 'order_number', 'merchant_order_id']}.items() %}
    {% for name in names %}
    union all
    select payments.*, '{{ ref_type }}', coalesce({{ json_text('notes', name) }}, {{ json_text('order_notes', name) }}) from payments
    {% endfor %}
    {% endfor %}
)

select distinct
    {{ origin('razorpay', 'payments') }},
    id as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
