{# A return is an order of its own at Square; what it gives back stands in the refunds and is no sale. #}
{% macro square_orders(platform) %}
with source as (
    select * from {{ raw(platform, 'orders') }} as raw_rows
    where id not in (select order_id from {{ raw(platform, 'order_returns') }} as raw_rows where order_id is not null)
        or id in (select order_id from {{ raw(platform, 'order_line_items') }} as raw_rows where order_id is not null)
),

payments as (
    select
        _connection_id, order_id, max(buyer_email_address) as email, max(customer_id) as customer_id,
        sum(cast({{ json_text('refunded_money', 'amount') }} as bigint)) as refunded,
        bool_or(status = 'COMPLETED') as is_paid
    from {{ raw(platform, 'payments') }} as raw_rows
    where order_id is not null
    group by _connection_id, order_id
)

select
    {{ origin(platform, 'orders', from='source') }},
    source.id as source_record_id,
    source.reference_id as order_number, -- the seller's own number; Square counts none
    ---------- who
    coalesce(source.customer_id, payments.customer_id) as source_customer_id,
    payments.email,
    cast(null as text) as phone, -- known through the customer
    coalesce({{ json_text('source.source', 'name') }}, 'Square Point of Sale') as channel,
    false as is_test, -- the sandbox is a connection of its own
    ---------- state
    source.created_at as placed_at,
    case when source.state = 'CANCELED' then coalesce(source.closed_at, source.updated_at) end as cancelled_at,
    case source.state when 'COMPLETED' then 'closed' when 'CANCELED' then 'cancelled' else 'open' end as status,
    case
        when payments.refunded >= cast({{ json_text('source.total_money', 'amount') }} as bigint) and payments.refunded > 0 then 'refunded'
        when payments.refunded > 0 then 'partially_refunded'
        when payments.is_paid then 'paid'
        else 'pending'
    end as financial_status,
    lower({{ json_text('source.fulfillments', 0, 'state') }}) as fulfilment_status,
    ---------- money
    {{ json_text('source.total_money', 'currency') }} as currency,
    {{ money('cast(' ~ json_text('source.total_money', 'amount') ~ ' as bigint) - coalesce(cast('
        ~ json_text('source.total_tax_money', 'amount') ~ ' as bigint), 0) - coalesce(cast('
        ~ json_text('source.total_tip_money', 'amount') ~ ' as bigint), 0) - coalesce(cast('
        ~ json_text('source.total_service_charge_money', 'amount') ~ ' as bigint), 0)') }} as subtotal,
    {{ money(json_text('source.total_discount_money', 'amount')) }} as discount,
    cast(null as numeric(38,9)) as shipping, -- a service charge among others
    {{ money(json_text('source.total_tax_money', 'amount')) }} as tax,
    {{ money(json_text('source.total_tip_money', 'amount')) }} as tip,
    {{ money(json_text('source.total_money', 'amount')) }} as total,
    {{ money('coalesce(payments.refunded, 0)') }} as refunded,
    {{ json_text('source.total_money', 'currency') }} as presentment_currency,
    {{ money(json_text('source.total_money', 'amount')) }} as presentment_total,
    ---------- where it came from: Square tells nothing
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    source.updated_at,
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
left join payments on payments.order_id = source.id and payments._connection_id = source._connection_id
left join {{ ref('currencies') }} as currency on currency.code = {{ json_text('source.total_money', 'currency') }}
{% endmacro %}
