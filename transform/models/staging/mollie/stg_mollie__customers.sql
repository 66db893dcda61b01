select
    {{ origin('mollie', 'customers') }},
    id as source_record_id,
    ---------- who
    'person' as record_type,
    name as full_name,
    cast(null as text) as first_name, -- Mollie keeps one name
    cast(null as text) as last_name, -- Mollie keeps one name
    cast(null as date) as birth_date, -- Mollie has none
    email,
    cast(null as text) as phone, -- Mollie has none
    ---------- where: addresses belong to payments and orders
    cast(null as text) as address_line1,
    cast(null as text) as city,
    cast(null as text) as region,
    cast(null as text) as postcode,
    cast(null as text) as country_code,
    cast(null as text) as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- Mollie asks for none
    cast(null as boolean) as consent_sms, -- Mollie asks for none
    ---------- when
    "createdAt" as created_at,
    "createdAt" as updated_at, -- Mollie tells no time of change
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('mollie', 'customers') }} as customers
