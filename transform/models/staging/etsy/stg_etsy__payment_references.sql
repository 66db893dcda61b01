select
    {{ origin('etsy', 'payments') }},
    payment_id as source_record_id,
    'order_id' as ref_type,
    receipt_id as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('etsy', 'payments') }} as payments
