select
    {{ origin('hubspot', 'products') }},
    id as source_record_id,
    ---------- what
    id as source_product_id,
    hs_sku as sku,
    cast(null as text) as gtin, -- HubSpot has none
    cast(null as text) as mpn, -- HubSpot has none
    cast(null as text) as brand, -- HubSpot has none
    name as title,
    cast(null as text) as variant_title, -- HubSpot has no variants
    hs_product_type as category,
    case when _sdc_deleted_at is null then coalesce(lower(hs_status), 'active') else 'archived' end as status,
    ---------- money
    {{ amount('price') }} as price,
    {{ amount('hs_cost_of_goods_sold') }} as cost,
    cast(null as text) as currency, -- the account's currency, which no stream tells
    ---------- when
    "createdAt" as created_at,
    "updatedAt" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('hubspot', 'products') }} as products
