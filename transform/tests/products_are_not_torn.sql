-- All variants that a platform lists under one product have one product key.
select record.platform, record.connection_id, record.source_product_id, count(distinct identity.product_key) as product_keys
from {{ ref('product_identities') }} as identity
inner join {{ ref('int_product_records') }} as record on record.record_key = identity.record_key
where record.source_product_id is not null
group by record.platform, record.connection_id, record.source_product_id
having count(distinct identity.product_key) > 1
