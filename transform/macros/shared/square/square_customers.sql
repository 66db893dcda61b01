{% macro square_customers(platform) %}
with source as (select * from {{ raw(platform, 'customers') }} as raw_rows)

select
    {{ origin(platform, 'customers') }},
    id as source_record_id,
    ---------- who
    case when nullif(company_name, '') is not null and given_name is null and family_name is null
        then 'organisation' else 'person' end as record_type,
    coalesce(nullif(trim(coalesce(given_name, '') || ' ' || coalesce(family_name, '')), ''), nullif(company_name, '')) as full_name,
    given_name as first_name,
    family_name as last_name,
    -- a birthday without its year is written with the year 0000
    case when {{ matches('birthday', "'^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$'") }} then cast(birthday as date) end as birth_date,
    email_address as email,
    phone_number as phone,
    ---------- where
    {{ json_text('address', 'address_line_1') }} as address_line1,
    {{ json_text('address', 'locality') }} as city,
    {{ json_text('address', 'administrative_district_level_1') }} as region,
    {{ json_text('address', 'postal_code') }} as postcode,
    {{ json_text('address', 'country') }} as country_code,
    nullif(company_name, '') as company,
    ---------- consent
    -- Square tells only who has unsubscribed, not who agreed
    case when {{ json_text('preferences', 'email_unsubscribed') }} = 'true' then false end as consent_email,
    cast(null as boolean) as consent_sms, -- Square tells none
    ---------- when
    created_at,
    updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
{% endmacro %}
