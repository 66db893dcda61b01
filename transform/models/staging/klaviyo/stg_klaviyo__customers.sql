select
    {{ origin('klaviyo', 'profiles', from='profile') }},
    profile.id as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce(profile.first_name, '') || ' ' || coalesce(profile.last_name, '')), '') as full_name,
    profile.first_name,
    profile.last_name,
    cast(null as date) as birth_date, -- Klaviyo has none of its own
    profile.email,
    profile.phone_number as phone,
    ---------- where
    {{ json_text('profile.location', 'address1') }} as address_line1,
    {{ json_text('profile.location', 'city') }} as city,
    {{ json_text('profile.location', 'region') }} as region,
    {{ json_text('profile.location', 'zip') }} as postcode,
    coalesce(country_names.country_code, case when length({{ json_text('profile.location', 'country') }}) = 2 then upper({{ json_text('profile.location', 'country') }}) end) as country_code,
    profile.organization as company,
    ---------- consent
    cast({{ json_text('profile.subscriptions', 'email', 'marketing', 'can_receive_email_marketing') }} as boolean) as consent_email,
    cast({{ json_text('profile.subscriptions', 'sms', 'marketing', 'can_receive_sms_marketing') }} as boolean) as consent_sms,
    ---------- when
    profile.created as created_at,
    profile.updated as updated_at,
    profile._sdc_deleted_at as deleted_at,
    profile._sdc_extracted_at as _loaded_at
from {{ raw('klaviyo', 'profiles') }} as profile
left join {{ ref('country_names') }} as country_names
    on country_names.name = lower(trim({{ json_text('profile.location', 'country') }}))
