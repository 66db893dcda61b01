-- A product's price is that of the standard price book; where the org has several currencies, its oldest entry.
with standard_prices as (
    select
        entry.*,
        row_number() over (
            partition by entry._connection_id, entry."Product2Id" order by entry."CreatedDate", entry."Id"
        ) as place
    from {{ raw('salesforce', 'pricebook_entries') }} as entry
    inner join {{ raw('salesforce', 'pricebooks') }} as pricebook
        on pricebook."Id" = entry."Pricebook2Id" and pricebook._connection_id = entry._connection_id
    where pricebook."IsStandard" and entry."IsActive" and entry._sdc_deleted_at is null
)

select
    {{ origin('salesforce', 'products', from='product') }},
    product."Id" as source_record_id,
    ---------- what
    product."Id" as source_product_id,
    coalesce(product."StockKeepingUnit", product."ProductCode") as sku,
    cast(null as text) as gtin, -- Salesforce has none
    cast(null as text) as mpn, -- Salesforce has none
    cast(null as text) as brand, -- Salesforce has none
    product."Name" as title,
    cast(null as text) as variant_title, -- a variation is a product of its own
    product."Family" as category,
    case when product."IsDeleted" or product."IsActive" is not true then 'archived' else 'active' end as status,
    ---------- money
    {{ amount('price."UnitPrice"') }} as price,
    cast(null as numeric(38,9)) as cost, -- Salesforce has none
    price."CurrencyIsoCode" as currency,
    ---------- when
    product."CreatedDate" as created_at,
    product."LastModifiedDate" as updated_at,
    product._sdc_deleted_at as deleted_at,
    product._sdc_extracted_at as _loaded_at
from {{ raw('salesforce', 'products') }} as product
left join standard_prices as price
    on price."Product2Id" = product."Id" and price._connection_id = product._connection_id and price.place = 1
