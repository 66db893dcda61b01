-- The web address of an account.
with source as (select * from {{ raw('salesforce', 'accounts') }} as accounts),

named as (
    select _connection_id, "Id" as id, _sdc_deleted_at, _sdc_extracted_at, 'domain' as id_type, "Website" as value
    from source
)

select
    {{ origin('salesforce', 'accounts') }},
    id as source_record_id,
    id_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
