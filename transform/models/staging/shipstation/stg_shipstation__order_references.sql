-- The id that the shop gave the order, which shipments of its number bear.
select distinct
    {{ origin('shipstation', 'orders', from='sale') }},
    sale."orderId" as source_record_id,
    shipment.external_order_id as value,
    sale._sdc_deleted_at as deleted_at,
    sale._sdc_extracted_at as _loaded_at
from {{ raw('shipstation', 'orders') }} as sale
inner join {{ raw('shipstation', 'shipments') }} as shipment
    on shipment.shipment_number = sale."orderNumber" and shipment._connection_id = sale._connection_id
where shipment.external_order_id <> '' and shipment._sdc_deleted_at is null
