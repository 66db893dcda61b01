with refunds as (
    select members.*, {{ record_key() }} as refund_key
    from ({{ union_members('refunds') }}) as members where deleted_at is null
),

placed as (
    select
        refund.*,
        payment.payment_key,
        coalesce(payment.order_key, orders.order_key) as order_key,
        coalesce(payment.customer_key, orders.customer_key) as customer_key,
        row_number() over (
            partition by coalesce(payment.order_key, orders.order_key), refund.is_processor, refund.currency, refund.amount, refund.status
            order by refund.processed_at, refund.refund_key
        ) as place
    from refunds as refund
    left join {{ ref('payments') }} as payment
        on payment.platform = refund.platform
        and payment.connection_id = refund.connection_id
        and payment.payment_id = refund.source_payment_id
    left join {{ ref('orders') }} as orders
        on orders.platform = refund.platform
        and orders.connection_id = refund.connection_id
        and orders.order_id = refund.source_order_id
)

select
    refund.refund_key,
    refund.source_relation, refund.platform, refund.connection_id, refund.account_id,
    refund.source_record_id as refund_id,
    refund.order_key,
    line.order_line_key,
    coalesce(refund.payment_key, mirrored.payment_key) as payment_key,
    refund.customer_key,
    refund.status,
    refund.amount, refund.tax, refund.shipping, refund.currency,
    {{ in_base('refund.amount', 'refund.currency') }} as amount_base,
    {{ base_columns('refund.currency') }},
    refund.reason,
    refund.processed_at,
    refund.is_processor,
    mirrored.refund_key as mirrors_refund_key,
    mirrored.refund_key is null and refund.status = 'succeeded' as is_counted,
    refund._loaded_at,
    '{{ invocation_id }}' as run_id
from placed as refund
-- What the shop wrote down about a refund that the processor made: the same order, amount and currency, first to first.
left join placed as mirrored
    on not refund.is_processor and mirrored.is_processor
    and mirrored.order_key = refund.order_key and mirrored.currency = refund.currency and mirrored.amount = refund.amount
    and mirrored.status = refund.status and mirrored.place = refund.place
left join {{ ref('order_lines') }} as line
    on line.platform = refund.platform
    and line.connection_id = refund.connection_id
    and line.order_line_id = refund.source_order_line_id
{{ rate_join('refund.currency', utc_date('refund.processed_at')) }}
