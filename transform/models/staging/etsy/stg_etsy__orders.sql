select
    {{ origin('etsy', 'receipts', object='orders') }},
    receipt_id as source_record_id,
    receipt_id as order_number,
    ---------- who
    buyer_user_id as source_customer_id,
    nullif(buyer_email, '') as email,
    cast(null as text) as phone, -- Etsy hides it
    'etsy' as channel,
    false as is_test,
    ---------- state
    {{ from_epoch('created_timestamp') }} as placed_at,
    case when lower(status) = 'canceled' then {{ from_epoch('updated_timestamp') }} end as cancelled_at,
    case lower(status) when 'canceled' then 'cancelled' when 'completed' then 'closed' else 'open' end as status,
    case
        when lower(status) = 'fully refunded' then 'refunded'
        when lower(status) = 'partially refunded' then 'partially_refunded'
        when is_paid then 'paid'
        else 'pending'
    end as financial_status,
    case when is_shipped then 'fulfilled' else 'unfulfilled' end as fulfilment_status,
    ---------- money
    {{ json_text('grandtotal', 'currency_code') }} as currency,
    {{ etsy_money('subtotal') }} as subtotal,
    {{ etsy_money('discount_amt') }} as discount,
    {{ etsy_money('total_shipping_cost') }} as shipping,
    {{ etsy_money('total_tax_cost') }} as tax,
    cast(null as numeric(38,9)) as tip, -- Etsy has none
    {{ etsy_money('grandtotal') }} as total,
    cast(null as numeric(38,9)) as refunded, -- the refunds stand in the receipt's list of them
    {{ json_text('grandtotal', 'currency_code') }} as presentment_currency,
    {{ etsy_money('grandtotal') }} as presentment_total,
    ---------- where it came from: Etsy tells nothing
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    {{ from_epoch('updated_timestamp') }} as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('etsy', 'receipts') }} as receipts
