-- Products of deals, those that are part of the deal's value.
-- https://developers.pipedrive.com/docs/api/v1/DealProducts#getDealsProducts
with lines as (
    select
        *, item_price * quantity as gross,
        coalesce(case when discount_type = 'amount' then discount else item_price * quantity * discount / 100 end, 0) as taken_off
    from {{ raw('pipedrive', 'deal_products') }} as deal_products
    where is_enabled is not false
)

select
    {{ origin('pipedrive', 'deal_products', from='line', object='order_lines') }},
    line.id as source_record_id,
    ---------- what
    line.deal_id as source_order_id,
    line.product_id as source_product_id,
    line.product_id as source_variant_id, -- products are mapped without their variations
    nullif(product.code, '') as sku,
    coalesce(line.name, product.name) as title,
    cast(null as text) as variant_title, -- variations have a name and prices only
    cast(round(line.quantity) as bigint) as quantity,
    ---------- money
    {{ amount('line.item_price') }} as unit_price,
    {{ amount('line.gross') }} as line_subtotal,
    {{ amount('line.taken_off') }} as discount,
    {{ amount("case line.tax_method
        when 'exclusive' then (line.gross - line.taken_off) * line.tax / 100
        when 'inclusive' then (line.gross - line.taken_off) * line.tax / (100 + line.tax)
    end") }} as tax, -- a rate in percent
    {{ amount('line.gross - line.taken_off') }} as line_total,
    cast(null as bigint) as refunded_quantity, -- Pipedrive has none
    false as is_gift_card, -- a product like any other
    line.currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from lines as line
left join {{ raw('pipedrive', 'products') }} as product
    on product.id = line.product_id and product._connection_id = line._connection_id
