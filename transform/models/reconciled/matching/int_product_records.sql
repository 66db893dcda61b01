-- Every platform's products at the grain in which they are bought, with the identifiers they are compared by.
select
    {{ record_key() }} as record_key,
    members.*,
    nullif(upper(regexp_replace(sku, '[^A-Za-z0-9]', '', 'g')), '') as sku_norm,
    case when length(regexp_replace(gtin, '[^0-9]', '', 'g')) between 8 and 14
        then lpad(regexp_replace(gtin, '[^0-9]', '', 'g'), 14, '0') end as gtin_norm
from ({{ union_members('products') }}) as members
