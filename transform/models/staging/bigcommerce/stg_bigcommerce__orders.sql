-- An order of the status Incomplete is a checkout that was never paid, and no order.
with source as (select * from {{ raw('bigcommerce', 'orders') }} as orders where status_id <> '0')

select
    {{ origin('bigcommerce', 'orders') }},
    id as source_record_id,
    id as order_number,
    ---------- who
    nullif(customer_id, '0') as source_customer_id, -- 0 is a guest
    nullif({{ json_text('billing_address', 'email') }}, '') as email,
    nullif({{ json_text('billing_address', 'phone') }}, '') as phone,
    order_source as channel,
    lower(coalesce(payment_method, '')) = 'test payment gateway' as is_test,
    ---------- state
    date_created as placed_at,
    case when status_id in ('5', '6') then date_modified end as cancelled_at, -- cancelled, declined
    case when status_id in ('5', '6') then 'cancelled' when status_id = '10' then 'closed' else 'open' end as status,
    case
        when status_id = '4' then 'refunded'
        when status_id = '14' then 'partially_refunded'
        when payment_status in ('captured', 'paid', 'settled') then 'paid'
        when payment_status is null or payment_status = '' then 'pending'
        else payment_status
    end as financial_status,
    case
        when items_shipped > 0 and items_shipped >= items_total then 'fulfilled'
        when items_shipped > 0 then 'partial'
        else 'unfulfilled'
    end as fulfilment_status,
    ---------- money, in the currency that the shopper paid
    currency_code as currency,
    subtotal_ex_tax as subtotal,
    coalesce(discount_amount, 0) + coalesce(coupon_discount, 0) as discount,
    shipping_cost_ex_tax as shipping,
    total_tax as tax,
    cast(null as numeric(38,9)) as tip, -- BigCommerce has none
    total_inc_tax as total,
    refunded_amount as refunded,
    currency_code as presentment_currency,
    total_inc_tax as presentment_total,
    ---------- where it came from: BigCommerce tells nothing
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    date_modified as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
