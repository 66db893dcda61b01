-- One row per listing: what a seller offers under one SKU in one marketplace.
select
    {{ origin('amazon_seller', 'listing_summaries', from='summary') }},
    summary."marketplaceId" || ':' || summary.sku as source_record_id,
    ---------- what
    summary.asin as source_product_id,
    summary.sku,
    (
        select max({{ json_text('identifier.item', 'value') }})
        from (select 1) as one
        {{ json_items(json_at('listing.attributes', 'externally_assigned_product_identifier'), 'identifier') }}
        where {{ json_text('identifier.item', 'type') }} in ('ean', 'upc', 'gtin')
    ) as gtin,
    {{ json_text('listing.attributes', 'part_number', 0, 'value') }} as mpn,
    {{ json_text('listing.attributes', 'brand', 0, 'value') }} as brand,
    summary."itemName" as title,
    cast(null as text) as variant_title, -- Amazon writes it into the title
    summary."productType" as category,
    -- a listing may be bought, or only found, or neither
    case
        when {{ json_text('summary.status', 0) }} = 'BUYABLE' or {{ json_text('summary.status', 1) }} = 'BUYABLE' then 'active'
        else 'inactive'
    end as status,
    ---------- money: what a consumer pays
    cast((
        select max({{ json_text('offer.item', 'price', 'amount') }})
        from (select 1) as one
        {{ json_items('listing.offers', 'offer') }}
        where {{ json_text('offer.item', 'offerType') }} = 'B2C'
            and {{ json_text('offer.item', 'marketplaceId') }} = summary."marketplaceId"
    ) as numeric(38,9)) as price,
    cast(null as numeric(38,9)) as cost, -- Amazon does not know it
    {{ json_text('listing.offers', 0, 'price', 'currencyCode') }} as currency,
    ---------- when
    summary."createdDate" as created_at,
    summary."lastUpdatedDate" as updated_at,
    coalesce(summary._sdc_deleted_at, listing._sdc_deleted_at) as deleted_at,
    summary._sdc_extracted_at as _loaded_at
from {{ raw('amazon_seller', 'listing_summaries') }} as summary
left join {{ raw('amazon_seller', 'listings') }} as listing
    on listing.sku = summary.sku
    and listing.marketplace_id = summary."marketplaceId"
    and listing._connection_id = summary._connection_id
