{{ config(meta={'key': 'order_line_key', 'tells': {'order_line_key': 'order_line_key', 'record': named_record('order_line_id'), 'order_key': 'order_key', 'product_key': 'product_key'}}) }}
{% set lines %}select {{ record_key() }} from ({{ union_members('order_lines') }}) as members{% endset %}
{{ touched([
    told_members('order_lines'),
    lines ~ ' where ' ~ named_record('source_order_id') ~ ' in ' ~ told('orders', 'record'),
    lines ~ ' where ' ~ named_record('source_variant_id') ~ ' in ' ~ told('product_identities', 'record'),
    'select line.order_line_key from ' ~ this ~ ' as line inner join ' ~ ref('orders') ~ ' as placed on placed.order_key = line.order_key'
        ~ ' where ' ~ on_day('line.currency', utc_date('placed.placed_at')) ~ ' in ' ~ told('exchange_rates', 'day'),
]) }}
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
from (select * from ({{ union_members('order_lines') }}) as members where {{ only(record_key()) }}) as line
inner join {{ ref('orders') }} as orders
    on orders.platform = line.platform and orders.connection_id = line.connection_id and orders.order_id = line.source_order_id
left join {{ ref('product_identities') }} as product
    on product.platform = line.platform
    and product.connection_id = line.connection_id
    and product.source_record_id = line.source_variant_id
{{ rate_join('line.currency', utc_date('orders.placed_at')) }}
where line.deleted_at is null
