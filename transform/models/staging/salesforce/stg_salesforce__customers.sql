select
    {{ origin('salesforce', 'contacts', from='contact') }},
    contact."Id" as source_record_id,
    ---------- who
    'person' as record_type,
    contact."Name" as full_name,
    contact."FirstName" as first_name,
    contact."LastName" as last_name,
    contact."Birthdate" as birth_date,
    contact."Email" as email,
    coalesce(contact."Phone", contact."MobilePhone", contact."HomePhone") as phone,
    ---------- where
    contact."MailingStreet" as address_line1,
    contact."MailingCity" as city,
    contact."MailingState" as region,
    contact."MailingPostalCode" as postcode,
    coalesce(country_names.country_code, case when length(contact."MailingCountry") = 2 then upper(contact."MailingCountry") end) as country_code,
    account."Name" as company,
    ---------- consent
    not contact."HasOptedOutOfEmail" as consent_email,
    cast(null as boolean) as consent_sms, -- Salesforce has none
    ---------- when
    contact."CreatedDate" as created_at,
    contact."LastModifiedDate" as updated_at,
    contact._sdc_deleted_at as deleted_at,
    contact._sdc_extracted_at as _loaded_at
from {{ raw('salesforce', 'contacts') }} as contact
left join {{ raw('salesforce', 'accounts') }} as account
    on account."Id" = contact."AccountId" and account._connection_id = contact._connection_id
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(contact."MailingCountry"))
