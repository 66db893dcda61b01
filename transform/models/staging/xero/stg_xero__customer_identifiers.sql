-- The web address and tax number of a contact.
with source as (select * from {{ raw('xero', 'contacts') }} as contacts),

named as (
    select _connection_id, "ContactID" as id, _sdc_deleted_at, _sdc_extracted_at, 'domain' as id_type, "Website" as value
    from source where "IsCustomer"
    union all
    select _connection_id, "ContactID" as id, _sdc_deleted_at, _sdc_extracted_at, 'tax_id' as id_type, "TaxNumber" as value
    from source where "IsCustomer"
)

select
    {{ origin('xero', 'contacts') }},
    id as source_record_id,
    id_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
