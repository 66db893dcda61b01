-- One row per item on a check; its modifiers' prices are within its own. What was voided was not sold.
select
    {{ origin('toast', 'selections', from='line') }},
    line.guid as source_record_id,
    ---------- what
    line.order_guid as source_order_id,
    {{ json_text('line.item', 'guid') }} as source_product_id,
    {{ json_text('line.item', 'guid') }} as source_variant_id,
    nullif(item.sku, '') as sku,
    line."displayName" as title,
    cast(null as text) as variant_title, -- sizes are modifiers
    cast(round(line.quantity) as bigint) as quantity, -- Toast also sells by weight
    ---------- money
    {{ amount('line."receiptLinePrice"') }} as unit_price,
    {{ amount('line."preDiscountPrice"') }} as line_subtotal,
    {{ amount('line."preDiscountPrice" - line.price') }} as discount, -- with its share of the check's discounts
    {{ amount('line.tax') }} as tax,
    {{ amount('line.price') }} as line_total,
    -- Toast refunds money; only a line refunded whole is taken as given back
    case
        when line.price > 0 and {{ amount(json_text('line."refundDetails"', 'refundAmount')) }} >= line.price
        then cast(round(line.quantity) as bigint)
        else 0
    end as refunded_quantity,
    coalesce(line."selectionType" in ('TOAST_CARD_SELL', 'TOAST_CARD_RELOAD'), false) as is_gift_card,
    restaurant."currencyCode" as currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw('toast', 'selections') }} as line
join {{ raw('toast', 'orders') }} as sale
    on sale.guid = line.order_guid and sale._connection_id = line._connection_id and not coalesce(sale."excessFood", false)
left join {{ raw('toast', 'config_menu_items') }} as item
    on item.guid = {{ json_text('line.item', 'guid') }} and item.restaurant_guid = line.restaurant_guid
    and item._connection_id = line._connection_id
left join {{ raw('toast', 'restaurants') }} as restaurant
    on restaurant.guid = line.restaurant_guid and restaurant._connection_id = line._connection_id
where not coalesce(line.voided, false)
