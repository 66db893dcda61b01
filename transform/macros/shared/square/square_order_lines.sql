{% macro square_order_lines(platform) %}
with returned as (
    select
        sale._connection_id,
        {{ json_text('sale.item', 'source_line_item_uid') }} as line_uid,
        sale.source_order_id,
        sum(cast({{ json_text('sale.item', 'quantity') }} as numeric(38,9))) as quantity
    from (
        select back._connection_id, back.source_order_id, line.item
        from {{ raw(platform, 'order_returns') }} as back
        {{ json_items('back.return_line_items', 'line') }}
        where back._sdc_deleted_at is null
    ) as sale
    group by 1, 2, 3
)

select
    {{ origin(platform, 'order_line_items', from='line') }},
    line.order_id || ':' || line.uid as source_record_id, -- a uid is unique within its order only
    ---------- what
    line.order_id as source_order_id,
    variation.item_id as source_product_id,
    line.catalog_object_id as source_variant_id,
    variation.sku,
    line.name as title,
    line.variation_name as variant_title,
    cast(round(line.quantity) as bigint) as quantity, -- Square also sells by weight and time
    ---------- money
    {{ money(json_text('line.base_price_money', 'amount')) }} as unit_price,
    {{ money(json_text('line.gross_sales_money', 'amount')) }} as line_subtotal,
    coalesce({{ money(json_text('line.total_discount_money', 'amount')) }}, 0) as discount,
    coalesce({{ money(json_text('line.total_tax_money', 'amount')) }}, 0) as tax,
    {{ money(json_text('line.gross_sales_money', 'amount')) }}
        - coalesce({{ money(json_text('line.total_discount_money', 'amount')) }}, 0) as line_total,
    cast(round(coalesce(returned.quantity, 0)) as bigint) as refunded_quantity,
    line.item_type = 'GIFT_CARD' as is_gift_card,
    {{ json_text('line.total_money', 'currency') }} as currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw(platform, 'order_line_items') }} as line
left join {{ raw(platform, 'item_variations') }} as variation
    on variation.id = line.catalog_object_id and variation._connection_id = line._connection_id
left join returned
    on returned.line_uid = line.uid and returned.source_order_id = line.order_id and returned._connection_id = line._connection_id
left join {{ ref('currencies') }} as currency on currency.code = {{ json_text('line.total_money', 'currency') }}
{% endmacro %}
