-- People who left their address in a lead form; what a form asks for is the advertiser's choice.
with lead as (select * from {{ raw('meta_ads', 'leads') }} as leads),

answered as (
    select
        lead.*,
        {{ meta_ads_answer('full_name') }} as full_name,
        {{ meta_ads_answer('first_name') }} as first_name,
        {{ meta_ads_answer('last_name') }} as last_name,
        {{ meta_ads_answer('email') }} as email,
        {{ meta_ads_answer('phone_number') }} as phone,
        {{ meta_ads_answer('street_address') }} as street_address,
        {{ meta_ads_answer('city') }} as city,
        coalesce({{ meta_ads_answer('state') }}, {{ meta_ads_answer('province') }}) as region,
        coalesce({{ meta_ads_answer('zip_code') }}, {{ meta_ads_answer('post_code') }}) as postcode,
        {{ meta_ads_answer('country') }} as country,
        {{ meta_ads_answer('company_name') }} as company
    from lead
)

select
    {{ origin('meta_ads', 'leads', from='answered') }},
    answered.id as source_record_id,
    ---------- who
    'person' as record_type,
    coalesce(full_name, nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '')) as full_name,
    first_name as first_name,
    last_name as last_name,
    cast(null as date) as birth_date, -- asked for as free text
    email as email,
    phone as phone,
    ---------- where
    street_address as address_line1,
    city as city,
    region as region,
    postcode as postcode,
    coalesce(country_names.country_code, case when length(country) = 2 then upper(country) end) as country_code,
    company as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- a form's own questions, in custom_disclaimer_responses
    cast(null as boolean) as consent_sms,
    ---------- when
    created_time as created_at,
    created_time as updated_at,
    answered._sdc_deleted_at as deleted_at,
    answered._sdc_extracted_at as _loaded_at
from answered
left join {{ ref('country_names') }} as country_names on country_names.name = lower(trim(answered.country))
where email is not null or phone is not null
