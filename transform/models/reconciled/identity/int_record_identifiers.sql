{{ config(materialized='view') }}
-- What identifies a living record: its mailboxes (an organisation's domain too), its numbers, itself, and what refers to it on other platforms.
with records as (select * from {{ ref('int_customer_records') }} where deleted_at is null)

select record_key, 'email' as id_type, email_norm as value_norm from records where email_norm is not null
union all
select record_key, 'phone', phone_e164 from records where phone_e164 is not null
union all
select record_key, 'reference', {{ reference('platform', 'source_record_id') }} from records
union all
select record_key, 'domain', split_part(email_norm, '@', 2)
from records
where record_type = 'organisation' and email_norm is not null
    and split_part(email_norm, '@', 2) not in (select value from {{ ref('placeholders') }} where kind = 'domain')
union all
select further.record_key, further.id_type, further.value_norm
from {{ ref('int_further_identifiers') }} as further
inner join records on records.record_key = further.record_key
where (records.record_type = 'organisation' or further.id_type not in ('domain', 'tax_id')) and not coalesce(
    further.id_type = 'email' and further.value_norm = records.email_norm
    or further.id_type = 'phone' and further.value_norm = records.phone_e164
    or further.id_type = 'domain' and further.value_norm = split_part(records.email_norm, '@', 2)
    or further.id_type = 'reference' and further.value_norm = {{ reference('records.platform', 'records.source_record_id') }}, false
)
