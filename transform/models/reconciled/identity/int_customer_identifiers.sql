-- What identifies a record: its mailboxes, its numbers, itself, and what refers to it on other platforms.
with records as (select * from {{ ref('int_customer_records') }} where deleted_at is null),

further as (
    select
        {{ record_key() }} as record_key,
        id_type,
        case id_type when 'email' then {{ normalise_email('value') }} else value end as value_norm
    from ({{ union_members('customer_identifiers') }}) as given
    where deleted_at is null
),

named as (
    select record_key, 'email' as id_type, email_norm as value_norm from records
    union
    select record_key, 'phone', phone_e164 from records
    union
    select record_key, 'reference', {{ reference('platform', 'source_record_id') }} from records
    union
    select record_key, id_type, value_norm from further
    where not exists (
        select 1 from {{ ref('placeholders') }} as placeholder
        where placeholder.kind = further.id_type and placeholder.value = further.value_norm
    )
),

counted as (
    select
        named.id_type,
        named.value_norm,
        count(distinct named.record_key) as records,
        count(distinct coalesce(records.first_norm, '') || ' ' || coalesce(records.last_norm, '')) as names
    from named
    inner join records on records.record_key = named.record_key
    where named.value_norm is not null
    group by named.id_type, named.value_norm
)

select
    named.record_key,
    named.id_type,
    named.value_norm,
    counted.records as seen_on_records,
    counted.names as distinct_names,
    counted.names > {{ var('shared_identifier_names') }}
        or counted.records > {{ var('shared_identifier_records') }} as is_shared
from named
inner join counted on counted.id_type = named.id_type and counted.value_norm = named.value_norm
