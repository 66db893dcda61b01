-- Costs are in the account's base currency, of which there is one.
with base_currency as (
    select _connection_id, min(symbol) as symbol from {{ raw('netsuite', 'currencies') }} as currencies where isbasecurrency group by 1
)

select
    {{ origin('netsuite', 'items', from='item') }},
    item.id as source_record_id,
    ---------- what
    coalesce(item.parent, item.id) as source_product_id, -- a matrix item's variants have it as their parent
    item.itemid as sku,
    item.upccode as gtin,
    cast(null as text) as mpn, -- not among the columns that are read
    cast(null as text) as brand, -- NetSuite has none
    coalesce(item.displayname, item.itemid) as title,
    cast(null as text) as variant_title, -- NetSuite has none
    class.name as category,
    case when item.isinactive then 'archived' else 'active' end as status,
    ---------- money
    cast(null as numeric(38,9)) as price, -- several, by level, currency and quantity: see prices
    item.averagecost as cost,
    base_currency.symbol as currency,
    ---------- when
    item.createddate as created_at,
    item.lastmodifieddate as updated_at,
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at
from {{ raw('netsuite', 'items') }} as item
left join {{ raw('netsuite', 'classes') }} as class
    on class.id = item."class" and class._connection_id = item._connection_id
left join base_currency on base_currency._connection_id = item._connection_id
