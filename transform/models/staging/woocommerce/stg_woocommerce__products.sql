-- One row per thing that is bought: a variation, or a product that has none.
with things as (
    select
        _connection_id, 'product_variations' as stream, id, product_id, sku, global_unique_id, attributes, status, price,
        date_created_gmt, date_modified_gmt, _sdc_deleted_at, _sdc_extracted_at
    from {{ raw('woocommerce', 'product_variations') }} as product_variations
    union all
    select
        _connection_id, 'products', id, id, sku, global_unique_id, null, status, price,
        date_created_gmt, date_modified_gmt, _sdc_deleted_at, _sdc_extracted_at
    from {{ raw('woocommerce', 'products') }} as products
    where type <> 'variable'
),

-- A product has no currency: the shop has one, which its orders name.
shop as (select _connection_id, max(currency) as currency from {{ raw('woocommerce', 'orders') }} as orders group by _connection_id having count(distinct currency) = 1)

select
    {{ origin('woocommerce', 'products', from='thing') }},
    thing.id as source_record_id,
    ---------- what
    thing.product_id as source_product_id,
    nullif(thing.sku, '') as sku,
    nullif(thing.global_unique_id, '') as gtin,
    cast(null as text) as mpn, -- WooCommerce has none
    {{ json_text('product.brands', 0, 'name') }} as brand,
    product.name as title,
    {{ json_text('thing.attributes', 0, 'option') }} as variant_title,
    {{ json_text('product.categories', 0, 'name') }} as category,
    case when thing._sdc_deleted_at is not null then 'deleted' when product.status = 'publish' then 'active' else product.status end as status,
    ---------- money
    thing.price,
    cast(null as numeric(38,9)) as cost, -- WooCommerce has none
    shop.currency,
    ---------- when
    thing.date_created_gmt as created_at,
    thing.date_modified_gmt as updated_at,
    thing._sdc_deleted_at as deleted_at,
    thing._sdc_extracted_at as _loaded_at
from things as thing
left join {{ raw('woocommerce', 'products') }} as product
    on product.id = thing.product_id and product._connection_id = thing._connection_id
left join shop on shop._connection_id = thing._connection_id
