with source as (select * from {{ raw('auth0', 'users') }} as users)

select
    {{ origin('auth0', 'users') }},
    user_id as source_record_id,
    ---------- who
    'person' as record_type,
    -- without a profile, Auth0 puts the email address in place of the name
    nullif(name, email) as full_name,
    given_name as first_name,
    family_name as last_name,
    cast(null as date) as birth_date, -- Auth0 has none but what a tenant puts into user_metadata
    email,
    phone_number as phone,
    ---------- where
    cast(null as text) as address_line1, -- Auth0 has none
    cast(null as text) as city, -- Auth0 has none
    cast(null as text) as region, -- Auth0 has none
    cast(null as text) as postcode, -- Auth0 has none
    cast(null as text) as country_code, -- Auth0 has none
    cast(null as text) as company, -- a user may belong to several: organization_members
    ---------- consent
    cast(null as boolean) as consent_email, -- Auth0 has none
    cast(null as boolean) as consent_sms, -- Auth0 has none
    ---------- when
    created_at,
    updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
