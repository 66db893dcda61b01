-- Whom the account ships to.
select
    {{ origin('shipstation', 'customers') }},
    "customerId" as source_record_id,
    ---------- who
    'person' as record_type, -- an order's recipient, with the company beside the name
    coalesce(name, company) as full_name,
    cast(null as text) as first_name, -- ShipStation keeps one name
    cast(null as text) as last_name, -- ShipStation keeps one name
    cast(null as date) as birth_date, -- ShipStation has none
    email,
    phone,
    ---------- where
    street1 as address_line1,
    city,
    state as region,
    "postalCode" as postcode,
    "countryCode" as country_code,
    company,
    ---------- consent
    cast(null as boolean) as consent_email, -- ShipStation asks for none
    cast(null as boolean) as consent_sms, -- ShipStation asks for none
    ---------- when
    "createDate" as created_at,
    "modifyDate" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('shipstation', 'customers') }} as customers
