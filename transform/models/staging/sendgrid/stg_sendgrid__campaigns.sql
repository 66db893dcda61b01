select
    {{ origin('sendgrid', 'single_sends') }},
    id as source_record_id,
    ---------- what
    name,
    'single_send' as native_level,
    cast(null as text) as objective, -- SendGrid has none
    lower(status) as status,
    'email' as channel,
    cast(null as text) as utm_campaign, -- set in the tracking settings, not per send
    cast(send_at as date) as start_date,
    cast(null as date) as end_date, -- sent once
    ---------- money
    cast(null as numeric(38,9)) as budget, -- SendGrid has none
    cast(null as text) as currency, -- SendGrid has none
    ---------- when
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('sendgrid', 'single_sends') }} as single_sends
