-- What a payment is called elsewhere: its own id, the acquirer's reference, and the names that a shop gave to it or its order.
with payments as (
    select payment.*, sale."externalReferenceId" as order_reference
    from {{ raw('clover', 'payments') }} as payment
    left join {{ raw('clover', 'orders') }} as sale
        on sale.id = {{ json_text('payment."order"', 'id') }} and sale._connection_id = payment._connection_id
),

named as (
    select payments.*, 'processor_id' as ref_type, id as value from payments
    union all
    select payments.*, 'processor_id', {{ json_text('"cardTransaction"', 'referenceId') }} from payments
    {% for ref_type in ['order_id', 'order_number'] %}
    {% for column in ['"externalPaymentId"', '"externalReferenceId"', 'order_reference'] %}
    union all
    select payments.*, '{{ ref_type }}', {{ column }} from payments
    {% endfor %}
    {% endfor %}
)

select distinct
    {{ origin('clover', 'payments') }},
    id as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
