-- What a payment is called elsewhere: PayPal's ids, and what the shop wrote into invoice id and custom field.
with payments as (
    select * from {{ raw('paypal', 'transactions') }} as transactions
    where transaction_event_code like 'T00%' and {{ amount(json_text('transaction_amount', 'value')) }} > 0
),

named as (
    select payments.*, 'processor_id' as ref_type, transaction_id as value from payments
    union all
    select payments.*, 'processor_id', paypal_reference_id from payments where paypal_reference_id_type in ('ODR', 'TXN')
    {% for ref_type in ['order_id', 'order_number'] %}
    {% for column in ['invoice_id', 'custom_field'] %}
    union all
    select payments.*, '{{ ref_type }}', {{ column }} from payments
    {% endfor %}
    {% endfor %}
)

select distinct
    {{ origin('paypal', 'transactions') }},
    transaction_id as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
