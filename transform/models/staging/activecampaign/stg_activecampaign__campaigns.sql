select
    {{ origin('activecampaign', 'campaigns') }},
    id as source_record_id,
    ---------- what
    name,
    'campaign' as native_level,
    type as objective,
    case status when '0' then 'draft' when '1' then 'scheduled' when '2' then 'sending' when '3' then 'paused' when '4' then 'stopped' when '5' then 'completed' else status end as status,
    'email' as channel,
    cast(null as text) as utm_campaign, -- set for each link
    {{ utc_date('sdate') }} as start_date,
    cast(null as date) as end_date, -- an e-mail is sent once
    ---------- money
    cast(null as numeric(38,9)) as budget, -- ActiveCampaign has none
    cast(null as text) as currency, -- ActiveCampaign has no budgets
    ---------- when
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('activecampaign', 'campaigns') }} as campaigns
