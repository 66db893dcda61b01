select
    {{ origin('pipedrive', 'organizations', from='organization') }},
    organization.id as source_record_id,
    ---------- who
    'organisation' as record_type,
    organization.name as full_name,
    cast(null as text) as first_name, -- an organisation has none
    cast(null as text) as last_name, -- an organisation has none
    cast(null as date) as birth_date, -- an organisation has none
    cast(null as text) as email, -- Pipedrive keeps those of its people
    cast(null as text) as phone, -- Pipedrive keeps those of its people
    ---------- where
    nullif(trim(coalesce({{ json_text('organization.address', 'route') }}, '') || ' ' || coalesce({{ json_text('organization.address', 'street_number') }}, '')), '') as address_line1,
    {{ json_text('organization.address', 'locality') }} as city,
    {{ json_text('organization.address', 'admin_area_level_1') }} as region,
    {{ json_text('organization.address', 'postal_code') }} as postcode,
    coalesce(country_names.country_code, case when length({{ json_text('organization.address', 'country') }}) = 2 then upper({{ json_text('organization.address', 'country') }}) end) as country_code,
    organization.name as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- consent is a person's
    cast(null as boolean) as consent_sms, -- consent is a person's
    ---------- when
    organization.add_time as created_at,
    organization.update_time as updated_at,
    organization._sdc_deleted_at as deleted_at,
    organization._sdc_extracted_at as _loaded_at
from {{ raw('pipedrive', 'organizations') }} as organization
left join {{ ref('country_names') }} as country_names
    on country_names.name = lower(trim({{ json_text('organization.address', 'country') }}))
