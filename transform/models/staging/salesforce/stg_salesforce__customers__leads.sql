select
    {{ origin('salesforce', 'leads', from='lead') }},
    lead."Id" as source_record_id,
    ---------- who
    'person' as record_type,
    lead."Name" as full_name,
    lead."FirstName" as first_name,
    lead."LastName" as last_name,
    cast(null as date) as birth_date, -- a lead has none
    lead."Email" as email,
    coalesce(lead."Phone", lead."MobilePhone") as phone,
    ---------- where
    lead."Street" as address_line1,
    lead."City" as city,
    lead."State" as region,
    lead."PostalCode" as postcode,
    coalesce(country_names.country_code, case when length(lead."Country") = 2 then upper(lead."Country") end) as country_code,
    lead."Company" as company,
    ---------- consent
    not lead."HasOptedOutOfEmail" as consent_email,
    cast(null as boolean) as consent_sms, -- Salesforce has none
    ---------- when
    lead."CreatedDate" as created_at,
    lead."LastModifiedDate" as updated_at,
    lead._sdc_deleted_at as deleted_at,
    lead._sdc_extracted_at as _loaded_at
from {{ raw('salesforce', 'leads') }} as lead
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(lead."Country"))
