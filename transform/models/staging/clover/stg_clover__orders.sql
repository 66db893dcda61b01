with lines as (
    select _connection_id, order_id, sum(gross) as gross, sum(discount) as discount
    from ({{ clover_lines() }}) as line
    where _sdc_deleted_at is null
    group by _connection_id, order_id
),

discounts as (
    select _connection_id, order_id, -sum(amount) as amount, {{ clover_share() }} as share
    from {{ raw('clover', 'order_discounts') }} as order_discounts where _sdc_deleted_at is null
    group by _connection_id, order_id
),

-- Tips come on top of an order's total, and its tax is told by its payments alone.
payments as (
    select
        _connection_id, {{ json_text('"order"', 'id') }} as order_id,
        sum("tipAmount") as tip, sum("taxAmount") as tax
    from {{ raw('clover', 'payments') }} as payments where result in ('SUCCESS', 'AUTH', 'AUTH_COMPLETED')
    group by 1, 2
),

refunds as (
    select _connection_id, {{ json_text('"orderRef"', 'id') }} as order_id, sum(amount) as amount
    from {{ raw('clover', 'refunds') }} as refunds
    where coalesce(status, 'SUCCESS') = 'SUCCESS' and not coalesce(voided, false)
    group by 1, 2
),

fees as (
    select source._connection_id, source.id, sum(cast({{ json_text('fee.item', 'amount') }} as bigint)) as amount
    from {{ raw('clover', 'orders') }} as source
    {{ json_items(json_at('source."additionalCharges"', 'elements'), 'fee') }}
    where {{ json_text('fee.item', 'type') }} = 'DELIVERY_FEE'
    group by source._connection_id, source.id
)

select
    {{ origin('clover', 'orders', from='source') }},
    source.id as source_record_id,
    source.title as order_number,
    ---------- who
    {{ json_text('source.customers', 'elements', 0, 'id') }} as source_customer_id,
    cast(null as text) as email, -- known through the customer
    cast(null as text) as phone, -- known through the customer
    'Clover' as channel, -- an app that places orders is not named
    coalesce(source."testMode", false) as is_test,
    ---------- state
    {{ clover_moment('source."createdTime"') }} as placed_at,
    {{ clover_moment('source."deletedTimestamp"') }} as cancelled_at,
    case when source."deletedTimestamp" is not null then 'cancelled' when lower(source.state) = 'locked' then 'closed' else 'open' end as status,
    case source."paymentState" when 'OPEN' then 'pending' when 'CREDITED' then 'refunded' else lower(source."paymentState") end as financial_status,
    cast(null as text) as fulfilment_status, -- Clover tells none
    ---------- money
    source.currency,
    {{ money('coalesce(lines.gross - lines.discount, 0) - coalesce(discounts.amount, 0)'
        ~ ' - round(coalesce(lines.gross - lines.discount, 0) * coalesce(discounts.share, 0))') }} as subtotal,
    {{ money('coalesce(lines.discount, 0) + coalesce(discounts.amount, 0)'
        ~ ' + round(coalesce(lines.gross - lines.discount, 0) * coalesce(discounts.share, 0))') }} as discount,
    {{ money('coalesce(fees.amount, 0)') }} as shipping,
    {{ money('payments.tax') }} as tax,
    {{ money('coalesce(payments.tip, 0)') }} as tip,
    {{ money('source.total + coalesce(payments.tip, 0)') }} as total,
    {{ money('coalesce(refunds.amount, 0)') }} as refunded,
    source.currency as presentment_currency,
    {{ money('source.total + coalesce(payments.tip, 0)') }} as presentment_total,
    ---------- where it came from: Clover tells nothing
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    {{ clover_moment('source."modifiedTime"') }} as updated_at,
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from {{ raw('clover', 'orders') }} as source
left join lines on lines.order_id = source.id and lines._connection_id = source._connection_id
left join discounts on discounts.order_id = source.id and discounts._connection_id = source._connection_id
left join payments on payments.order_id = source.id and payments._connection_id = source._connection_id
left join refunds on refunds.order_id = source.id and refunds._connection_id = source._connection_id
left join fees on fees.id = source.id and fees._connection_id = source._connection_id
left join {{ ref('currencies') }} as currency on currency.code = source.currency
