select
    {{ origin('shipstation', 'products') }},
    product_id as source_record_id,
    ---------- what
    product_id as source_product_id,
    sku,
    upc as gtin,
    cast(null as text) as mpn, -- ShipStation has none
    cast(null as text) as brand, -- ShipStation has none
    name as title,
    cast(null as text) as variant_title, -- ShipStation has no variants
    {{ json_text('product_category', 'name') }} as category,
    case when active then 'active' else 'archived' end as status,
    ---------- money
    {{ amount(json_text('price', 'amount')) }} as price,
    cast(null as numeric(38,9)) as cost, -- told with the stock, per warehouse
    upper({{ json_text('price', 'currency') }}) as currency,
    ---------- when
    create_date as created_at,
    modify_date as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('shipstation', 'products') }} as products
