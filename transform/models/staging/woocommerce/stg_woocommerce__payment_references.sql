select
    {{ origin('woocommerce', 'orders') }},
    id as source_record_id,
    'processor_id' as ref_type,
    transaction_id as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('woocommerce', 'orders') }} as orders
where transaction_id <> '' and date_paid_gmt is not null
