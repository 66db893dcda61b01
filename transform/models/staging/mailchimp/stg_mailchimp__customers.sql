-- One row per audience a person is in; names and addresses are those of the fields every new audience has.
select
    {{ origin('mailchimp', 'members') }},
    list_id || ':' || id as source_record_id,
    ---------- who
    'person' as record_type,
    full_name,
    nullif({{ json_text('merge_fields', 'FNAME') }}, '') as first_name,
    nullif({{ json_text('merge_fields', 'LNAME') }}, '') as last_name,
    cast(null as date) as birth_date, -- Mailchimp keeps day and month only
    email_address as email,
    coalesce(nullif(sms_phone_number, ''), nullif({{ json_text('merge_fields', 'PHONE') }}, '')) as phone,
    ---------- where
    nullif({{ json_text('merge_fields', 'ADDRESS', 'addr1') }}, '') as address_line1,
    nullif({{ json_text('merge_fields', 'ADDRESS', 'city') }}, '') as city,
    nullif({{ json_text('merge_fields', 'ADDRESS', 'state') }}, '') as region,
    nullif({{ json_text('merge_fields', 'ADDRESS', 'zip') }}, '') as postcode,
    coalesce(case when length({{ json_text('merge_fields', 'ADDRESS', 'country') }}) = 2 then upper({{ json_text('merge_fields', 'ADDRESS', 'country') }}) end, upper(nullif({{ json_text('location', 'country_code') }}, ''))) as country_code,
    cast(null as text) as company, -- Mailchimp has no such field of its own
    ---------- consent
    status = 'subscribed' as consent_email,
    case when sms_subscription_status is not null then sms_subscription_status = 'subscribed' end as consent_sms,
    ---------- when
    coalesce(timestamp_signup, timestamp_opt) as created_at,
    last_changed as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('mailchimp', 'members') }} as members
