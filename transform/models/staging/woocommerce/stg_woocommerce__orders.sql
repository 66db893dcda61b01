-- A basket that was never sent in is kept as the draft of a checkout and is no order.
with source as (select * from {{ raw('woocommerce', 'orders') }} as orders where status not in ('checkout-draft', 'auto-draft')),

refunds as (
    select _connection_id, order_id, sum(amount) as amount
    from {{ raw('woocommerce', 'refunds') }} as refunds
    where _sdc_deleted_at is null
    group by _connection_id, order_id
),

-- The attribution that WooCommerce itself writes down since its version 8.5.
visits as (
    select
        source._connection_id, source.id,
        {% for name in ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] -%}
        max(case when {{ json_text('meta.item', 'key') }} = '_wc_order_attribution_{{ name }}' then {{ json_text('meta.item', 'value') }} end) as {{ name }},
        {% endfor -%}
        max(case when {{ json_text('meta.item', 'key') }} = '_wc_order_attribution_session_entry' then {{ json_text('meta.item', 'value') }} end) as landing_page
    from source
    {{ json_items('source.meta_data', 'meta') }}
    group by source._connection_id, source.id
)

select
    {{ origin('woocommerce', 'orders', from='source') }},
    source.id as source_record_id,
    source.number as order_number,
    ---------- who
    nullif(source.customer_id, '0') as source_customer_id, -- 0 is a guest
    nullif({{ json_text('source.billing', 'email') }}, '') as email,
    nullif({{ json_text('source.billing', 'phone') }}, '') as phone,
    coalesce(nullif(source.created_via, ''), 'checkout') as channel,
    source.payment_method = 'bogus' as is_test,
    ---------- state
    source.date_created_gmt as placed_at,
    case when source.status in ('cancelled', 'failed', 'trash') then source.date_modified_gmt end as cancelled_at,
    case when source.status in ('cancelled', 'failed', 'trash') then 'cancelled' when source.status = 'completed' then 'closed' else 'open' end as status,
    case
        when source.status = 'refunded' or refunds.amount >= source.total then 'refunded'
        when refunds.amount > 0 then 'partially_refunded'
        when source.date_paid_gmt is not null then 'paid'
        else 'pending'
    end as financial_status,
    case when source.status = 'completed' then 'fulfilled' else 'unfulfilled' end as fulfilment_status,
    ---------- money
    source.currency,
    source.total - source.total_tax - source.shipping_total as subtotal,
    source.discount_total as discount,
    source.shipping_total as shipping,
    source.total_tax as tax,
    cast(null as numeric(38,9)) as tip, -- WooCommerce has none
    source.total,
    coalesce(refunds.amount, 0) as refunded,
    source.currency as presentment_currency,
    source.total as presentment_total,
    ---------- where it came from
    visits.utm_source,
    visits.utm_medium,
    visits.utm_campaign,
    visits.utm_term,
    visits.utm_content,
    'gclid:' || {{ url_parameter('visits.landing_page', 'gclid') }} as click_ids,
    ---------- when
    source.date_modified_gmt as updated_at,
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
left join refunds on refunds.order_id = source.id and refunds._connection_id = source._connection_id
left join visits on visits.id = source.id and visits._connection_id = source._connection_id
