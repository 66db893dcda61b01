-- What a payment is called elsewhere: Adyen's own reference and the one that the shop gave it.
with named as (
    select payments.*, 'processor_id' as ref_type, psp_reference as value from {{ raw('adyen', 'payments_accounting') }} as payments
    union all
    select payments.*, 'order_id', merchant_reference from {{ raw('adyen', 'payments_accounting') }} as payments
    union all
    select payments.*, 'order_number', merchant_reference from {{ raw('adyen', 'payments_accounting') }} as payments
)

select
    {{ origin('adyen', 'payments_accounting', account='merchant_account') }},
    psp_reference as source_record_id,
    ref_type,
    value,
    cast(null as timestamp with time zone) as deleted_at,
    max(_sdc_extracted_at) as _loaded_at
from named
where value <> '' and psp_reference is not null and _sdc_deleted_at is null
group by _connection_id, merchant_account, psp_reference, ref_type, value
