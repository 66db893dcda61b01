-- A contact's second mailbox.
select
    {{ origin('zoho_crm', 'contacts', from='contact') }},
    contact.id as source_record_id,
    'email' as id_type,
    contact."Secondary_Email" as value,
    contact._sdc_deleted_at as deleted_at,
    contact._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', 'contacts') }} as contact
where contact."Secondary_Email" <> '' and contact._sdc_deleted_at is null
