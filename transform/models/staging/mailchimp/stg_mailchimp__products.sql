-- What the connected shop has sent; its orders stand in the shop's own data.
select
    {{ origin('mailchimp', 'product_variants', from='variant') }},
    variant.store_id || ':' || variant.id as source_record_id,
    ---------- what
    variant.product_id as source_product_id,
    nullif(variant.sku, '') as sku,
    cast(null as text) as gtin, -- Mailchimp has none
    cast(null as text) as mpn, -- Mailchimp has none
    nullif(product.vendor, '') as brand,
    product.title,
    variant.title as variant_title,
    nullif(product.type, '') as category,
    case when variant.visibility = 'hidden' then 'archived' else 'active' end as status,
    ---------- money
    {{ amount('variant.price') }} as price,
    cast(null as numeric(38,9)) as cost, -- Mailchimp has none
    coalesce(product.currency_code, store.currency_code) as currency,
    ---------- when
    variant.created_at,
    variant.updated_at,
    variant._sdc_deleted_at as deleted_at,
    variant._sdc_extracted_at as _loaded_at
from {{ raw('mailchimp', 'product_variants') }} as variant
left join {{ raw('mailchimp', 'store_products') }} as product
    on product.id = variant.product_id
    and product.store_id = variant.store_id
    and product._connection_id = variant._connection_id
left join {{ raw('mailchimp', 'stores') }} as store
    on store.id = variant.store_id and store._connection_id = variant._connection_id
