-- One row per product that can be bought; a configurable one is bought as one of its simple products.
with shop as (select _connection_id, max(base_currency_code) as currency from {{ raw('magento', 'store_configs') }} as store_configs group by _connection_id)

select
    {{ origin('magento', 'products', from='product') }},
    product.id as source_record_id,
    ---------- what
    product.id as source_product_id, -- Magento's variants are products of their own
    product.sku,
    cast(null as text) as gtin, -- a custom attribute, where a shop has one
    cast(null as text) as mpn, -- a custom attribute, where a shop has one
    cast(null as text) as brand, -- a custom attribute, where a shop has one
    product.name as title,
    cast(null as text) as variant_title, -- part of the product's name
    cast(null as text) as category, -- a product may stand in many
    case product.status when 1 then 'active' else 'archived' end as status,
    ---------- money
    product.price,
    cast(null as numeric(38,9)) as cost, -- stands in the order's items
    shop.currency,
    ---------- when
    product.created_at,
    product.updated_at,
    product._sdc_deleted_at as deleted_at,
    product._sdc_extracted_at as _loaded_at
from {{ raw('magento', 'products') }} as product
left join shop on shop._connection_id = product._connection_id
where product.type_id <> 'configurable'
