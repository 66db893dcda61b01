select
    {{ origin('marketo', 'programs') }},
    id as source_record_id,
    ---------- what
    name,
    'initiative' as native_level, -- a program holds e-mails, pages and campaigns
    type as objective,
    nullif(lower(status), '') as status,
    lower(channel) as channel,
    cast(null as text) as utm_campaign, -- Marketo has none
    cast(null as date) as start_date, -- set in its smart campaigns
    cast(null as date) as end_date, -- set in its smart campaigns
    ---------- money
    cast(null as numeric(38,9)) as budget, -- period costs are not listed
    cast(null as text) as currency, -- Marketo has none
    ---------- when
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('marketo', 'programs') }} as programs
