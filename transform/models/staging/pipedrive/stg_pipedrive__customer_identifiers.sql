-- Further mailboxes of a person.
select
    {{ origin('pipedrive', 'persons', from='person') }},
    person.id as source_record_id,
    'email' as id_type,
    {{ json_text('mail.item', 'value') }} as value,
    person._sdc_deleted_at as deleted_at,
    person._sdc_extracted_at as _loaded_at
from {{ raw('pipedrive', 'persons') }} as person
{{ json_items('person.emails', 'mail') }}
where {{ json_text('mail.item', 'value') }} <> ''
    and {{ json_text('mail.item', 'primary') }} <> 'true'
    and person._sdc_deleted_at is null
