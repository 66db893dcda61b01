select
    {{ origin('amazon_ads', 'sp_campaign_performance_daily', account='profile_id') }},
    profile_id || '/' || "campaignId" || '/' || date as source_record_id,
    "campaignId" as source_campaign_id,
    date as date_day,
    profile_timezone as account_timezone,
    ---------- grain: the campaign's day as a whole
    cast(null as text) as ad_group_id, -- in sp_ad_group_performance_daily
    cast(null as text) as ad_id, -- in sp_advertised_product_performance_daily
    cast(null as text) as country, -- a profile is one marketplace: profiles names its country
    ---------- figures
    coalesce("campaignBudgetCurrencyCode", profile_currency) as currency,
    impressions as impressions,
    clicks as clicks,
    {{ amount('cost') }} as spend,
    {{ amount('"purchases14d"') }} as platform_conversions,
    {{ amount('"sales14d"') }} as platform_conversion_value,
    '14 days after a click' as attribution_window,
    -- a purchase is counted on the day of its click and may come up to 14 days later
    date < {{ utc_date('_sdc_extracted_at') }} - 14 as is_final,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('amazon_ads', 'sp_campaign_performance_daily') }}
