-- One row per menu item or modifier. Restaurants of a group may share an item: the first of them is shown.
with listed as (
    select
        item.*,
        row_number() over (partition by item._connection_id, item.guid order by item.restaurant_guid) as nth
    from {{ raw('toast', 'config_menu_items') }} as item
),

-- An item may stand on several menus at several prices.
published as (
    select _connection_id, restaurant_guid, guid, price, "salesCategory" as sales_category
    from {{ raw('toast', 'menu_items') }} as menu_items where _sdc_deleted_at is null
    union all
    select _connection_id, restaurant_guid, guid, price, "salesCategory"
    from {{ raw('toast', 'menu_subgroup_items') }} as menu_subgroup_items where _sdc_deleted_at is null
    union all
    select _connection_id, restaurant_guid, guid, price, "salesCategory"
    from {{ raw('toast', 'modifier_options') }} as modifier_options where _sdc_deleted_at is null
),

priced as (
    select
        _connection_id, restaurant_guid, guid, min(price) as price,
        min({{ json_text('sales_category', 'name') }}) as category
    from published
    group by _connection_id, restaurant_guid, guid
)

select
    {{ origin('toast', 'config_menu_items', from='listed') }},
    listed.guid as source_record_id,
    ---------- what
    listed.guid as source_product_id,
    nullif(listed.sku, '') as sku,
    cast(null as text) as gtin, -- a PLU is the restaurant's own number
    cast(null as text) as mpn, -- Toast has none
    cast(null as text) as brand, -- Toast has none
    listed.name as title,
    cast(null as text) as variant_title, -- sizes are modifiers
    priced.category,
    case when listed._sdc_deleted_at is not null then 'archived' else 'active' end as status,
    ---------- money
    {{ amount('priced.price') }} as price,
    cast(null as numeric(38,9)) as cost, -- Toast has none
    restaurant."currencyCode" as currency,
    ---------- when
    cast(null as timestamp with time zone) as created_at, -- Toast tells none
    cast(null as timestamp with time zone) as updated_at, -- Toast tells none
    listed._sdc_deleted_at as deleted_at,
    listed._sdc_extracted_at as _loaded_at
from listed
left join priced
    on priced.guid = listed.guid and priced.restaurant_guid = listed.restaurant_guid
    and priced._connection_id = listed._connection_id
left join {{ raw('toast', 'restaurants') }} as restaurant
    on restaurant.guid = listed.restaurant_guid and restaurant._connection_id = listed._connection_id
where listed.nth = 1
