select
    {{ origin('lightspeed', 'customers') }},
    "customerID" as source_record_id,
    ---------- who
    case when "company" <> '' and coalesce("firstName", '') = '' and coalesce("lastName", '') = ''
        then 'organisation' else 'person' end as record_type,
    coalesce(nullif(trim(coalesce("firstName", '') || ' ' || coalesce("lastName", '')), ''), nullif(company, '')) as full_name,
    nullif("firstName", '') as first_name,
    nullif("lastName", '') as last_name,
    {{ utc_date('dob') }} as birth_date,
    nullif({{ lightspeed_contact('Emails', 'ContactEmail', 'address') }}, '') as email,
    nullif({{ lightspeed_contact('Phones', 'ContactPhone', 'number') }}, '') as phone,
    ---------- where
    nullif({{ lightspeed_contact('Addresses', 'ContactAddress', 'address1') }}, '') as address_line1,
    nullif({{ lightspeed_contact('Addresses', 'ContactAddress', 'city') }}, '') as city,
    nullif({{ lightspeed_contact('Addresses', 'ContactAddress', 'state') }}, '') as region,
    nullif({{ lightspeed_contact('Addresses', 'ContactAddress', 'zip') }}, '') as postcode,
    nullif({{ lightspeed_contact('Addresses', 'ContactAddress', 'countryCode') }}, '') as country_code,
    nullif(company, '') as company,
    ---------- consent: Lightspeed tells only who does not want it
    case when {{ json_text('"Contact"', 'noEmail') }} = 'true' then false end as consent_email,
    case when {{ json_text('"Contact"', 'noPhone') }} = 'true' then false end as consent_sms,
    ---------- when
    "createTime" as created_at,
    "timeStamp" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('lightspeed', 'customers') }} as customers
