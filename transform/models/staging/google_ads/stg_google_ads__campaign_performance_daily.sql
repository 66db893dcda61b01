select
    {{ origin('google_ads', 'campaign_performance_daily', account='customer_id') }},
    customer_id || '/' || campaign_id || '/' || segments_date as source_record_id,
    campaign_id as source_campaign_id,
    segments_date as date_day,
    customer_time_zone as account_timezone,
    ---------- grain: the campaign's day as a whole
    cast(null as text) as ad_group_id, -- in ad_group_performance_daily
    cast(null as text) as ad_id, -- in ad_performance_daily
    cast(null as text) as country, -- in geographic_performance_daily
    ---------- figures
    customer_currency_code as currency,
    metrics_impressions as impressions,
    metrics_clicks as clicks,
    {{ micros('metrics_cost_micros') }} as spend,
    {{ amount('metrics_conversions') }} as platform_conversions,
    {{ amount('metrics_conversions_value') }} as platform_conversion_value,
    'as set per conversion action' as attribution_window,
    -- conversions are counted on the day of their click and may come up to 90 days later
    segments_date < {{ utc_date('_sdc_extracted_at') }} - 90 as is_final,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('google_ads', 'campaign_performance_daily') }} as campaign_performance_daily
