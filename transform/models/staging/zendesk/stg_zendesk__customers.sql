-- The people who ask: agents and administrators are users of the same list, and no customers.
with source as (select * from {{ raw('zendesk', 'users') }} as users where role = 'end-user')

select
    {{ origin('zendesk', 'users') }},
    id as source_record_id,
    ---------- who
    'person' as record_type,
    name as full_name,
    cast(null as text) as first_name, -- Zendesk keeps one name
    cast(null as text) as last_name, -- Zendesk keeps one name
    cast(null as date) as birth_date, -- Zendesk has none
    email,
    phone,
    ---------- where
    cast(null as text) as address_line1, -- Zendesk has none
    cast(null as text) as city, -- Zendesk has none
    cast(null as text) as region, -- Zendesk has none
    cast(null as text) as postcode, -- Zendesk has none
    cast(null as text) as country_code, -- Zendesk has none
    cast(null as text) as company, -- an organization: organization_id
    ---------- consent
    cast(null as boolean) as consent_email, -- Zendesk sends no marketing
    cast(null as boolean) as consent_sms, -- Zendesk sends no marketing
    ---------- when
    created_at,
    updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
