with source as (
    select transactions.*, {{ amazon_seller_related('"relatedIdentifiers"', 'ORDER_ID') }} as order_id
    from {{ raw('amazon_seller', 'transactions') }} as transactions
    where "transactionType" = 'Shipment' and {{ amazon_seller_related('"relatedIdentifiers"', 'RELEASE_TRANSACTION_ID') }} is null
)

select
    {{ origin('amazon_seller', 'transactions') }},
    "transactionId" as source_record_id,
    'order_id' as ref_type,
    order_id as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
where order_id is not null
