-- Contacts that were ever billed; suppliers are contacts too.
with source as (select * from {{ raw('xero', 'contacts') }} as contacts where "IsCustomer")

select
    {{ origin('xero', 'contacts') }},
    "ContactID" as source_record_id,
    ---------- who: a contact's Name is the business's where a first or last name stands beside it
    case when "FirstName" is null and "LastName" is null then 'organisation' else 'person' end as record_type,
    coalesce(nullif(trim(coalesce("FirstName", '') || ' ' || coalesce("LastName", '')), ''), source."Name") as full_name,
    "FirstName" as first_name,
    "LastName" as last_name,
    cast(null as date) as birth_date, -- Xero has none
    "EmailAddress" as email,
    nullif(
        coalesce({{ json_text('"Phones"', 0, 'PhoneCountryCode') }}, '')
        || coalesce({{ json_text('"Phones"', 0, 'PhoneAreaCode') }}, '')
        || coalesce({{ json_text('"Phones"', 0, 'PhoneNumber') }}, ''), ''
    ) as phone,
    ---------- where: the first of the addresses that is filled
    coalesce({{ json_text('"Addresses"', 0, 'AddressLine1') }}, {{ json_text('"Addresses"', 1, 'AddressLine1') }}) as address_line1,
    coalesce({{ json_text('"Addresses"', 0, 'City') }}, {{ json_text('"Addresses"', 1, 'City') }}) as city,
    coalesce({{ json_text('"Addresses"', 0, 'Region') }}, {{ json_text('"Addresses"', 1, 'Region') }}) as region,
    coalesce({{ json_text('"Addresses"', 0, 'PostalCode') }}, {{ json_text('"Addresses"', 1, 'PostalCode') }}) as postcode,
    country_names.country_code,
    case when "FirstName" is not null or "LastName" is not null then source."Name" end as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- an accounting system asks for none
    cast(null as boolean) as consent_sms, -- an accounting system asks for none
    ---------- when
    cast(null as timestamp with time zone) as created_at, -- Xero tells the last change only
    "UpdatedDateUTC" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
left join {{ ref('country_names') }} as country_names
    on country_names.name = lower(trim(coalesce({{ json_text('"Addresses"', 0, 'Country') }}, {{ json_text('"Addresses"', 1, 'Country') }})))
