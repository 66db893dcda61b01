-- Further mailboxes and telephones of the people who ask.
with kinds as (
    select 'email' as kind, 'email' as id_type
    union all
    select 'phone_number', 'phone'
)

select
    {{ origin('zendesk', 'users', from='named') }},
    named.user_id as source_record_id,
    kinds.id_type,
    named.value,
    named._sdc_deleted_at as deleted_at,
    named._sdc_extracted_at as _loaded_at
from {{ raw('zendesk', 'user_identities') }} as named
inner join kinds on named.type = kinds.kind
inner join
    {{ raw('zendesk', 'users') }} as users
    on named.user_id = users.id and named._connection_id = users._connection_id
where users.role = 'end-user'
    and not coalesce(named."primary", false)
    and users._sdc_deleted_at is null
    and named.value <> ''
