-- One row per item; the items of a matrix are its variants.
with prices as (
    select item._connection_id, item."itemID" as item_id, max({{ json_text('price.item', 'amount') }}) as amount
    from {{ raw('lightspeed', 'items') }} as item
    {{ json_items(json_at('item."Prices"', 'ItemPrice'), 'price') }}
    where {{ json_text('price.item', 'useType') }} = 'Default'
    group by item._connection_id, item."itemID"
)

select
    {{ origin('lightspeed', 'items', from='item') }},
    item."itemID" as source_record_id,
    ---------- what
    case when item."itemMatrixID" <> '0' then 'matrix:' || item."itemMatrixID" else item."itemID" end as source_product_id,
    coalesce(nullif(item."customSku", ''), item."systemSku") as sku,
    coalesce(nullif(item.ean, ''), nullif(item.upc, '')) as gtin,
    nullif(item."manufacturerSku", '') as mpn,
    maker.name as brand,
    coalesce(matrix.description, item.description) as title,
    case when matrix."itemMatrixID" is not null then item.description end as variant_title,
    category."fullPathName" as category,
    case when item.archived then 'archived' else 'active' end as status,
    ---------- money
    {{ amount("coalesce(prices.amount, " ~ json_text('item."Prices"', 'ItemPrice', 'amount') ~ ")") }} as price,
    {{ amount('item."defaultCost"') }} as cost,
    account.currency,
    ---------- when
    item."createTime" as created_at,
    item."timeStamp" as updated_at,
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('lightspeed', 'items') }} as item
left join prices on prices.item_id = item."itemID" and prices._connection_id = item._connection_id
left join {{ raw('lightspeed', 'item_matrices') }} as matrix
    on matrix."itemMatrixID" = item."itemMatrixID" and matrix._connection_id = item._connection_id
left join {{ raw('lightspeed', 'manufacturers') }} as maker
    on maker."manufacturerID" = item."manufacturerID" and maker._connection_id = item._connection_id
left join {{ raw('lightspeed', 'categories') }} as category
    on category."categoryID" = item."categoryID" and category._connection_id = item._connection_id
left join ({{ lightspeed_currency() }}) as account on account._connection_id = item._connection_id
