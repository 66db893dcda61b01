select
    {{ origin('amazon_seller', 'orders') }},
    "orderId" as source_record_id,
    "orderId" as order_number,
    ---------- who: only where the application may see it
    cast(null as text) as source_customer_id, -- Amazon gives buyers no id
    {{ json_text('buyer', 'buyerEmail') }} as email, -- one that Amazon forwards
    {{ json_text('recipient', 'deliveryAddress', 'phone') }} as phone,
    case when {{ json_text('"salesChannel"', 'channelName') }} = 'NON_AMAZON' then 'other' else 'amazon' end as channel,
    false as is_test,
    ---------- state
    "createdTime" as placed_at,
    case when fulfillment_status = 'CANCELLED' then "lastUpdatedTime" end as cancelled_at,
    case fulfillment_status when 'CANCELLED' then 'cancelled' when 'SHIPPED' then 'closed' else 'open' end as status,
    case
        when fulfillment_status = 'CANCELLED' then 'voided'
        when fulfillment_status in ('PENDING', 'PENDING_AVAILABILITY') then 'pending'
        else 'paid'
    end as financial_status,
    case fulfillment_status
        when 'SHIPPED' then 'fulfilled'
        when 'PARTIALLY_SHIPPED' then 'partial'
        else 'unfulfilled'
    end as fulfilment_status,
    ---------- money
    currency,
    {{ amazon_seller_breakdown('proceeds', 'ITEM') }} as subtotal,
    -{{ amazon_seller_breakdown('proceeds', 'DISCOUNT') }} as discount,
    {{ amazon_seller_breakdown('proceeds', 'SHIPPING') }} as shipping,
    {{ amazon_seller_breakdown('proceeds', 'TAX') }} as tax,
    {{ amazon_seller_breakdown('proceeds', 'DELIVERY_TIP') }} as tip,
    grand_total as total,
    cast(null as numeric(38,9)) as refunded, -- known through the transactions
    currency as presentment_currency,
    grand_total as presentment_total,
    ---------- where it came from: Amazon tells nothing
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    "lastUpdatedTime" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('amazon_seller', 'orders') }} as orders
