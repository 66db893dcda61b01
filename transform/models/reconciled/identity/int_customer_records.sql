-- Every person's or organisation's record on every platform, as delivered and in the form it is compared in.
{% set changes = ref('int_customer_changes') %}
{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget('record_key', ref('int_customer_changes')) }}") }}
with records as (
    select * from {{ ref('int_customers') }}
    {% if is_incremental() %}where record_key in (select record_key from {{ changes }}){% endif %}
),

located as {{ once() }} (
    select
        records.*,
        {{ phone_digits('records.phone') }} as digits,
        codes.calling_code,
        codes.trunk_prefix,
        case when record_type = 'person' then coalesce(nullif(trim(first_name), ''), {{ first_word('full_name') }}) end as given,
        case when record_type = 'person' then coalesce(nullif(trim(last_name), ''), {{ last_word('full_name') }}) end as family
    from records
    left join {{ ref('calling_codes') }} as codes
        on codes.country_code = upper(coalesce(nullif(records.country_code, ''), '{{ var("default_country") }}'))
),

normalised as {{ once() }} (
    select
        located.*,
        {{ normalise_email('email') }} as email_norm,
        lower(trim(email)) as email_lower,
        {{ e164('digits', 'calling_code', 'trunk_prefix') }} as phone_e164,
        {{ normalise_name('given') }} as given_norm,
        {{ normalise_name('family') }} as family_norm,
        case when record_type = 'organisation' then {{ normalise_organisation('coalesce(full_name, company)') }} end as organisation_norm
    from located
)

select
    record_key, fingerprint,
    source_relation, platform, connection_id, account_id, source_object, source_record_id,
    record_type, full_name, given as first_name, family as last_name, birth_date,
    case when placeholder_email.value is null and email_norm is not null then email_lower end as email, phone,
    address_line1, city, region, postcode, upper(country_code) as country_code, company, consent_email, consent_sms,
    created_at, updated_at, deleted_at, _loaded_at,
    ---------- to compare by
    case when placeholder_email.value is null then email_norm end as email_norm,
    phone_e164,
    case when placeholder_given.value is null then coalesce(nicknames.first_name, given_norm) end as first_norm,
    case when placeholder_given.value is null then given_norm end as first_as_written,
    case when placeholder_family.value is null then family_norm end as last_norm,
    organisation_norm
from normalised
left join {{ ref('nicknames') }} as nicknames on nicknames.nickname = given_norm
left join {{ ref('placeholders') }} as placeholder_email
    on placeholder_email.kind = 'email' and placeholder_email.value = email_norm
left join {{ ref('placeholders') }} as placeholder_given
    on placeholder_given.kind = 'name' and placeholder_given.value = given_norm
left join {{ ref('placeholders') }} as placeholder_family
    on placeholder_family.kind = 'name' and placeholder_family.value = family_norm
