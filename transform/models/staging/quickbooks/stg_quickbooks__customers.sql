-- A job is a project of a customer and no customer of its own.
with source as (select * from {{ raw('quickbooks', 'customers') }} as customers where "Job" is not true)

select
    {{ origin('quickbooks', 'customers') }},
    "Id" as source_record_id,
    ---------- who: a business has no first or last name, or has a person as its contact
    case when "GivenName" is null and "FamilyName" is null then 'organisation' else 'person' end as record_type,
    coalesce(nullif(trim(coalesce("GivenName", '') || ' ' || coalesce("FamilyName", '')), ''), source."DisplayName") as full_name,
    "GivenName" as first_name,
    "FamilyName" as last_name,
    cast(null as date) as birth_date, -- QuickBooks has none
    {{ json_text('"PrimaryEmailAddr"', 'Address') }} as email,
    coalesce({{ json_text('"PrimaryPhone"', 'FreeFormNumber') }}, {{ json_text('"Mobile"', 'FreeFormNumber') }}) as phone,
    ---------- where
    {{ json_text('"BillAddr"', 'Line1') }} as address_line1,
    {{ json_text('"BillAddr"', 'City') }} as city,
    {{ json_text('"BillAddr"', 'CountrySubDivisionCode') }} as region,
    {{ json_text('"BillAddr"', 'PostalCode') }} as postcode,
    coalesce(
        country_names.country_code,
        case when length({{ json_text('"BillAddr"', 'Country') }}) = 2 then upper({{ json_text('"BillAddr"', 'Country') }}) end
    ) as country_code,
    coalesce("CompanyName", case when "GivenName" is null and "FamilyName" is null then source."DisplayName" end) as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- an accounting system asks for none
    cast(null as boolean) as consent_sms, -- an accounting system asks for none
    ---------- when
    "CreateTime" as created_at,
    "LastUpdatedTime" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
left join {{ ref('country_names') }} as country_names
    on country_names.name = lower(trim({{ json_text('"BillAddr"', 'Country') }}))
