with source as (select * from {{ raw('bigcommerce', 'customers') }} as customers),

subscribed as (select _connection_id, lower(email) as email from {{ raw('bigcommerce', 'subscribers') }} as subscribers where _sdc_deleted_at is null group by 1, 2)

select
    {{ origin('bigcommerce', 'customers', from='source') }},
    source.id as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce(source.first_name, '') || ' ' || coalesce(source.last_name, '')), '') as full_name,
    source.first_name,
    source.last_name,
    cast(null as date) as birth_date, -- BigCommerce has none
    source.email,
    nullif(source.phone, '') as phone,
    ---------- where: the first of the customer's addresses
    {{ json_text('source.addresses', 0, 'address1') }} as address_line1,
    {{ json_text('source.addresses', 0, 'city') }} as city,
    {{ json_text('source.addresses', 0, 'state_or_province') }} as region,
    {{ json_text('source.addresses', 0, 'postal_code') }} as postcode,
    {{ json_text('source.addresses', 0, 'country_code') }} as country_code,
    nullif(source.company, '') as company,
    ---------- consent
    subscribed.email is not null as consent_email,
    cast(null as boolean) as consent_sms, -- BigCommerce has none
    ---------- when
    source.date_created as created_at,
    source.date_modified as updated_at,
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
left join subscribed on subscribed.email = lower(source.email) and subscribed._connection_id = source._connection_id
