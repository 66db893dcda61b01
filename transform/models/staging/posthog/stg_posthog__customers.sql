-- Persons that said who they are; a visitor known only by his browser is nobody yet.
with source as (select * from {{ raw('posthog', 'persons') }} as persons where {{ json_text('properties', 'email') }} is not null)

select
    {{ origin('posthog', 'persons') }},
    project_id || ':' || id as source_record_id, -- a person's number is its project's
    ---------- who: the properties that PostHog's own libraries set
    'person' as record_type,
    {{ json_text('properties', 'name') }} as full_name,
    {{ json_text('properties', 'first_name') }} as first_name,
    {{ json_text('properties', 'last_name') }} as last_name,
    cast(null as date) as birth_date, -- PostHog has none
    {{ json_text('properties', 'email') }} as email,
    {{ json_text('properties', 'phone') }} as phone,
    ---------- where: as far as the address of the last visit tells
    cast(null as text) as address_line1, -- PostHog has none
    {{ json_text('properties', '$geoip_city_name') }} as city,
    {{ json_text('properties', '$geoip_subdivision_1_name') }} as region,
    {{ json_text('properties', '$geoip_postal_code') }} as postcode,
    {{ json_text('properties', '$geoip_country_code') }} as country_code,
    cast(null as text) as company, -- a group's name
    ---------- consent
    cast(null as boolean) as consent_email, -- PostHog sends nothing
    cast(null as boolean) as consent_sms, -- PostHog sends nothing
    ---------- when
    created_at,
    cast(null as timestamp with time zone) as updated_at, -- PostHog does not tell
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
