-- A converted lead and the contact it became are the same person.
select
    {{ origin('zoho_crm', 'leads', from='lead') }},
    lead.id as source_record_id,
    'reference' as id_type,
    {{ reference("'zoho_crm'", 'lead."Converted_Contact"') }} as value,
    lead._sdc_deleted_at as deleted_at,
    lead._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', 'leads') }} as lead
where lead."Converted_Contact" <> ''
