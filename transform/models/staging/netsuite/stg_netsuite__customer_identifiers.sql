-- The web address of a customer.
with source as (select * from {{ raw('netsuite', 'customers') }} as customers),

named as (
    select _connection_id, id as id, _sdc_deleted_at, _sdc_extracted_at, 'domain' as id_type, url as value
    from source
)

select
    {{ origin('netsuite', 'customers') }},
    id as source_record_id,
    id_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
