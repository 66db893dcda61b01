select
    {{ origin('bigcommerce', 'order_transactions') }},
    id as source_record_id,
    'processor_id' as ref_type,
    gateway_transaction_id as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('bigcommerce', 'order_transactions') }} as order_transactions
where gateway_transaction_id <> '' and event in ('purchase', 'authorization', 'capture', 'void', 'pending')
