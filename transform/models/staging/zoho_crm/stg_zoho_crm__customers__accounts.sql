select
    {{ origin('zoho_crm', 'accounts', from='account') }},
    account.id as source_record_id,
    ---------- who
    'organisation' as record_type,
    account."Account_Name" as full_name,
    cast(null as text) as first_name, -- an organisation has none
    cast(null as text) as last_name, -- an organisation has none
    cast(null as date) as birth_date, -- an organisation has none
    cast(null as text) as email, -- Zoho keeps none of an account
    account."Phone" as phone,
    ---------- where
    account."Billing_Street" as address_line1,
    account."Billing_City" as city,
    account."Billing_State" as region,
    account."Billing_Code" as postcode,
    coalesce(country_names.country_code, case when length(account."Billing_Country") = 2 then upper(account."Billing_Country") end) as country_code,
    account."Account_Name" as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- consent is a person's
    cast(null as boolean) as consent_sms, -- consent is a person's
    ---------- when
    account."Created_Time" as created_at,
    account."Modified_Time" as updated_at,
    account._sdc_deleted_at as deleted_at,
    account._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', 'accounts') }} as account
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(account."Billing_Country"))
