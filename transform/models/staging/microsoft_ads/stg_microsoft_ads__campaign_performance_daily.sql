select
    {{ origin('microsoft_ads', 'campaign_performance_daily', account='account_id') }},
    account_id || '/' || "CampaignId" || '/' || "TimePeriod" as source_record_id,
    "CampaignId" as source_campaign_id,
    "TimePeriod" as date_day,
    cast(null as text) as account_timezone, -- the vendor names time zones by cities, not as IANA does
    ---------- grain: the campaign's day as a whole
    cast(null as text) as ad_group_id, -- in ad_group_performance_daily
    cast(null as text) as ad_id, -- in ad_performance_daily
    cast(null as text) as country, -- in geographic_performance_daily
    ---------- figures
    coalesce("CurrencyCode", account_currency) as currency,
    "Impressions" as impressions,
    "Clicks" as clicks,
    {{ amount('"Spend"') }} as spend,
    {{ amount('coalesce("ConversionsQualified", "Conversions")') }} as platform_conversions,
    {{ amount('"Revenue"') }} as platform_conversion_value,
    'as set per conversion goal' as attribution_window,
    -- a conversion is counted on the day of its click; goals take up to 90 days, of which 30 are read again
    "TimePeriod" < {{ utc_date('_sdc_extracted_at') }} - 30 as is_final,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('microsoft_ads', 'campaign_performance_daily') }} as campaign_performance_daily
