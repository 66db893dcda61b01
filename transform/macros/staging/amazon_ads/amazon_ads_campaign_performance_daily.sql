{# A campaign's days in one of the advertising programmes: sp, sb or sd. `after` is what a purchase is counted for. #}
{% macro amazon_ads_campaign_performance_daily(programme, conversions, value, after) %}
select
    {{ origin('amazon_ads', programme ~ '_campaign_performance_daily', account='profile_id') }},
    profile_id || '/' || "campaignId" || '/' || date as source_record_id,
    "campaignId" as source_campaign_id,
    date as date_day,
    profile_timezone as account_timezone,
    ---------- grain: the campaign's day as a whole
    cast(null as text) as ad_group_id, -- in the programme's ad_group_performance_daily
    cast(null as text) as ad_id, -- in its ad_performance_daily or advertised_product_performance_daily
    cast(null as text) as country, -- a profile is one marketplace: profiles names its country
    ---------- figures
    coalesce("campaignBudgetCurrencyCode", profile_currency) as currency,
    impressions as impressions,
    clicks as clicks,
    {{ amount('cost') }} as spend,
    {{ amount(conversions) }} as platform_conversions,
    {{ amount(value) }} as platform_conversion_value,
    '14 days after {{ after }}' as attribution_window,
    -- a purchase is counted on the day of its click and may come up to 14 days later
    date < {{ utc_date('_sdc_extracted_at') }} - 14 as is_final,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('amazon_ads', programme ~ '_campaign_performance_daily') }} as _campaign_performance_daily
{% endmacro %}
