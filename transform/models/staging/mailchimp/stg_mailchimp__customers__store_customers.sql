select
    {{ origin('mailchimp', 'store_customers') }},
    store_id || ':' || id as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '') as full_name,
    first_name,
    last_name,
    cast(null as date) as birth_date, -- Mailchimp has none
    email_address as email,
    sms_phone_number as phone,
    ---------- where
    {{ json_text('address', 'address1') }} as address_line1,
    {{ json_text('address', 'city') }} as city,
    {{ json_text('address', 'province') }} as region,
    {{ json_text('address', 'postal_code') }} as postcode,
    upper({{ json_text('address', 'country_code') }}) as country_code,
    company,
    ---------- consent
    opt_in_status as consent_email,
    cast(null as boolean) as consent_sms, -- stands in members
    ---------- when
    created_at,
    updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('mailchimp', 'store_customers') }} as store_customers
