-- The catalogue behind subscription plans; what carts hold is named in the payments only.
select
    {{ origin('paypal', 'products') }},
    id as source_record_id,
    ---------- what
    id as source_product_id,
    cast(null as text) as sku, -- PayPal has none
    cast(null as text) as gtin, -- PayPal has none
    cast(null as text) as mpn, -- PayPal has none
    cast(null as text) as brand, -- PayPal has none
    name as title,
    cast(null as text) as variant_title, -- PayPal has no variants
    lower(category) as category,
    'active' as status, -- a product cannot be ended
    ---------- money: prices belong to plans
    cast(null as numeric(38,9)) as price,
    cast(null as numeric(38,9)) as cost,
    cast(null as text) as currency,
    ---------- when
    create_time as created_at,
    update_time as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('paypal', 'products') }} as products
