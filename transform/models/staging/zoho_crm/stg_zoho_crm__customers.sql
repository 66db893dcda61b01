select
    {{ origin('zoho_crm', 'contacts', from='contact') }},
    contact.id as source_record_id,
    ---------- who
    'person' as record_type,
    contact."Full_Name" as full_name,
    contact."First_Name" as first_name,
    contact."Last_Name" as last_name,
    contact."Date_of_Birth" as birth_date,
    contact."Email" as email,
    coalesce(contact."Phone", contact."Mobile", contact."Home_Phone") as phone,
    ---------- where
    contact."Mailing_Street" as address_line1,
    contact."Mailing_City" as city,
    contact."Mailing_State" as region,
    contact."Mailing_Zip" as postcode,
    coalesce(country_names.country_code, case when length(contact."Mailing_Country") = 2 then upper(contact."Mailing_Country") end) as country_code,
    account."Account_Name" as company,
    ---------- consent
    not contact."Email_Opt_Out" as consent_email,
    cast(null as boolean) as consent_sms, -- Zoho has none
    ---------- when
    contact."Created_Time" as created_at,
    contact."Modified_Time" as updated_at,
    contact._sdc_deleted_at as deleted_at,
    contact._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', 'contacts') }} as contact
left join {{ raw('zoho_crm', 'accounts') }} as account
    on account.id = contact."Account_Name" and account._connection_id = contact._connection_id
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(contact."Mailing_Country"))
