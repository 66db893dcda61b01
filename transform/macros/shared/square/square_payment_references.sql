{# What a payment is called elsewhere: its own id, its order's, and the reference that the seller's shop gave it. #}
{% macro square_payment_references(platform) %}
with payments as (
    select payment.*, orders.reference_id as order_reference, orders.metadata as order_metadata
    from {{ raw(platform, 'payments') }} as payment
    left join {{ raw(platform, 'orders') }} as orders
        on orders.id = payment.order_id and orders._connection_id = payment._connection_id
),

named as (
    select payments.*, 'processor_id' as ref_type, id as value from payments
    union all
    select payments.*, 'processor_id', order_id from payments
    {% for name in reference_names('order').values() | sum(start=[]) %}
    union all
    select payments.*, 'order_id', {{ json_text('order_metadata', name) }} from payments
    {% endfor %}
    {% for ref_type in ['order_id', 'order_number'] %}
    {% for column in ['reference_id', 'order_reference'] %}
    union all
    select payments.*, '{{ ref_type }}', {{ column }} from payments
    {% endfor %}
    {% endfor %}
)

select distinct
    {{ origin(platform, 'payments') }},
    id as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
{% endmacro %}
