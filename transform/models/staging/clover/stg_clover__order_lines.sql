with line as ({{ clover_lines() }})

select
    {{ origin('clover', 'line_items', from='line') }},
    line.id as source_record_id,
    ---------- what
    line.order_id as source_order_id,
    coalesce({{ json_text('item."itemGroup"', 'id') }}, {{ json_text('line.item', 'id') }}) as source_product_id,
    {{ json_text('line.item', 'id') }} as source_variant_id,
    coalesce(nullif(item.sku, ''), nullif(line."itemCode", '')) as sku,
    line.name as title,
    cast(null as text) as variant_title, -- within the name
    cast(greatest(round(line.pieces), 1) as bigint) as quantity, -- Clover also sells by weight and time
    ---------- money, without the order's own discounts
    {{ money('line.price') }} as unit_price,
    {{ money('line.gross') }} as line_subtotal,
    {{ money('line.discount') }} as discount,
    cast(null as numeric(38,9)) as tax, -- the order's payments tell it
    {{ money('line.gross - line.discount') }} as line_total,
    case when line.refunded then cast(greatest(round(line.pieces), 1) as bigint) else 0 end as refunded_quantity,
    false as is_gift_card, -- gift cards are sold by apps, as items like others
    sale.currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from line
left join {{ raw('clover', 'orders') }} as sale on sale.id = line.order_id and sale._connection_id = line._connection_id
left join {{ raw('clover', 'items') }} as item
    on item.id = {{ json_text('line.item', 'id') }} and item._connection_id = line._connection_id
left join {{ ref('currencies') }} as currency on currency.code = sale.currency
