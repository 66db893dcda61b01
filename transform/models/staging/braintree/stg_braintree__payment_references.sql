-- What a payment is called elsewhere: Braintree's and PayPal's ids, and the order that the shop names.
with named as (
    select payments.*, 'processor_id' as ref_type, id as value from {{ raw('braintree', 'transactions') }} as payments
    union all
    -- shops keep the short id
    select payments.*, 'processor_id', "legacyId" from {{ raw('braintree', 'transactions') }} as payments
    {% for name in ['authorizationId', 'captureId', 'paymentId'] %}
    union all
    select payments.*, 'processor_id', {{ json_text('"paymentMethodSnapshot"', name) }} from {{ raw('braintree', 'transactions') }} as payments
    {% endfor %}
    {% for ref_type in ['order_id', 'order_number'] %}
    union all
    select payments.*, '{{ ref_type }}', "orderId" from {{ raw('braintree', 'transactions') }} as payments
    {% endfor %}
)

select distinct
    {{ origin('braintree', 'transactions', account='"merchantAccountId"') }},
    id as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
