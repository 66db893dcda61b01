with source as ({{ each_row(raw('shopify', 'customers')) }})

select
    {{ origin('shopify', 'customers') }},
    id as source_record_id,
    ---------- who
    'person' as record_type,
    "displayName" as full_name,
    "firstName" as first_name,
    "lastName" as last_name,
    cast(null as date) as birth_date, -- Shopify has none
    {{ json_text('"defaultEmailAddress"', 'emailAddress') }} as email,
    coalesce({{ json_text('"defaultPhoneNumber"', 'phoneNumber') }}, {{ json_text('"defaultAddress"', 'phone') }}) as phone,
    ---------- where
    {{ json_text('"defaultAddress"', 'address1') }} as address_line1,
    {{ json_text('"defaultAddress"', 'city') }} as city,
    {{ json_text('"defaultAddress"', 'provinceCode') }} as region,
    {{ json_text('"defaultAddress"', 'zip') }} as postcode,
    {{ json_text('"defaultAddress"', 'countryCodeV2') }} as country_code,
    {{ json_text('"defaultAddress"', 'company') }} as company,
    ---------- consent
    {{ json_text('"defaultEmailAddress"', 'marketingState') }} = 'SUBSCRIBED' as consent_email,
    cast(null as boolean) as consent_sms, -- not in the stream
    ---------- when
    "createdAt" as created_at,
    "updatedAt" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at,
    _row_hash
from source
