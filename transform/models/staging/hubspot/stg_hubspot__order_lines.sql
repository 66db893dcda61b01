-- Line items of deals.
-- https://developers.hubspot.com/docs/api-reference/crm-line-items-v3/guide
select
    {{ origin('hubspot', 'line_items', from='line', object='order_lines') }},
    line.id as source_record_id,
    ---------- what
    deal.deal_id as source_order_id,
    line.hs_product_id as source_product_id,
    line.hs_product_id as source_variant_id, -- HubSpot has no variants
    line.hs_sku as sku,
    line.name as title,
    cast(null as text) as variant_title, -- HubSpot has no variants
    cast(round(line.quantity) as bigint) as quantity,
    ---------- money
    {{ amount('line.price') }} as unit_price,
    {{ amount('line.price * line.quantity') }} as line_subtotal,
    {{ amount('line.hs_total_discount') }} as discount,
    {{ amount('line.hs_tax_amount') }} as tax,
    {{ amount('line.amount') }} as line_total,
    cast(null as bigint) as refunded_quantity, -- HubSpot has none
    false as is_gift_card, -- an item like any other
    line.hs_line_item_currency_code as currency,
    ---------- when
    coalesce(line._sdc_deleted_at, deal._sdc_deleted_at) as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw('hubspot', 'line_items') }} as line
inner join {{ raw('hubspot', 'deal_line_items') }} as deal
    on deal.line_item_id = line.id and deal._connection_id = line._connection_id
