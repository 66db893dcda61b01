select
    {{ origin('razorpay', 'customers') }},
    id as source_record_id,
    ---------- who
    case when gstin is not null then 'organisation' else 'person' end as record_type,
    name as full_name,
    cast(null as text) as first_name, -- Razorpay keeps one name
    cast(null as text) as last_name, -- Razorpay keeps one name
    cast(null as date) as birth_date, -- Razorpay has none
    email,
    contact as phone,
    ---------- where: addresses belong to invoices
    cast(null as text) as address_line1,
    cast(null as text) as city,
    cast(null as text) as region,
    cast(null as text) as postcode,
    cast(null as text) as country_code,
    cast(null as text) as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- Razorpay asks for none
    cast(null as boolean) as consent_sms, -- Razorpay asks for none
    ---------- when
    {{ from_epoch('created_at') }} as created_at,
    {{ from_epoch('created_at') }} as updated_at, -- Razorpay tells no time of change
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('razorpay', 'customers') }} as customers
