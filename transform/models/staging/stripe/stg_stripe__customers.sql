with source as ({{ each_row(raw('stripe', 'customers')) }})

select
    {{ origin('stripe', 'customers') }},
    id as source_record_id,
    ---------- who
    case when business_name is not null and individual_name is null then 'organisation' else 'person' end as record_type,
    coalesce(individual_name, name) as full_name,
    cast(null as text) as first_name, -- Stripe keeps one name
    cast(null as text) as last_name, -- Stripe keeps one name
    cast(null as date) as birth_date, -- Stripe has none
    email,
    phone,
    ---------- where
    {{ json_text('address', 'line1') }} as address_line1,
    {{ json_text('address', 'city') }} as city,
    {{ json_text('address', 'state') }} as region,
    {{ json_text('address', 'postal_code') }} as postcode,
    {{ json_text('address', 'country') }} as country_code,
    business_name as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- Stripe asks for none
    cast(null as boolean) as consent_sms, -- Stripe asks for none
    ---------- when
    {{ from_epoch('created') }} as created_at,
    {{ from_epoch('created') }} as updated_at, -- Stripe tells no time of change
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at,
    _row_hash
from source
