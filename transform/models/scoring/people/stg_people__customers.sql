with source as (select * from {{ raw('people', 'records') }} as records)

select
    'people.records' as source_relation,
    'people' as platform,
    coalesce(platform, 'default') as connection_id,
    coalesce(platform, 'default') as account_id,
    'records' as source_object,
    id as source_record_id,
    ---------- who
    'person' as record_type,
    cast(null as text) as full_name,
    first_name,
    last_name,
    cast(dob as date) as birth_date,
    email,
    phone,
    ---------- where
    street as address_line1,
    suburb as city,
    state as region,
    postcode,
    cast(null as text) as country_code,
    cast(null as text) as company,
    ---------- consent
    cast(null as boolean) as consent_email,
    cast(null as boolean) as consent_sms,
    ---------- when
    cast(null as timestamp with time zone) as created_at,
    cast(null as timestamp with time zone) as updated_at,
    cast(null as timestamp with time zone) as deleted_at,
    cast(null as timestamp with time zone) as _loaded_at
from source
