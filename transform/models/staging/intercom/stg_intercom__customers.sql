with source as (select * from {{ raw('intercom', 'contacts') }} as contacts)

select
    {{ origin('intercom', 'contacts') }},
    id as source_record_id,
    ---------- who
    'person' as record_type,
    name as full_name,
    cast(null as text) as first_name, -- Intercom keeps one name
    cast(null as text) as last_name, -- Intercom keeps one name
    cast(null as date) as birth_date, -- Intercom has none
    email,
    phone,
    ---------- where: as far as the address of the last visit tells
    cast(null as text) as address_line1, -- Intercom has none
    {{ json_text('location', 'city') }} as city,
    {{ json_text('location', 'region') }} as region,
    cast(null as text) as postcode, -- Intercom has none
    {{ json_text('location', 'country_code') }} as country_code,
    cast(null as text) as company, -- a contact may belong to several: contact_companies
    ---------- consent
    not unsubscribed_from_emails as consent_email,
    cast(null as boolean) as consent_sms, -- Intercom keeps it per subscription
    ---------- when
    {{ from_epoch('created_at') }} as created_at,
    {{ from_epoch('updated_at') }} as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
-- a visitor who never said who he is has neither
where email is not null or phone is not null or external_id is not null
