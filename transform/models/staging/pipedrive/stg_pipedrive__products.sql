-- A product has a price in each currency; the first one is taken.
select
    {{ origin('pipedrive', 'products', from='product') }},
    product.id as source_record_id,
    ---------- what
    product.id as source_product_id,
    nullif(product.code, '') as sku,
    cast(null as text) as gtin, -- Pipedrive has none
    cast(null as text) as mpn, -- Pipedrive has none
    cast(null as text) as brand, -- Pipedrive has none
    product.name as title,
    cast(null as text) as variant_title, -- variations have a name and prices only
    cast(null as text) as category, -- an option of the account, which a custom label names
    case when product.is_deleted then 'archived' else 'active' end as status,
    ---------- money
    {{ amount(json_text('product.prices', 0, 'price')) }} as price,
    {{ amount(json_text('product.prices', 0, 'cost')) }} as cost,
    {{ json_text('product.prices', 0, 'currency') }} as currency,
    ---------- when
    cast(null as timestamp with time zone) as created_at, -- the list does not tell
    cast(null as timestamp with time zone) as updated_at, -- the list does not tell
    product._sdc_deleted_at as deleted_at,
    product._sdc_extracted_at as _loaded_at
from {{ raw('pipedrive', 'products') }} as product
