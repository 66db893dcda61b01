select
    {{ origin('klaviyo', 'variants', from='variant') }},
    variant.id as source_record_id,
    ---------- what
    coalesce(variant.item_id, variant.id) as source_product_id,
    variant.sku,
    cast(null as text) as gtin, -- Klaviyo has none
    cast(null as text) as mpn, -- Klaviyo has none
    cast(null as text) as brand, -- Klaviyo has none
    coalesce(item.title, variant.title) as title,
    variant.title as variant_title,
    cast(null as text) as category, -- an item may be in several, which no stream tells
    case when variant.published then 'active' else 'archived' end as status,
    ---------- money
    {{ amount('variant.price') }} as price,
    cast(null as numeric(38,9)) as cost, -- Klaviyo has none
    account.currency, -- the account's
    ---------- when
    variant.created as created_at,
    variant.updated as updated_at,
    variant._sdc_deleted_at as deleted_at,
    variant._sdc_extracted_at as _loaded_at
from {{ raw('klaviyo', 'variants') }} as variant
left join {{ raw('klaviyo', 'products') }} as item
    on item.id = variant.item_id and item._connection_id = variant._connection_id
left join (
    select _connection_id, max(preferred_currency) as currency from {{ raw('klaviyo', 'accounts') }} as accounts group by _connection_id
) as account on account._connection_id = variant._connection_id
