select
    {{ record_key(from='line') }} as order_line_key,
    line.source_relation, line.platform, line.connection_id, line.account_id,
    line.source_record_id as order_line_id,
    orders.order_key,
    product.product_key,
    product.variant_key,
    line.sku,
    line.title,
    line.variant_title,
    line.quantity,
    line.currency,
    line.unit_price,
    line.line_subtotal,
    line.discount,
    line.tax,
    line.line_total,
    {{ in_base('line.line_total', 'line.currency') }} as line_total_base,
    {{ base_columns('line.currency') }},
    line.refunded_quantity,
    coalesce(line.is_gift_card, false) as is_gift_card,
    line._loaded_at,
    '{{ invocation_id }}' as run_id
from ({{ union_members('order_lines') }}) as line
inner join {{ ref('orders') }} as orders
    on orders.platform = line.platform and orders.connection_id = line.connection_id and orders.order_id = line.source_order_id
left join {{ ref('product_identities') }} as product
    on product.platform = line.platform
    and product.connection_id = line.connection_id
    and product.source_record_id = line.source_variant_id
{{ rate_join('line.currency', utc_date('orders.placed_at')) }}
where line.deleted_at is null
