select
    {{ origin('activecampaign', 'accounts') }},
    id as source_record_id,
    ---------- who
    'organisation' as record_type,
    name as full_name,
    cast(null as text) as first_name, -- an organisation has none
    cast(null as text) as last_name, -- an organisation has none
    cast(null as date) as birth_date, -- an organisation has none
    cast(null as text) as email, -- they are custom fields
    cast(null as text) as phone, -- they are custom fields
    ---------- where
    cast(null as text) as address_line1, -- they are custom fields
    cast(null as text) as city, -- they are custom fields
    cast(null as text) as region, -- they are custom fields
    cast(null as text) as postcode, -- they are custom fields
    cast(null as text) as country_code, -- they are custom fields
    name as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- consent is a person's
    cast(null as boolean) as consent_sms, -- consent is a person's
    ---------- when
    "createdTimestamp" as created_at,
    "updatedTimestamp" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('activecampaign', 'accounts') }} as accounts
