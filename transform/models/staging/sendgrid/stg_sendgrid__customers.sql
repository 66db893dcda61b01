with source as (select * from {{ raw('sendgrid', 'contacts') }} as contacts),

unsubscribed as (select _connection_id, email from {{ raw('sendgrid', 'global_suppressions') }} as global_suppressions where _sdc_deleted_at is null group by 1, 2)

select
    {{ origin('sendgrid', 'contacts', from='source') }},
    source.contact_id as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce(source.first_name, '') || ' ' || coalesce(source.last_name, '')), '') as full_name,
    source.first_name,
    source.last_name,
    cast(null as date) as birth_date, -- SendGrid has none
    source.email,
    source.phone_number as phone,
    ---------- where
    source.address_line_1 as address_line1,
    source.city,
    source.state_province_region as region,
    source.postal_code as postcode,
    coalesce(country_names.country_code, case when length(source.country) = 2 then upper(source.country) end) as country_code,
    cast(null as text) as company, -- SendGrid has none
    ---------- consent: being in the list is consent until it is withdrawn
    unsubscribed.email is null as consent_email,
    cast(null as boolean) as consent_sms, -- SendGrid sends e-mail
    ---------- when
    source.created_at,
    source.updated_at,
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
left join unsubscribed
    on lower(unsubscribed.email) = lower(source.email) and unsubscribed._connection_id = source._connection_id
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(source.country))
