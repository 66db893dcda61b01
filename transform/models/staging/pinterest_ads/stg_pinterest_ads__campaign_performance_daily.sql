select
    {{ origin('pinterest_ads', 'campaign_performance_daily', account='ad_account_id') }},
    ad_account_id || '/' || campaign_id || '/' || date as source_record_id,
    campaign_id as source_campaign_id,
    date as date_day,
    'UTC' as account_timezone, -- the vendor counts days in UTC for every account
    ---------- grain: the campaign's day as a whole
    cast(null as text) as ad_group_id, -- in ad_group_performance_daily
    cast(null as text) as ad_id, -- in ad_performance_daily
    cast(null as text) as country, -- in campaign_targeting_performance_daily
    ---------- figures
    account_currency as currency,
    total_impression as impressions,
    total_clickthrough as clicks,
    {{ micros('spend_in_micro_dollar') }} as spend,
    {{ amount('total_conversions') }} as platform_conversions,
    {{ micros('total_conversions_value_in_micro_dollar') }} as platform_conversion_value,
    '30 days after a click or an engagement, 1 after a view' as attribution_window,
    -- a conversion is counted on the day of its click and may come up to 30 days later
    date < {{ utc_date('_sdc_extracted_at') }} - 30 as is_final,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('pinterest_ads', 'campaign_performance_daily') }} as campaign_performance_daily
