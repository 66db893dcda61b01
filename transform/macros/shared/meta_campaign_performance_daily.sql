{# A campaign's days at Meta: of all placements, or of Instagram's where the platform reads those alone. #}
{% macro meta_campaign_performance_daily(platform) %}
with report as (select * from {{ raw(platform, 'campaign_performance_daily') }} as raw_rows)

select
    {{ origin(platform, 'campaign_performance_daily', from='report', account='account_id') }},
    report.account_id || '/' || report.campaign_id || '/' || report.date_start as source_record_id,
    report.campaign_id as source_campaign_id,
    report.date_start as date_day,
    report.account_timezone as account_timezone,
    ---------- grain: the campaign's day as a whole
    cast(null as text) as ad_group_id, -- in ad_set_performance_daily
    cast(null as text) as ad_id, -- in ad_performance_daily
    cast(null as text) as country, -- a report by country is one of its own, and none by placement has it
    ---------- figures: of the actions, purchases are what Meta counts as conversions with a value
    report.account_currency as currency,
    report.impressions as impressions,
    report.clicks as clicks,
    {{ amount('report.spend') }} as spend,
    {{ meta_purchases('report.actions') }} as platform_conversions,
    {{ meta_purchases('report.action_values') }} as platform_conversion_value,
    report.attribution_setting as attribution_window,
    -- a conversion is counted on the day of its click and may come up to 28 days later
    report.date_start < {{ utc_date('report._sdc_extracted_at') }} - 28 as is_final,
    report._sdc_deleted_at as deleted_at,
    report._sdc_extracted_at as _loaded_at
from report
{% endmacro %}
