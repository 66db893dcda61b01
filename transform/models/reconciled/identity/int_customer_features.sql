-- What living persons' records are compared by; identifiers that many share are left out.
{% set reviewed = ref('int_identity_reviewed') %}
{{ config(
    materialized='incremental', incremental_strategy='append', pre_hook="{{ forget('record_key', ref('int_identity_reviewed')) }}",
) }}
with records as (
    select
        *,
        {{ replace_all(
            'lower(address_line1)',
            '(^| )(street|st|road|rd|place|pl|crescent|cres|cr|avenue|ave|av|court|ct|drive|dr|circuit|cct|close|cl|lane|ln)[.]?( |$)',
            ' '
        ) }} as street_words
    from {{ ref('int_customer_records') }}
    where deleted_at is null and record_type = 'person'
    {% if is_incremental() %}and record_key in (select record_key from {{ reviewed }}){% endif %}
),

shared as (select distinct id_type, value_norm from {{ ref('int_customer_identifiers') }} where is_shared)

select
    records.record_key,
    {{ hashed(['records.record_key']) }} as record_no,
    platform, connection_id, account_id,
    first_norm, first_as_written, last_norm,
    replace(cast(birth_date as text), '-', '') as birth,
    case when shared_email.value_norm is null then email_norm end as email_norm,
    case when shared_phone.value_norm is null then phone_e164 end as phone_e164,
    left(nullif({{ replace_all('street_words', '[^a-z0-9]') }}, ''), 60) as street,
    left(nullif({{ replace_all('lower(city)', '[^a-z]') }}, ''), 60) as city,
    nullif({{ replace_all('lower(postcode)', '[^a-z0-9]') }}, '') as postcode
from records
left join shared as shared_email on shared_email.id_type = 'email' and shared_email.value_norm = email_norm
left join shared as shared_phone on shared_phone.id_type = 'phone' and shared_phone.value_norm = phone_e164
