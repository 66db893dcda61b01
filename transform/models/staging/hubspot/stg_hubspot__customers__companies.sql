with source as (select * from {{ raw('hubspot', 'companies') }} as companies)

select
    {{ origin('hubspot', 'companies', from='source') }},
    source.id as source_record_id,
    ---------- who
    'organisation' as record_type,
    source.name as full_name,
    cast(null as text) as first_name, -- an organisation has none
    cast(null as text) as last_name, -- an organisation has none
    cast(null as date) as birth_date, -- an organisation has none
    cast(null as text) as email, -- HubSpot keeps a company's domain, not a mailbox
    source.phone,
    ---------- where
    source.address as address_line1,
    source.city,
    source.state as region,
    source.zip as postcode,
    coalesce(country_names.country_code, case when length(source.country) = 2 then upper(source.country) end) as country_code,
    source.name as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- consent is a person's
    cast(null as boolean) as consent_sms, -- consent is a person's
    ---------- when
    source."createdAt" as created_at,
    source."updatedAt" as updated_at,
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(source.country))
