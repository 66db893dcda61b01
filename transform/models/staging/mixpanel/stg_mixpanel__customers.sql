-- Profiles that say who they are; a visitor known only by his browser is nobody yet.
with source as (select * from {{ raw('mixpanel', 'profiles') }} as profiles where {{ json_text('properties', '$email') }} is not null)

select
    {{ origin('mixpanel', 'profiles') }},
    distinct_id as source_record_id,
    ---------- who: the properties that Mixpanel itself has names for
    'person' as record_type,
    coalesce(
        {{ json_text('properties', '$name') }},
        nullif(trim(coalesce({{ json_text('properties', '$first_name') }}, '') || ' ' || coalesce({{ json_text('properties', '$last_name') }}, '')), '')
    ) as full_name,
    {{ json_text('properties', '$first_name') }} as first_name,
    {{ json_text('properties', '$last_name') }} as last_name,
    cast(null as date) as birth_date, -- Mixpanel has none
    {{ json_text('properties', '$email') }} as email,
    {{ json_text('properties', '$phone') }} as phone,
    ---------- where: as far as the address of the last visit tells
    cast(null as text) as address_line1, -- Mixpanel has none
    {{ json_text('properties', '$city') }} as city,
    {{ json_text('properties', '$region') }} as region,
    cast(null as text) as postcode, -- Mixpanel has none
    {{ json_text('properties', '$country_code') }} as country_code,
    cast(null as text) as company, -- a group's name
    ---------- consent
    cast(null as boolean) as consent_email, -- Mixpanel sends nothing
    cast(null as boolean) as consent_sms, -- Mixpanel sends nothing
    ---------- when
    cast(null as timestamp with time zone) as created_at, -- a property, where the sender sets one
    cast(null as timestamp with time zone) as updated_at, -- $last_seen is in the project's own zone
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
