select
    {{ origin('tiktok_ads', 'campaign_performance_daily', account='advertiser_id') }},
    advertiser_id || '/' || campaign_id || '/' || stat_time_day as source_record_id,
    campaign_id as source_campaign_id,
    stat_time_day as date_day,
    advertiser_timezone as account_timezone,
    ---------- grain: the campaign's day as a whole
    cast(null as text) as ad_group_id, -- in ad_group_performance_daily
    cast(null as text) as ad_id, -- in ad_performance_daily
    cast(null as text) as country, -- in campaign_audience_daily_by_country
    ---------- figures
    advertiser_currency as currency,
    impressions as impressions,
    clicks as clicks,
    {{ amount('spend') }} as spend,
    {{ amount('conversion') }} as platform_conversions,
    {{ amount('total_complete_payment_rate') }} as platform_conversion_value, -- the value of the payments, whatever its name says
    'as set per ad group' as attribution_window,
    -- a conversion is counted on the day of its click and may come up to 28 days later
    stat_time_day < {{ utc_date('_sdc_extracted_at') }} - 28 as is_final,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('tiktok_ads', 'campaign_performance_daily') }} as campaign_performance_daily
