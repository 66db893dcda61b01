with lines as (
    select
        _connection_id, order_id,
        sum({{ mollie_value('"discountAmount"') }}) as discount,
        sum({{ mollie_value('"vatAmount"') }}) as tax,
        sum(case when type = 'shipping_fee' then {{ mollie_value('"totalAmount"') }} else 0 end) as shipping
    from {{ raw('mollie', 'order_lines') }} as order_lines
    where _sdc_deleted_at is null
    group by _connection_id, order_id
)

select
    {{ origin('mollie', 'orders', from='orders') }},
    orders.id as source_record_id,
    orders."orderNumber" as order_number,
    ---------- who
    cast(null as text) as source_customer_id, -- an order names no customer record
    {{ json_text('orders."billingAddress"', 'email') }} as email,
    {{ json_text('orders."billingAddress"', 'phone') }} as phone,
    cast(null as text) as channel, -- Mollie does not tell
    orders.mode = 'test' as is_test,
    ---------- state
    orders."createdAt" as placed_at,
    case when orders.status in ('canceled', 'expired') then coalesce(orders."canceledAt", orders."expiredAt") end as cancelled_at,
    case when orders.status in ('canceled', 'expired') then 'cancelled' when orders.status = 'completed' then 'closed' else 'open' end as status,
    case
        when {{ mollie_value('orders."amountRefunded"') }} >= {{ mollie_value('orders.amount') }} then 'refunded'
        when {{ mollie_value('orders."amountRefunded"') }} > 0 then 'partially_refunded'
        when orders.status in ('paid', 'shipping', 'completed') then 'paid'
        when orders.status = 'authorized' then 'authorized'
        else 'pending'
    end as financial_status,
    case orders.status when 'completed' then 'fulfilled' when 'shipping' then 'partially_fulfilled' else 'unfulfilled' end as fulfilment_status,
    ---------- money
    {{ json_text('orders.amount', 'currency') }} as currency,
    {{ mollie_value('orders.amount') }} - coalesce(lines.tax, 0) - coalesce(lines.shipping, 0) as subtotal,
    lines.discount,
    lines.shipping,
    lines.tax,
    cast(null as numeric(38,9)) as tip, -- Mollie has none
    {{ mollie_value('orders.amount') }} as total,
    coalesce({{ mollie_value('orders."amountRefunded"') }}, 0) as refunded,
    {{ json_text('orders.amount', 'currency') }} as presentment_currency,
    {{ mollie_value('orders.amount') }} as presentment_total,
    ---------- where it came from: Mollie does not tell
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    coalesce(orders."completedAt", orders."canceledAt", orders."paidAt", orders."createdAt") as updated_at,
    orders._sdc_deleted_at as deleted_at,
    orders._sdc_extracted_at as _loaded_at
from {{ raw('mollie', 'orders') }} as orders
left join lines on lines.order_id = orders.id and lines._connection_id = orders._connection_id
