-- A person account is also a contact, and stands there.
select
    {{ origin('salesforce', 'accounts', from='account') }},
    account."Id" as source_record_id,
    ---------- who
    'organisation' as record_type,
    account."Name" as full_name,
    cast(null as text) as first_name, -- an organisation has none
    cast(null as text) as last_name, -- an organisation has none
    cast(null as date) as birth_date, -- an organisation has none
    cast(null as text) as email, -- Salesforce keeps none of an account
    account."Phone" as phone,
    ---------- where
    account."BillingStreet" as address_line1,
    account."BillingCity" as city,
    account."BillingState" as region,
    account."BillingPostalCode" as postcode,
    coalesce(country_names.country_code, case when length(account."BillingCountry") = 2 then upper(account."BillingCountry") end) as country_code,
    account."Name" as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- consent is a person's
    cast(null as boolean) as consent_sms, -- consent is a person's
    ---------- when
    account."CreatedDate" as created_at,
    account."LastModifiedDate" as updated_at,
    account._sdc_deleted_at as deleted_at,
    account._sdc_extracted_at as _loaded_at
from {{ raw('salesforce', 'accounts') }} as account
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(account."BillingCountry"))
where account."IsPersonAccount" is not true
