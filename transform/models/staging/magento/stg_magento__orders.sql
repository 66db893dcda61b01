select
    {{ origin('magento', 'orders') }},
    entity_id as source_record_id,
    increment_id as order_number,
    ---------- who
    customer_id as source_customer_id,
    customer_email as email,
    {{ json_text('billing_address', 'telephone') }} as phone,
    store_name as channel,
    false as is_test, -- Magento does not tell
    ---------- state
    created_at as placed_at,
    case when state in ('canceled') then updated_at end as cancelled_at,
    case state when 'canceled' then 'cancelled' when 'complete' then 'closed' when 'closed' then 'closed' else 'open' end as status,
    case
        when total_refunded >= total_paid and total_refunded > 0 then 'refunded'
        when total_refunded > 0 then 'partially_refunded'
        when total_paid >= grand_total and grand_total > 0 then 'paid'
        when total_paid > 0 then 'partially_paid'
        else 'pending'
    end as financial_status,
    case when state = 'complete' then 'fulfilled' else 'unfulfilled' end as fulfilment_status,
    ---------- money, in the currency that the shopper paid; Magento writes a discount below zero
    order_currency_code as currency,
    subtotal,
    abs(discount_amount) as discount,
    shipping_amount as shipping,
    tax_amount as tax,
    cast(null as numeric(38,9)) as tip, -- Magento has none
    grand_total as total,
    coalesce(total_refunded, 0) as refunded,
    order_currency_code as presentment_currency,
    grand_total as presentment_total,
    ---------- where it came from: Magento tells nothing
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('magento', 'orders') }} as orders
