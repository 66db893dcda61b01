select
    {{ origin('zoho_crm', 'products', from='product') }},
    product.id as source_record_id,
    ---------- what
    product.id as source_product_id,
    product."Product_Code" as sku,
    cast(null as text) as gtin, -- Zoho has none
    cast(null as text) as mpn, -- Zoho has none
    product."Manufacturer" as brand,
    product."Product_Name" as title,
    cast(null as text) as variant_title, -- Zoho has no variants
    product."Product_Category" as category,
    case when product._sdc_deleted_at is not null or product."Product_Active" is not true then 'archived' else 'active' end as status,
    ---------- money
    {{ amount('product."Unit_Price"') }} as price,
    cast(null as numeric(38,9)) as cost, -- Zoho has none
    organization.currency, -- the organisation's
    ---------- when
    product."Created_Time" as created_at,
    product."Modified_Time" as updated_at,
    product._sdc_deleted_at as deleted_at,
    product._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', 'products') }} as product
left join (
    select _connection_id, max(iso_code) as currency from {{ raw('zoho_crm', 'organization') }} as organization group by _connection_id
) as organization on organization._connection_id = product._connection_id
