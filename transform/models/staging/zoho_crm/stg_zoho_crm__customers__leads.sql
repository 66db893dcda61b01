select
    {{ origin('zoho_crm', 'leads', from='lead') }},
    lead.id as source_record_id,
    ---------- who
    'person' as record_type,
    lead."Full_Name" as full_name,
    lead."First_Name" as first_name,
    lead."Last_Name" as last_name,
    cast(null as date) as birth_date, -- a lead has none
    lead."Email" as email,
    coalesce(lead."Phone", lead."Mobile") as phone,
    ---------- where
    lead."Street" as address_line1,
    lead."City" as city,
    lead."State" as region,
    lead."Zip_Code" as postcode,
    coalesce(country_names.country_code, case when length(lead."Country") = 2 then upper(lead."Country") end) as country_code,
    lead."Company" as company,
    ---------- consent
    not lead."Email_Opt_Out" as consent_email,
    cast(null as boolean) as consent_sms, -- Zoho has none
    ---------- when
    lead."Created_Time" as created_at,
    lead."Modified_Time" as updated_at,
    lead._sdc_deleted_at as deleted_at,
    lead._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', 'leads') }} as lead
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(lead."Country"))
