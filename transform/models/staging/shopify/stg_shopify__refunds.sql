-- One row per refund; the order line is named where the refund concerns a single one.
with lines as (
    select
        _connection_id, refund_id as refund_id,
        case when count(distinct line_item_id) = 1 then max(line_item_id) end as order_line_id,
        sum({{ shopify_presentment_money('totalTaxSet') }}) as tax
    from {{ raw('shopify', 'refund_lines') }} as refund_lines
    where _sdc_deleted_at is null
    group by _connection_id, refund_id
)

select
    {{ origin('shopify', 'refunds', from='refund') }},
    refund.id as source_record_id,
    refund.order_id as source_order_id,
    lines.order_line_id as source_order_line_id,
    cast(null as text) as source_payment_id, -- known through the order
    'succeeded' as status, -- Shopify lists only refunds that were made
    ---------- money
    {{ shopify_presentment_money('totalRefundedSet') }} as amount,
    lines.tax,
    cast(null as numeric(38,9)) as shipping, -- Shopify tells it per order only
    {{ shopify_presentment_currency('totalRefundedSet') }} as currency,
    refund.note as reason,
    false as is_processor,
    ---------- when
    coalesce(refund."processedAt", refund."createdAt") as processed_at,
    refund._sdc_deleted_at as deleted_at,
    refund._sdc_extracted_at as _loaded_at
from {{ raw('shopify', 'refunds') }} as refund
left join lines on lines.refund_id = refund.id and lines._connection_id = refund._connection_id
