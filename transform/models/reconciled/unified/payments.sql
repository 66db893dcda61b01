{{ config(meta={
    'key': 'payment_key', 'tells': {
        'payment_key': 'payment_key', 'order_key': 'order_key', 'customer_key': 'customer_key', 'record': named_record('payment_id'),
    },
}) }}
{{ touched([
    told('int_payments', 'payment_key'), told('int_payment_matches', 'payment_key'), told('int_payment_mirrors', 'payment_key'),
    told('int_payment_bookings', 'payment_key'),
    'select payment_key from ' ~ ref('int_payments') ~ ' where own_order_key in ' ~ told('int_orders', 'order_key'),
    'select payment_key from ' ~ ref('int_payment_matches') ~ ' where order_key in ' ~ told('int_orders', 'order_key'),
    'select payment_key from ' ~ ref('int_payments') ~ ' where ' ~ named_record('source_record_id') ~ ' in '
        ~ told_members('payout_items', 'payment'),
    'select payment_key from ' ~ ref('int_payments') ~ ' where ' ~ on_day('currency', utc_date('processed_at')) ~ ' in '
        ~ told('exchange_rates', 'day') ~ ' or ' ~ on_day('settlement_currency', utc_date('processed_at')) ~ ' in ' ~ told('exchange_rates', 'day'),
]) }}
with payments as (select * from {{ ref('int_payments') }} where deleted_at is null and {{ only('payment_key') }}),

payouts as (
    select platform, connection_id, source_payment_id, max({{ key_of(['platform', 'connection_id', "'payouts'", 'source_payout_id']) }}) as payout_key
    from ({{ union_members('payout_items') }}) as items
    where source_payment_id is not null and deleted_at is null
        and {{ only(named_record('source_payment_id'), 'select ' ~ named_record('source_record_id') ~ ' from payments') }}
    group by platform, connection_id, source_payment_id
)

select
    payment.payment_key,
    payment.source_relation, payment.platform, payment.connection_id, payment.account_id,
    payment.source_record_id as payment_id,
    orders.order_key,
    coalesce(orders.customer_key, payment.customer_key) as customer_key,
    payment.gateway, payment.method, payment.kind, payment.status,
    payment.source_parent_id as parent_id,
    payment.gateway_reference,
    payment.source_invoice_id as invoice_id,
    payment.amount, payment.currency, payment.fee, payment.net, payment.settlement_currency,
    {{ in_base('payment.amount', 'payment.currency') }} as amount_base,
    {{ in_base('payment.fee', 'payment.settlement_currency', 'settled') }} as fee_base,
    {{ in_base('payment.net', 'payment.settlement_currency', 'settled') }} as net_base,
    {{ base_columns('payment.currency') }},
    payment.processed_at,
    payouts.payout_key,
    payment.is_processor,
    -- The books do not always say how: what no processor's record explains came another way.
    coalesce(payment.is_offline, payment.is_booking and booked.payment_key is null) as is_offline,
    coalesce(payment.is_test, false) as is_test,
    coalesce(mirror.mirrors_payment_key, booked.mirrors_payment_key) as mirrors_payment_key,
    mirror.payment_key is null and booked.payment_key is null and payment.status = 'succeeded' and payment.kind in ('sale', 'capture')
        and not coalesce(payment.is_test, false) as is_counted,
    ---------- how it was matched
    case
        when orders.order_key is null then 'unmatched_right'
        when payment.own_order_key is not null then 'exact'
        else match.match_type
    end as match_type,
    case when orders.order_key is null then null when payment.own_order_key is not null then 'own_order' else match.match_rule end
        as match_rule,
    case
        when orders.order_key is not null then null
        when payment.own_order_key is not null then 'its order is not in the warehouse'
        when payment.is_booking then 'the booking names no order that it pays'
        when payment.source_invoice_id is not null then 'pays an invoice of the processor, not a shop order'
        when payment.status <> 'succeeded' then 'no money moved, and nothing names an order'
        else 'no order has this reference or number, nor this amount, currency, time and person'
    end as match_reason,
    payment._loaded_at,
    '{{ invocation_id }}' as run_id
from payments as payment
left join {{ ref('int_payment_matches') }} as match on match.payment_key = payment.payment_key
left join {{ ref('int_orders') }} as orders on orders.order_key = coalesce(payment.own_order_key, match.order_key)
left join {{ ref('int_payment_mirrors') }} as mirror on mirror.payment_key = payment.payment_key
left join {{ ref('int_payment_bookings') }} as booked on booked.payment_key = payment.payment_key
left join payouts
    on payouts.platform = payment.platform
    and payouts.connection_id = payment.connection_id
    and payouts.source_payment_id = payment.source_record_id
{{ rate_join('payment.currency', utc_date('payment.processed_at')) }}
{{ rate_join('payment.settlement_currency', utc_date('payment.processed_at'), 'settled') }}
