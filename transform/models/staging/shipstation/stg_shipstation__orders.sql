-- Orders as they came from the shops: copies, which their numbers give away. Amounts bear no currency there; shipments of the
-- same number tell it.
-- https://www.shipstation.com/docs/api/orders/list-orders/ https://docs.shipstation.com/openapi/shipments/list_shipments
with shipped as (
    select _connection_id, shipment_number, max(upper({{ json_text('amount_paid', 'currency') }})) as currency
    from {{ raw('shipstation', 'shipments') }} as shipments
    where _sdc_deleted_at is null
    group by _connection_id, shipment_number
)

select
    {{ origin('shipstation', 'orders', from='sale') }},
    sale."orderId" as source_record_id,
    sale."orderNumber" as order_number,
    ---------- who
    sale."customerId" as source_customer_id,
    sale."customerEmail" as email,
    coalesce({{ json_text('sale."billTo"', 'phone') }}, {{ json_text('sale."shipTo"', 'phone') }}) as phone,
    'shipstation' as channel,
    false as is_test,
    ---------- state
    coalesce(sale."orderDate", sale."createDate") as placed_at,
    case when sale."orderStatus" = 'cancelled' then sale."modifyDate" end as cancelled_at, -- ShipStation has no moment of cancellation
    case sale."orderStatus" when 'cancelled' then 'cancelled' when 'shipped' then 'closed' else 'open' end as status,
    case when sale."paymentDate" is not null then 'paid' when sale."orderStatus" = 'awaiting_payment' then 'pending' end as financial_status,
    case when sale."orderStatus" = 'shipped' then 'fulfilled' else 'unfulfilled' end as fulfilment_status,
    ---------- money
    shipped.currency,
    {{ amount('sale."orderTotal" - coalesce(sale."taxAmount", 0) - coalesce(sale."shippingAmount", 0)') }} as subtotal,
    cast(null as numeric(38,9)) as discount, -- a line of the order
    {{ amount('sale."shippingAmount"') }} as shipping,
    {{ amount('sale."taxAmount"') }} as tax,
    cast(null as numeric(38,9)) as tip, -- ShipStation has none
    {{ amount('sale."orderTotal"') }} as total,
    cast(null as numeric(38,9)) as refunded, -- ShipStation has none
    shipped.currency as presentment_currency,
    {{ amount('sale."orderTotal"') }} as presentment_total,
    ---------- where it came from: the shop knows
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    sale."modifyDate" as updated_at,
    sale._sdc_deleted_at as deleted_at,
    sale._sdc_extracted_at as _loaded_at
from {{ raw('shipstation', 'orders') }} as sale
left join shipped on shipped.shipment_number = sale."orderNumber" and shipped._connection_id = sale._connection_id
