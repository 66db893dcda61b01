with source as (select * from {{ raw('hubspot', 'contacts') }} as contacts)

select
    {{ origin('hubspot', 'contacts', from='source') }},
    source.id as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce(firstname, '') || ' ' || coalesce(lastname, '')), '') as full_name,
    firstname as first_name,
    lastname as last_name,
    cast(null as date) as birth_date, -- HubSpot keeps it as free text
    email,
    coalesce(phone, mobilephone) as phone,
    ---------- where
    address as address_line1,
    city,
    state as region,
    zip as postcode,
    coalesce(country_names.country_code, case when length(country) = 2 then upper(country) end) as country_code,
    company,
    ---------- consent
    not hs_email_optout as consent_email,
    cast(null as boolean) as consent_sms, -- HubSpot keeps it per subscription
    ---------- when
    "createdAt" as created_at,
    "updatedAt" as updated_at,
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(source.country))
