-- Lines of layaways and special orders are on no sale yet; lines of negative quantity give back what another one sold.
with returned as (
    select _connection_id, "parentSaleLineID" as line_id, -sum("unitQuantity") as quantity
    from {{ raw('lightspeed', 'sale_lines') }} as sale_lines
    where "unitQuantity" < 0 and _sdc_deleted_at is null
    group by _connection_id, "parentSaleLineID"
)

select
    {{ origin('lightspeed', 'sale_lines', from='line') }},
    line."saleLineID" as source_record_id,
    ---------- what
    line."saleID" as source_order_id,
    case when item."itemMatrixID" <> '0' then 'matrix:' || item."itemMatrixID" else nullif(line."itemID", '0') end as source_product_id,
    nullif(line."itemID", '0') as source_variant_id,
    coalesce(nullif(item."customSku", ''), item."systemSku") as sku,
    item.description as title,
    cast(null as text) as variant_title, -- within the description
    line."unitQuantity" as quantity,
    ---------- money
    {{ amount('line."unitPrice"') }} as unit_price,
    {{ amount('line."calcSubtotal"') }} as line_subtotal,
    {{ amount('line."calcLineDiscount" + line."calcTransactionDiscount"') }} as discount,
    {{ amount('line."calcTax1" + line."calcTax2"') }} as tax,
    {{ amount('line."calcSubtotal" - line."calcLineDiscount" - line."calcTransactionDiscount"') }} as line_total,
    cast(coalesce(returned.quantity, 0) as bigint) as refunded_quantity,
    false as is_gift_card, -- a gift card is sold as a payment into its account
    account.currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw('lightspeed', 'sale_lines') }} as line
left join {{ raw('lightspeed', 'items') }} as item
    on item."itemID" = line."itemID" and item._connection_id = line._connection_id
left join returned on returned.line_id = line."saleLineID" and returned._connection_id = line._connection_id
left join ({{ lightspeed_currency() }}) as account on account._connection_id = line._connection_id
where line."saleID" <> '0' and line."unitQuantity" >= 0
