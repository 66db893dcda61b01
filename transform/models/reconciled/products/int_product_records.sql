-- Every platform's products at the grain in which they are bought, with what they are compared by.
select
    {{ record_key() }} as record_key,
    members.*,
    platform || '|' || connection_id || '|' || source_object as side,
    nullif(upper({{ replace_all('sku', '[^A-Za-z0-9]') }}), '') as sku_norm,
    case when length({{ replace_all('gtin', '[^0-9]') }}) between 8 and 14
        then lpad({{ replace_all('gtin', '[^0-9]') }}, 14, '0') end as gtin_norm,
    nullif(upper({{ replace_all('mpn', '[^A-Za-z0-9]') }}), '') as mpn_norm,
    nullif({{ replace_all('lower(brand)', '[^a-z0-9]') }}, '') as brand_norm,
    lower(coalesce(title, '') || ' ' || coalesce(variant_title, '')) as words
from ({{ union_members('products') }}) as members
