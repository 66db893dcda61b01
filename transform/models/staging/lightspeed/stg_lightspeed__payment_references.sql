-- What a payment is called elsewhere: the payment service's and the gateway's names, and the shop's for the sale.
-- Lightspeed's own ids count from one and would meet others' by chance.
with payments as (
    select
        payment.*, charge."gatewayTransID" as gateway_id, sale."referenceNumber" as reference_number,
        sale."ticketNumber" as ticket_number
    from {{ raw('lightspeed', 'sale_payments') }} as payment
    left join {{ raw('lightspeed', 'cc_charges') }} as charge
        on charge."ccChargeID" = payment."ccChargeID" and charge._connection_id = payment._connection_id
    left join {{ raw('lightspeed', 'sales') }} as sale
        on sale."saleID" = payment."saleID" and sale._connection_id = payment._connection_id
    where payment.amount >= 0
),

named as (
    {% for ref_type, column in [
        ('processor_id', '"paymentID"'), ('processor_id', '"remoteReference"'), ('processor_id', 'gateway_id'),
        ('order_id', 'reference_number'), ('order_number', 'reference_number'), ('order_number', 'ticket_number'),
    ] %}
    select payments.*, '{{ ref_type }}' as ref_type, {{ column }} as value from payments
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select distinct
    {{ origin('lightspeed', 'sale_payments') }},
    "salePaymentID" as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
