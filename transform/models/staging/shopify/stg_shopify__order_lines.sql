with source as (select * from {{ raw('shopify', 'order_lines') }} as order_lines),

taxes as (
    select source._connection_id, source.id, sum({{ amount(json_text('tax.item', 'priceSet', 'shopMoney', 'amount')) }}) as amount
    from source
    {{ json_items('source."taxLines"', 'tax') }}
    group by source._connection_id, source.id
),

-- A line's share of every discount, those of the whole order included.
discounts as (
    select
        source._connection_id, source.id,
        sum({{ amount(json_text('share.item', 'allocatedAmountSet', 'shopMoney', 'amount')) }}) as amount
    from source
    {{ json_items('source."discountAllocations"', 'share') }}
    group by source._connection_id, source.id
)

select
    {{ origin('shopify', 'order_lines', from='source') }},
    source.id as source_record_id,
    ---------- what
    source.order_id as source_order_id,
    source.product_id as source_product_id,
    source.variant_id as source_variant_id,
    source.sku,
    source.title,
    source."variantTitle" as variant_title,
    source.quantity,
    ---------- money
    {{ shopify_money('originalUnitPriceSet') }} as unit_price,
    {{ shopify_money('originalTotalSet') }} as line_subtotal,
    coalesce(discounts.amount, 0) as discount,
    coalesce(taxes.amount, 0) as tax,
    {{ shopify_money('originalTotalSet') }} - coalesce(discounts.amount, 0) as line_total,
    source.quantity - source."currentQuantity" as refunded_quantity,
    source."isGiftCard" as is_gift_card,
    {{ shopify_currency('originalTotalSet') }} as currency,
    ---------- when
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
left join taxes on taxes.id = source.id and taxes._connection_id = source._connection_id
left join discounts on discounts.id = source.id and discounts._connection_id = source._connection_id
