-- A converted lead and the contact it became are the same person.
select
    {{ origin('salesforce', 'leads', from='lead') }},
    lead."Id" as source_record_id,
    'reference' as id_type,
    {{ reference("'salesforce'", 'lead."ConvertedContactId"') }} as value,
    lead._sdc_deleted_at as deleted_at,
    lead._sdc_extracted_at as _loaded_at
from {{ raw('salesforce', 'leads') }} as lead
where lead."ConvertedContactId" <> ''
