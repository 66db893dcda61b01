select
    {{ origin('marketo', 'leads', from='lead') }},
    lead.id as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce(lead."firstName", '') || ' ' || coalesce(lead."lastName", '')), '') as full_name,
    lead."firstName" as first_name,
    lead."lastName" as last_name,
    lead."dateOfBirth" as birth_date,
    lead.email,
    coalesce(lead.phone, lead."mobilePhone") as phone,
    ---------- where
    lead.address as address_line1,
    lead.city,
    lead.state as region,
    lead."postalCode" as postcode,
    coalesce(country_names.country_code, case when length(lead.country) = 2 then upper(lead.country) end) as country_code,
    lead.company,
    ---------- consent
    not lead.unsubscribed as consent_email,
    cast(null as boolean) as consent_sms, -- Marketo has none
    ---------- when
    lead."createdAt" as created_at,
    lead."updatedAt" as updated_at,
    lead._sdc_deleted_at as deleted_at,
    lead._sdc_extracted_at as _loaded_at
from {{ raw('marketo', 'leads') }} as lead
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(lead.country))
