-- One row per variant: what is bought.
select
    {{ origin('shopify', 'variants', from='variant') }},
    variant.id as source_record_id,
    ---------- what
    variant.product_id as source_product_id,
    variant.sku,
    variant.barcode as gtin,
    cast(null as text) as mpn, -- Shopify has none
    product.vendor as brand,
    product.title,
    nullif(variant.title, 'Default Title') as variant_title,
    product."productType" as category,
    lower(product.status) as status,
    ---------- money, in the shop's currency
    cast(variant.price as numeric(38,9)) as price,
    cast({{ json_text('item."unitCost"', 'amount') }} as numeric(38,9)) as cost,
    coalesce({{ json_text('product."priceRangeV2"', 'minVariantPrice', 'currencyCode') }}, {{ json_text('item."unitCost"', 'currencyCode') }}) as currency,
    ---------- when
    variant."createdAt" as created_at,
    variant."updatedAt" as updated_at,
    coalesce(variant._sdc_deleted_at, product._sdc_deleted_at) as deleted_at,
    variant._sdc_extracted_at as _loaded_at
from {{ raw('shopify', 'variants') }} as variant
left join {{ raw('shopify', 'products') }} as product
    on product.id = variant.product_id and product._connection_id = variant._connection_id
left join {{ raw('shopify', 'inventory_items') }} as item
    on item.id = variant.inventory_item_id and item._connection_id = variant._connection_id
