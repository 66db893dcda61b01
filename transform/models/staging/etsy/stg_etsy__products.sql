-- One row per product of a listing's stock: what is bought.
select
    {{ origin('etsy', 'listing_inventory', from='product') }},
    product.product_id as source_record_id,
    ---------- what
    product.listing_id as source_product_id,
    nullif(product.sku, '') as sku,
    cast(null as text) as gtin, -- Etsy has none
    cast(null as text) as mpn, -- Etsy has none
    cast(null as text) as brand, -- Etsy has none
    listing.title,
    {{ json_text('product.property_values', 0, 'values', 0) }} as variant_title,
    listing.taxonomy_id as category,
    case when product.is_deleted then 'deleted' else listing.state end as status,
    ---------- money
    cast(
        cast({{ json_text('product.offerings', 0, 'price', 'amount') }} as numeric(28,9))
        / cast({{ json_text('product.offerings', 0, 'price', 'divisor') }} as numeric(9,0)) as numeric(38,9)
    ) as price,
    cast(null as numeric(38,9)) as cost, -- Etsy has none
    {{ json_text('product.offerings', 0, 'price', 'currency_code') }} as currency,
    ---------- when
    {{ from_epoch('listing.created_timestamp') }} as created_at,
    {{ from_epoch('listing.updated_timestamp') }} as updated_at,
    coalesce(product._sdc_deleted_at, listing._sdc_deleted_at) as deleted_at,
    product._sdc_extracted_at as _loaded_at
from {{ raw('etsy', 'listing_inventory') }} as product
left join {{ raw('etsy', 'listings') }} as listing
    on listing.listing_id = product.listing_id and listing._connection_id = product._connection_id
