-- Which campaign a click id came from.
select
    {{ origin('microsoft_ads', 'click_performance_daily', account='account_id') }},
    "MSClickId" as source_record_id,
    'msclkid:' || "MSClickId" as click_id,
    "CampaignId" as source_campaign_id,
    "TimePeriod" as clicked_on,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('microsoft_ads', 'click_performance_daily') }} as click_performance_daily
where "MSClickId" is not null
