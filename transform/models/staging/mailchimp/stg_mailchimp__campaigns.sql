select
    {{ origin('mailchimp', 'campaigns') }},
    id as source_record_id,
    ---------- what
    coalesce(nullif({{ json_text('settings', 'title') }}, ''), {{ json_text('settings', 'subject_line') }}) as name,
    'campaign' as native_level,
    type as objective,
    status,
    'email' as channel,
    nullif({{ json_text('tracking', 'google_analytics') }}, '') as utm_campaign,
    {{ utc_date('send_time') }} as start_date,
    cast(null as date) as end_date, -- an e-mail is sent once
    ---------- money
    cast(null as numeric(38,9)) as budget, -- Mailchimp has none
    cast(null as text) as currency, -- Mailchimp has none
    ---------- when
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('mailchimp', 'campaigns') }} as campaigns
