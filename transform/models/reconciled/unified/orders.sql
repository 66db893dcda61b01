{{ config(meta={
    'key': 'order_key', 'tells': {
        'order_key': 'order_key', 'customer_key': 'customer_key', 'record': named_record('order_id'),
    },
}) }}
{{ touched([
    told('int_orders', 'order_key'), told('payments', 'order_key'), told('int_order_mirrors', 'order_key'),
    told('order_attributions', 'order_key'),
    'select order_key from ' ~ ref('int_orders') ~ ' where ' ~ on_day('currency', utc_date('placed_at')) ~ ' in '
        ~ told('exchange_rates', 'day'),
]) }}
with orders as (select * from {{ ref('int_orders') }} where deleted_at is null and {{ only('order_key') }}),

-- One row per order: its payments are counted before they are joined, so that nothing multiplies.
paid as (
    select
        order_key,
        count(case when is_counted and is_processor then 1 end) as processor_payments,
        min(case when is_processor then case match_rule
            when 'shared_reference' then 1 when 'metadata_order_id' then 2 when 'metadata_order_number' then 3
            when 'amount_time_person' then 4 else 5 end end) as tier,
        min(case when is_counted and is_offline then gateway end) as offline_gateway,
        min(case when is_counted and not is_processor and not is_offline then gateway end) as other_gateway,
        count(case when is_counted then 1 end) as counted
    from {{ ref('payments') }}
    where order_key is not null and (is_counted or is_processor) and {{ only('order_key') }}
    group by order_key
),

processors as (select payments from {{ ref('int_processors') }}),

attributed as (select * from {{ ref('order_attributions') }} where model = 'last_touch')

select
    orders.order_key,
    orders.source_relation, orders.platform, orders.connection_id, orders.account_id,
    orders.source_record_id as order_id,
    orders.order_number,
    orders.customer_key,
    orders.customer_rule,
    orders.channel,
    coalesce(orders.is_test, false) as is_test,
    mirror.original_order_key as mirrors_order_key,
    mirror.rule as mirror_rule,
    mirror.mirrors_order_key is null and not coalesce(orders.is_test, false) and orders.cancelled_at is null as is_counted,
    orders.placed_at, orders.cancelled_at,
    orders.status, orders.financial_status, orders.fulfilment_status,
    ---------- money in the shop's currency
    orders.currency,
    orders.subtotal, orders.discount, orders.shipping, orders.tax, orders.tip, orders.total, orders.refunded,
    orders.total - coalesce(orders.refunded, 0) as net,
    orders.presentment_currency, orders.presentment_total,
    ---------- money in the base currency, by the rate of the day of the order
    {{ in_base('orders.total', 'orders.currency') }} as total_base,
    {{ in_base('orders.refunded', 'orders.currency') }} as refunded_base,
    {{ in_base('(orders.total - coalesce(orders.refunded, 0))', 'orders.currency') }} as net_base,
    {{ base_columns('orders.currency') }},
    ---------- where it came from
    orders.utm_source, orders.utm_medium, orders.utm_campaign, orders.utm_term, orders.utm_content, orders.click_ids,
    attributed.campaign_key as attributed_campaign_key,
    attributed.rule as attribution_rule,
    ---------- how it was paid
    case
        when paid.processor_payments > 1 then 'many_to_one'
        when paid.tier = 1 then 'exact'
        when paid.tier in (2, 3) then 'rule'
        when paid.tier > 3 then 'tolerance'
        else 'unmatched_left'
    end as match_type,
    case paid.tier when 1 then 'shared_reference' when 2 then 'metadata_order_id' when 3 then 'metadata_order_number'
        when 4 then 'amount_time_person' when 5 then 'amount_time_unique' end as match_rule,
    case
        when paid.tier is not null and paid.processor_payments = 0 then 'only failed or uncaptured payments'
        when paid.tier is not null then null
        when orders.is_test then 'test order'
        when mirror.mirrors_order_key is not null then 'repeats an order of another platform'
        when orders.total = 0 then 'nothing to pay'
        when paid.offline_gateway is not null and paid.other_gateway is null
            then 'paid outside the processor: ' || paid.offline_gateway
        when processors.payments = 0 then 'no payment processor is connected'
        when orders.financial_status in ('pending', 'voided', 'expired', 'authorized') then 'not paid: ' || orders.financial_status
        when paid.counted > 0 then 'the ' || case when {{ standing('orders.platform') }} = 5 then 'books say' else 'shop says' end
            || ' paid by ' || paid.other_gateway || ', but no connected processor has the payment'
        when orders.cancelled_at is not null then 'cancelled'
        else 'no payment has this reference or number, nor this amount, currency, time and person'
    end as match_reason,
    orders._loaded_at,
    '{{ invocation_id }}' as run_id
from orders
cross join processors
left join paid on paid.order_key = orders.order_key
left join {{ ref('int_order_mirrors') }} as mirror on mirror.order_key = orders.order_key
left join attributed on attributed.order_key = orders.order_key
{{ rate_join('orders.currency', utc_date('orders.placed_at')) }}
