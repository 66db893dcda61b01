select
    {{ origin('linkedin_ads', 'campaign_performance_daily', account='account_id') }},
    campaign_urn || '/' || date_start as source_record_id,
    regexp_replace(campaign_urn, '^.*:', '') as source_campaign_id,
    date_start as date_day,
    'UTC' as account_timezone, -- the vendor counts days in UTC for every account
    ---------- grain: the campaign's day as a whole
    cast(null as text) as ad_group_id, -- LinkedIn has no ad groups
    cast(null as text) as ad_id, -- in creative_performance_daily
    cast(null as text) as country, -- in campaign_performance_daily_by_member_country
    ---------- figures
    account_currency as currency,
    impressions as impressions,
    clicks as clicks,
    {{ amount('"costInLocalCurrency"') }} as spend,
    {{ amount('"externalWebsiteConversions"') }} as platform_conversions,
    {{ amount('"conversionValueInLocalCurrency"') }} as platform_conversion_value,
    'as set per conversion' as attribution_window,
    -- a conversion is counted on the day of its click or view, up to 90 days later as the conversion is set; 30 are read again
    date_start < {{ utc_date('_sdc_extracted_at') }} - 30 as is_final,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('linkedin_ads', 'campaign_performance_daily') }} as campaign_performance_daily
