-- One row per product; its price is the default price, or the newest active one-off price.
with products as (select * from {{ raw('stripe', 'products') }} as products),

prices as (
    select
        price._connection_id, price.product, price.id, price.currency,
        {{ stripe_money('price.unit_amount') }} as amount,
        row_number() over (
            partition by price._connection_id, price.product
            order by case when price.id = product.default_price then 0 else 1 end, price.created desc, price.id
        ) as place
    from {{ raw('stripe', 'prices') }} as price
    inner join products as product on product.id = price.product and product._connection_id = price._connection_id
    left join {{ ref('currencies') }} as currency on currency.code = upper(price.currency)
    where price._sdc_deleted_at is null
        and (price.id = product.default_price or (price.active and price.type = 'one_time'))
)

select
    {{ origin('stripe', 'products', from='product') }},
    product.id as source_record_id,
    ---------- what
    product.id as source_product_id,
    {{ json_text('product.metadata', 'sku') }} as sku,
    coalesce({{ json_text('product.metadata', 'gtin') }}, {{ json_text('product.metadata', 'barcode') }}) as gtin,
    {{ json_text('product.metadata', 'mpn') }} as mpn,
    {{ json_text('product.metadata', 'brand') }} as brand,
    product.name as title,
    cast(null as text) as variant_title, -- Stripe has no variants
    {{ json_text('product.metadata', 'category') }} as category,
    case when product.active then 'active' else 'archived' end as status,
    ---------- money
    price.amount as price,
    cast(null as numeric(38,9)) as cost, -- Stripe has none
    upper(price.currency) as currency,
    ---------- when
    {{ from_epoch('product.created') }} as created_at,
    {{ from_epoch('product.updated') }} as updated_at,
    product._sdc_deleted_at as deleted_at,
    product._sdc_extracted_at as _loaded_at
from products as product
left join prices as price
    on price.product = product.id and price._connection_id = product._connection_id and price.place = 1
