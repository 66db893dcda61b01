-- Whatever in the reference of a booking may be a payment processor's id.
select
    payment.source_relation, payment.platform, payment.connection_id, payment.account_id, payment.source_object,
    payment.source_record_id,
    'processor_id' as ref_type,
    word.item as value,
    payment.deleted_at,
    payment._loaded_at
from {{ ref('stg_xero__payments') }} as payment
{{ id_words('payment.gateway_reference', 'word') }}
