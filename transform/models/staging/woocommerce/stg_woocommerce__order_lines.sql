with source as (select * from {{ raw('woocommerce', 'order_lines') }} as order_lines),

-- A refund's lines name the line they give back in their metadata, and count backwards.
returned as (
    select
        refund._connection_id, refund.order_id, {{ json_text('meta.item', 'value') }} as line_id,
        sum(abs(cast({{ json_text('line.item', 'quantity') }} as numeric(38,9)))) as quantity
    from {{ raw('woocommerce', 'refunds') }} as refund
    {{ json_items('refund.line_items', 'line') }}
    {{ json_items(json_at('line.item', 'meta_data'), 'meta') }}
    where {{ json_text('meta.item', 'key') }} = '_refunded_item_id' and refund._sdc_deleted_at is null
    group by 1, 2, 3
)

select
    {{ origin('woocommerce', 'order_lines', from='source') }},
    source.order_id || ':' || source.id as source_record_id,
    ---------- what
    source.order_id as source_order_id,
    source.product_id as source_product_id,
    coalesce(nullif(source.variation_id, '0'), source.product_id) as source_variant_id,
    nullif(source.sku, '') as sku,
    coalesce(source.parent_name, source.name) as title,
    case when source.parent_name <> source.name then source.name end as variant_title,
    source.quantity,
    ---------- money
    cast(source.subtotal / nullif(source.quantity, 0) as numeric(38,9)) as unit_price,
    source.subtotal as line_subtotal,
    source.subtotal - source.total as discount,
    source.total_tax as tax,
    source.total as line_total,
    cast(round(coalesce(returned.quantity, 0)) as bigint) as refunded_quantity,
    false as is_gift_card, -- sold by extensions only
    orders.currency,
    ---------- when
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
left join {{ raw('woocommerce', 'orders') }} as orders on orders.id = source.order_id and orders._connection_id = source._connection_id
left join returned
    on returned.line_id = source.id and returned.order_id = source.order_id and returned._connection_id = source._connection_id
