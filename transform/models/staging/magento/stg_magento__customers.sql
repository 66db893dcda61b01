select
    {{ origin('magento', 'customers') }},
    id as source_record_id,
    ---------- who
    'person' as record_type,
    trim(firstname || ' ' || lastname) as full_name,
    firstname as first_name,
    lastname as last_name,
    case when {{ matches('dob', "'^[0-9]{4}-[0-9]{2}-[0-9]{2}'") }} then cast(left(dob, 10) as date) end as birth_date,
    email,
    {{ json_text('addresses', 0, 'telephone') }} as phone,
    ---------- where: the first of the customer's addresses
    {{ json_text('addresses', 0, 'street', 0) }} as address_line1,
    {{ json_text('addresses', 0, 'city') }} as city,
    {{ json_text('addresses', 0, 'region', 'region') }} as region,
    {{ json_text('addresses', 0, 'postcode') }} as postcode,
    {{ json_text('addresses', 0, 'country_id') }} as country_code,
    {{ json_text('addresses', 0, 'company') }} as company,
    ---------- consent
    cast({{ json_text('extension_attributes', 'is_subscribed') }} as boolean) as consent_email,
    cast(null as boolean) as consent_sms, -- Magento has none
    ---------- when
    created_at,
    updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('magento', 'customers') }} as customers
