select
    {{ origin('hubspot', 'campaigns') }},
    id as source_record_id,
    ---------- what
    hs_name as name,
    'initiative' as native_level, -- a HubSpot campaign bundles assets of several channels
    cast(null as text) as objective, -- HubSpot has none
    lower(hs_campaign_status) as status,
    'marketing' as channel,
    hs_utm as utm_campaign,
    hs_start_date as start_date,
    hs_end_date as end_date,
    ---------- money
    {{ amount('hs_budget_items_sum_amount') }} as budget,
    hs_currency_code as currency,
    ---------- when
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('hubspot', 'campaigns') }} as campaigns
