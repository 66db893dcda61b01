-- The domains of a company.
with source as (select * from {{ raw('hubspot', 'companies') }} as companies),

named as (
    select _connection_id, id as id, _sdc_deleted_at, _sdc_extracted_at, 'domain' as id_type, domain as value
    from source
    union all
    select _connection_id, id as id, _sdc_deleted_at, _sdc_extracted_at, 'domain' as id_type, website as value
    from source
    union all
    select _connection_id, id as id, _sdc_deleted_at, _sdc_extracted_at, 'domain' as id_type, trim(word) as value
    from {{ split_words('source', 'hs_additional_domains', ';') }}
)

select
    {{ origin('hubspot', 'companies') }},
    id as source_record_id,
    id_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
