-- What a payment is called elsewhere: its own GUID, and the names a partner gave to it or its order (`authority:name`).
with payments as (
    select payment.*, sale."externalId" as order_reference
    from {{ raw('toast', 'payments') }} as payment
    left join {{ raw('toast', 'orders') }} as sale
        on sale.guid = payment.order_guid and sale._connection_id = payment._connection_id
),

named as (
    select payments.*, 'processor_id' as ref_type, guid as value from payments
    {% for ref_type in ['order_id', 'order_number'] %}
    {% for column in ['"externalId"', 'order_reference'] %}
    union all
    select payments.*, '{{ ref_type }}', regexp_replace({{ column }}, '^[^:]*:', '') from payments
    {% endfor %}
    {% endfor %}
)

select distinct
    {{ origin('toast', 'payments') }},
    guid as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
