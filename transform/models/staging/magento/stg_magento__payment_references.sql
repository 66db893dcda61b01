-- Every id that a processor gave a transaction of the order.
select distinct
    {{ origin('magento', 'orders', from='transaction') }},
    transaction.order_id as source_record_id,
    'processor_id' as ref_type,
    -- Magento adds what was done to a processor's id: pi_123-capture
    regexp_replace(transaction.txn_id, '-(capture|refund|void|authorization)$', '') as value,
    transaction._sdc_deleted_at as deleted_at,
    transaction._sdc_extracted_at as _loaded_at
from {{ raw('magento', 'transactions') }} as transaction
inner join {{ raw('magento', 'orders') }} as orders
    on orders.entity_id = transaction.order_id and orders._connection_id = transaction._connection_id and orders.total_paid > 0
where transaction.txn_id <> ''
