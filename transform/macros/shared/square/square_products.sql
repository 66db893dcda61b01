{# One row per variation: what is bought. #}
{% macro square_products(platform) %}
select
    {{ origin(platform, 'item_variations', from='variation') }},
    variation.id as source_record_id,
    ---------- what
    variation.item_id as source_product_id,
    variation.sku,
    variation.upc as gtin,
    cast(null as text) as mpn, -- Square has none
    cast(null as text) as brand, -- Square has none
    item.name as title,
    variation.name as variant_title,
    category.name as category,
    case when coalesce(variation.is_deleted, false) then 'deleted' when item.is_archived then 'archived' else 'active' end as status,
    ---------- money
    {{ money(json_text('variation.price_money', 'amount')) }} as price,
    cast(null as numeric(38,9)) as cost, -- not in the catalog that Square lets others read
    {{ json_text('variation.price_money', 'currency') }} as currency,
    ---------- when
    cast(null as timestamp with time zone) as created_at, -- Square tells the last change only
    variation.updated_at,
    coalesce(variation._sdc_deleted_at, item._sdc_deleted_at) as deleted_at,
    variation._sdc_extracted_at as _loaded_at
from {{ raw(platform, 'item_variations') }} as variation
left join {{ raw(platform, 'items') }} as item
    on item.id = variation.item_id and item._connection_id = variation._connection_id
left join {{ raw(platform, 'categories') }} as category
    on category.id = coalesce({{ json_text('item.reporting_category', 'id') }}, {{ json_text('item.categories', 0, 'id') }}, item.category_id)
    and category._connection_id = variation._connection_id
left join {{ ref('currencies') }} as currency on currency.code = {{ json_text('variation.price_money', 'currency') }}
{% endmacro %}
