select
    {{ origin('clover', 'customers') }},
    id as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce("firstName", '') || ' ' || coalesce("lastName", '')), '') as full_name,
    "firstName" as first_name,
    "lastName" as last_name,
    cast(null as date) as birth_date, -- in the metadata, which is another expansion
    {{ json_text('"emailAddresses"', 'elements', 0, 'emailAddress') }} as email,
    {{ json_text('"phoneNumbers"', 'elements', 0, 'phoneNumber') }} as phone,
    ---------- where
    {{ json_text('addresses', 'elements', 0, 'address1') }} as address_line1,
    {{ json_text('addresses', 'elements', 0, 'city') }} as city,
    {{ json_text('addresses', 'elements', 0, 'state') }} as region,
    {{ json_text('addresses', 'elements', 0, 'zip') }} as postcode,
    {{ json_text('addresses', 'elements', 0, 'country') }} as country_code,
    cast(null as text) as company, -- in the metadata, which is another expansion
    ---------- consent
    "marketingAllowed" as consent_email,
    cast(null as boolean) as consent_sms, -- Clover asks once for all ways
    ---------- when
    {{ clover_moment('"customerSince"') }} as created_at,
    cast(null as timestamp with time zone) as updated_at, -- Clover tells none
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('clover', 'customers') }} as customers
