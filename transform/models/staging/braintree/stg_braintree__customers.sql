select
    {{ origin('braintree', 'customers') }},
    "legacyId" as source_record_id, -- the id that shops know and write down
    ---------- who
    case when company is not null and "firstName" is null and "lastName" is null then 'organisation' else 'person' end as record_type,
    coalesce(nullif(trim(coalesce("firstName", '') || ' ' || coalesce("lastName", '')), ''), company) as full_name,
    "firstName" as first_name,
    "lastName" as last_name,
    cast(null as date) as birth_date, -- Braintree has none
    email,
    "phoneNumber" as phone,
    ---------- where: addresses belong to payments
    cast(null as text) as address_line1,
    cast(null as text) as city,
    cast(null as text) as region,
    cast(null as text) as postcode,
    cast(null as text) as country_code,
    company,
    ---------- consent
    cast(null as boolean) as consent_email, -- Braintree asks for none
    cast(null as boolean) as consent_sms, -- Braintree asks for none
    ---------- when
    "createdAt" as created_at,
    "createdAt" as updated_at, -- Braintree tells no time of change
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('braintree', 'customers') }} as customers
