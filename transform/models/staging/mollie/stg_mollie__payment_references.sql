-- What a payment is called elsewhere: its ids, the order in the metadata, and the shop's words in the description.
with payments as (select * from {{ raw('mollie', 'payments') }} as payments),

named as (
    select payments.*, 'processor_id' as ref_type, id as value from payments
    union all
    select payments.*, 'processor_id', "orderId" from payments
    {% for ref_type, names in {'order_id': ['order_id', 'orderId'] + reference_names('order').values() | sum(start=[]), 'order_number': ['order_number', 'orderNumber', 'order_id', 'order']}.items() %}
    {% for name in names %}
    union all
    select payments.*, '{{ ref_type }}', {{ json_text('metadata', name) }} from payments
    {% endfor %}
    {% endfor %}
    union all
    -- shops write "Order 1001" or the number alone
    select payments.*, 'order_number', regexp_replace(lower(description), '^(order|bestelling|commande|bestellung) +', '') from payments
)

select distinct
    {{ origin('mollie', 'payments') }},
    id as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
