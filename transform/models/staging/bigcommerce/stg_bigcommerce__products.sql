-- One row per variant; every product has at least one.
select
    {{ origin('bigcommerce', 'variants', from='variant') }},
    variant.id as source_record_id,
    ---------- what
    variant.product_id as source_product_id,
    nullif(variant.sku, '') as sku,
    nullif(variant.upc, '') as gtin,
    nullif(product.mpn, '') as mpn,
    brand.name as brand,
    product.name as title,
    {{ json_text('variant.option_values', 0, 'label') }} as variant_title,
    category.name as category,
    case when variant.purchasing_disabled then 'archived' when product.is_visible then 'active' else 'draft' end as status,
    ---------- money, in the store's currency
    coalesce(variant.price, product.price) as price,
    coalesce(variant.cost_price, product.cost_price) as cost,
    store.currency,
    ---------- when
    product.date_created as created_at,
    product.date_modified as updated_at,
    coalesce(variant._sdc_deleted_at, product._sdc_deleted_at) as deleted_at,
    variant._sdc_extracted_at as _loaded_at
from {{ raw('bigcommerce', 'variants') }} as variant
left join {{ raw('bigcommerce', 'products') }} as product
    on product.id = variant.product_id and product._connection_id = variant._connection_id
left join {{ raw('bigcommerce', 'brands') }} as brand
    on brand.id = product.brand_id and brand._connection_id = product._connection_id
left join {{ raw('bigcommerce', 'categories') }} as category
    on category.id = {{ json_text('product.categories', 0) }} and category._connection_id = product._connection_id
left join {{ raw('bigcommerce', 'store') }} as store on store._connection_id = variant._connection_id
